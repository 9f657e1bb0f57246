package io.eventplatform.processor.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventplatform.contract.internal.StoredValues;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.StateSpec;
import org.jspecify.annotations.Nullable;

/** Keyed state of a pipeline as a partition of its state topic holds it, to look at; for test drivers. */
public final class CommittedState {

    private final StateStore store;

    public CommittedState(Pipeline pipeline) {
        DeclaredStates declared = new DeclaredStates();
        pipeline.path().stages().forEach(stage -> declared.add(stage.name(), stage.states()));
        store = new StateStore(declared);
    }

    /** Takes in one record of the state topic. */
    public void take(byte[] key, byte @Nullable [] value) {
        store.restore(key, value);
    }

    /** What a stage's state of this key holds; what is written to it goes nowhere. */
    public <S> S of(String stage, StateSpec<S> spec, String key) {
        StateOverlay overlay = new StateOverlay(store, Long.MIN_VALUE, Integer.MAX_VALUE);
        return new StageStates(stage, key.getBytes(UTF_8), overlay, () -> false)
                .of(spec, StoredValues.of(spec.valueType()));
    }
}
