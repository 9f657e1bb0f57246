package io.eventplatform.processor.internal;

import io.eventplatform.contract.Contract;
import io.eventplatform.processor.OutsideCalls;
import io.eventplatform.processor.Processor;
import io.eventplatform.processor.SideOutput;
import io.eventplatform.processor.StageOption;
import io.eventplatform.processor.StateSpec;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A named step and how to make its processor. Payload types were checked by the compiler when the pipeline
 * was built, so from here on they are erased.
 *
 * @param onlyType the event type it applies to; events of other types pass by
 * @param sideOutputs where what it forwards beside the main way goes, in the order declared
 */
public record Stage(
        String name,
        Optional<String> onlyType,
        Supplier<? extends Processor<?, ?>> processor,
        List<StageOption> options,
        Map<SideOutput<?>, Path> sideOutputs)
        implements Path.Part {

    public Stage {
        Objects.requireNonNull(processor, "processor");
        options = List.copyOf(options);
        sideOutputs = Collections.unmodifiableMap(new LinkedHashMap<>(sideOutputs));
        Set<String> names = new HashSet<>();
        for (StateSpec<?> state : states(options)) {
            if (!names.add(state.name())) {
                throw new IllegalArgumentException("stage " + name + " declares two states named " + state.name()
                        + "; a name is the identity of a state. Give each its own");
            }
        }
    }

    public static Stage forAll(String name, Supplier<? extends Processor<?, ?>> processor, List<StageOption> options) {
        return new Stage(name, Optional.empty(), processor, options, Map.of());
    }

    public static <S extends Record> Stage forType(
            String name, Class<S> type, Supplier<? extends Processor<?, ?>> processor, List<StageOption> options) {
        return new Stage(name, Optional.of(Contract.of(type).type()), processor, options, Map.of());
    }

    /** The same stage with one more way out. */
    public Stage withSideOutput(SideOutput<?> output, Path path) {
        Map<SideOutput<?>, Path> more = new LinkedHashMap<>(sideOutputs);
        more.put(output, path);
        return new Stage(name, onlyType, processor, options, more);
    }

    @Override
    public Stream<Path> sidePaths() {
        return sideOutputs.values().stream();
    }

    /** What it keeps for each key. */
    public List<StateSpec<?>> states() {
        return states(options);
    }

    private static List<StateSpec<?>> states(List<StageOption> options) {
        return options.stream()
                .filter(StateSpec.class::isInstance)
                .<StateSpec<?>>map(option -> (StateSpec<?>) option)
                .toList();
    }

    /** What it calls outside. */
    public List<OutsideCalls> outsideCalls() {
        return options.stream()
                .filter(OutsideCalls.class::isInstance)
                .map(OutsideCalls.class::cast)
                .toList();
    }

    @SuppressWarnings("unchecked")
    Processor<Object, Object> newProcessor() {
        return (Processor<Object, Object>)
                Objects.requireNonNull(processor.get(), () -> "the supplier of stage " + name + " returned null");
    }

    boolean takes(String eventType) {
        return onlyType.isEmpty() || onlyType.get().equals(eventType);
    }

    String describe() {
        String keeps = states().stream().map(StateSpec::toString).collect(Collectors.joining("; "));
        return name
                + onlyType.map(type -> " (only " + type + ")").orElse("")
                + (keeps.isEmpty() ? "" : " keeps " + keeps);
    }
}
