package io.eventplatform.processor.internal;

import io.eventplatform.processor.StateSpec;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The states that the stages of a pipeline declare. */
final class DeclaredStates {

    private final Map<String, Map<String, StateSpec<?>>> byStage = new HashMap<>();
    private boolean expire;

    /** Declares the states of a stage, which may be none. */
    DeclaredStates add(String stage, Collection<StateSpec<?>> states) {
        Map<String, StateSpec<?>> byName = new LinkedHashMap<>();
        for (StateSpec<?> state : states) {
            byName.put(state.name(), state);
            expire |= state.ttl().isPresent();
        }
        byStage.put(stage, byName);
        return this;
    }

    /** Whether any of them has a time to live. */
    boolean expire() {
        return expire;
    }

    /** Stages with their states, in one order: equal for equal declarations. */
    String shape() {
        TreeMap<String, TreeSet<String>> shape = new TreeMap<>();
        byStage.forEach((stage, states) -> {
            TreeSet<String> names = new TreeSet<>();
            states.values().forEach(state -> names.add(state.kind() + " " + state.name()));
            shape.put(stage, names);
        });
        return shape.toString();
    }

    boolean hasStage(String stage) {
        return byStage.containsKey(stage);
    }

    /** The state of this name; null if the stage does not declare it, or there is no such stage. */
    @Nullable
    StateSpec<?> find(String stage, String state) {
        return byStage.getOrDefault(stage, Map.of()).get(state);
    }
}
