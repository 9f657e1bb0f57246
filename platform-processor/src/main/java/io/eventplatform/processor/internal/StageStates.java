package io.eventplatform.processor.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventplatform.contract.internal.StoredValues;
import io.eventplatform.processor.ListState;
import io.eventplatform.processor.MapState;
import io.eventplatform.processor.StateSpec;
import io.eventplatform.processor.Timer;
import io.eventplatform.processor.Timers;
import io.eventplatform.processor.ValueState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** State and timers of a stage and a record key, as one unit of work sees them. */
final class StageStates {

    private static final int MAX_TIMER_NAME_BYTES = 1000;

    private final String stage;
    private final byte[] recordKey;
    private final StateOverlay overlay;
    private final BooleanSupplier over;

    /** @param over whether the call has returned that these belong to */
    StageStates(String stage, byte[] recordKey, StateOverlay overlay, BooleanSupplier over) {
        this.stage = stage;
        this.recordKey = recordKey;
        this.overlay = overlay;
        this.over = over;
    }

    /** The state of a spec that the stage declares. */
    <S> S of(StateSpec<S> spec, StoredValues<?> values) {
        StateKey prefix = StateFormat.prefix(stage, spec, recordKey);
        @SuppressWarnings("unchecked") // the factories of StateSpec bind kind and value type to S
        S state = (S)
                switch (spec.kind()) {
                    case VALUE -> new Value<>(prefix, entries(spec, values));
                    case MAP -> new ByName<>(prefix, entries(spec, values));
                    case LIST -> new InOrder<>(prefix, entries(spec, values));
                };
        return state;
    }

    @SuppressWarnings("unchecked") // the values were made of the spec's type
    private Entries<Object> entries(StateSpec<?> spec, StoredValues<?> values) {
        return new Entries<>(spec, (StoredValues<Object>) values);
    }

    Timers timers() {
        return new SetTimers();
    }

    private void requireCall(String what) {
        if (over.getAsBoolean()) {
            throw UnfitValueException.misused(
                    what + " of stage " + stage + " was used after the call that it belongs to had returned");
        }
    }

    /** Values in and out of the overlay. */
    private final class Entries<V> {

        private final StateSpec<?> spec;
        private final StoredValues<V> values;

        Entries(StateSpec<?> spec, StoredValues<V> values) {
            this.spec = spec;
            this.values = values;
        }

        Optional<V> get(StateKey key) {
            check();
            return Optional.ofNullable(overlay.get(key)).map(this::decode);
        }

        List<Map.Entry<StateKey, byte[]>> all(StateKey prefix) {
            check();
            return overlay.startingWith(prefix);
        }

        void put(StateKey key, V value) {
            check();
            overlay.put(key, StateFormat.entryValue(overlay.clock(), values.write(value)));
        }

        void remove(StateKey key) {
            check();
            overlay.remove(key);
        }

        void clear(StateKey prefix) {
            check();
            overlay.removeStartingWith(prefix);
        }

        V decode(byte[] value) {
            try {
                return values.read(StateFormat.json(value));
            } catch (IllegalArgumentException e) {
                throw new StoppedException(
                        "state " + spec.name() + " of stage " + stage + ": " + e.getMessage()
                                + ". Let components that were added be Optional or @Nullable, or give the state"
                                + " another name",
                        e);
            }
        }

        private void check() {
            requireCall("state " + spec.name());
        }
    }

    private record Value<V>(StateKey key, Entries<V> entries) implements ValueState<V> {

        @Override
        public Optional<V> get() {
            return entries.get(key);
        }

        @Override
        public void set(V value) {
            entries.put(key, value);
        }

        @Override
        public void clear() {
            entries.remove(key);
        }
    }

    private record ByName<V>(StateKey prefix, Entries<V> stored) implements MapState<V> {

        @Override
        public Optional<V> get(String name) {
            return stored.get(StateFormat.mapEntry(prefix, name));
        }

        @Override
        public void put(String name, V value) {
            stored.put(StateFormat.mapEntry(prefix, name), value);
        }

        @Override
        public void remove(String name) {
            stored.remove(StateFormat.mapEntry(prefix, name));
        }

        @Override
        public Map<String, V> entries() {
            Map<String, V> all = new LinkedHashMap<>();
            stored.all(prefix)
                    .forEach(entry ->
                            all.put(StateFormat.nameInMap(prefix, entry.getKey()), stored.decode(entry.getValue())));
            return all;
        }

        @Override
        public void clear() {
            stored.clear(prefix);
        }
    }

    private final class InOrder<V> implements ListState<V> {

        private final StateKey prefix;
        private final Entries<V> entries;

        InOrder(StateKey prefix, Entries<V> entries) {
            this.prefix = prefix;
            this.entries = entries;
        }

        @Override
        public void add(V value) {
            StateKey last = overlay.lastStartingWith(prefix);
            entries.put(StateFormat.listEntry(prefix, last == null ? 0 : StateFormat.placeInList(last) + 1), value);
        }

        @Override
        public List<V> all() {
            List<V> all = new ArrayList<>();
            entries.all(prefix).forEach(entry -> all.add(entries.decode(entry.getValue())));
            return all;
        }

        @Override
        public void clear() {
            entries.clear(prefix);
        }
    }

    private final class SetTimers implements Timers {

        @Override
        public void atEventTime(String name, Instant time) {
            set(name, Timer.Clock.EVENT_TIME, time);
        }

        @Override
        public void atWallClock(String name, Instant time) {
            set(name, Timer.Clock.WALL_CLOCK, time);
        }

        @Override
        public void cancel(String name) {
            overlay.remove(key(name));
        }

        private void set(String name, Timer.Clock clock, Instant time) {
            overlay.put(key(name), StateFormat.timerValue(clock, time.toEpochMilli()));
        }

        private StateKey key(String name) {
            requireCall("timer " + name);
            int bytes = name.getBytes(UTF_8).length;
            if (bytes == 0 || bytes > MAX_TIMER_NAME_BYTES) {
                throw UnfitValueException.misused(
                        "name of a timer must have 1 to " + MAX_TIMER_NAME_BYTES + " bytes but had " + bytes);
            }
            return StateFormat.timer(stage, recordKey, name);
        }
    }
}
