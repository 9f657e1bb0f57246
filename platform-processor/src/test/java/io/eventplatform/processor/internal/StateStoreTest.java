package io.eventplatform.processor.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.contract.internal.StoredValues;
import io.eventplatform.processor.ListState;
import io.eventplatform.processor.MapState;
import io.eventplatform.processor.StateSpec;
import io.eventplatform.processor.Timer;
import io.eventplatform.processor.ValueState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StateStoreTest {

    private static final StateSpec<ValueState<Long>> COUNT = StateSpec.value("count", Long.class);
    private static final StateSpec<MapState<String>> NAMES =
            StateSpec.map("names", String.class).withTtl(Duration.ofMillis(50));
    private static final StateSpec<ListState<String>> RECENT =
            StateSpec.list("recent", String.class).withTtl(Duration.ofMillis(80));
    private static final int LARGEST = 1000;

    private final Map<StateKey, byte[]> topic = new LinkedHashMap<>();
    private StateStore store = new StateStore(declared());

    private static DeclaredStates declared() {
        return new DeclaredStates().add("a", List.of(COUNT, NAMES, RECENT)).add("b", List.of(COUNT));
    }

    // ---- against a model

    /** What one key has, and when each entry was written. */
    private static final class Model {
        @Nullable
        Long count;

        final TreeMap<String, Written> names = new TreeMap<>();
        final List<Written> recent = new ArrayList<>();
        final Map<String, Timer> timers = new TreeMap<>();

        Model copy() {
            Model copy = new Model();
            copy.count = count;
            copy.names.putAll(names);
            copy.recent.addAll(recent);
            copy.timers.putAll(timers);
            return copy;
        }

        void forget(long clock) {
            names.values().removeIf(entry -> entry.at + 50 <= clock);
            recent.removeIf(entry -> entry.at + 80 <= clock);
        }
    }

    private record Written(String value, long at) {}

    /** Units that succeed or fail, commits that arrive or are aborted, crashes, and time that goes on. */
    @Test
    void storeOverlayAndChangelogAgreeWithAModel() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<String, Model> model = new HashMap<>();
        Map<String, Model> committed = new HashMap<>();
        long clock = 0;
        long committedClock = 0;

        for (int step = 0; step < 20_000; step++) {
            String key = "key-" + random.nextInt(5);
            switch (random.nextInt(12)) {
                case 0 -> {
                    commit();
                    committed = copyOf(model);
                    committedClock = clock;
                }
                case 1 -> store.changelog((stored, value) -> {}); // a commit that was aborted
                case 2 -> {
                    if (random.nextInt(10) == 0) {
                        crash();
                        model = copyOf(committed);
                        clock = committedClock;
                    }
                }
                case 3 -> {
                    clock += random.nextInt(30);
                    store.evict(clock, random.nextInt(20));
                }
                default -> {
                    Model after = model.getOrDefault(key, new Model()).copy();
                    after.forget(clock);
                    StateOverlay overlay = new StateOverlay(store, clock, LARGEST);
                    for (int i = random.nextInt(4); i >= 0; i--) {
                        change(overlay, key, after, clock, random);
                        assertSame(overlay, key, after, seed, step);
                    }
                    if (random.nextInt(3) > 0) {
                        overlay.apply();
                        model.put(key, after);
                    }
                }
            }
            Model expected = model.getOrDefault(key, new Model()).copy();
            expected.forget(clock);
            assertSame(new StateOverlay(store, clock, LARGEST), key, expected, seed, step);
            assertNextTimer(model, random.nextInt(400), random.nextInt(400), seed, step);
        }
    }

    private static Map<String, Model> copyOf(Map<String, Model> model) {
        Map<String, Model> copy = new HashMap<>();
        model.forEach((key, value) -> copy.put(key, value.copy()));
        return copy;
    }

    private static void change(StateOverlay overlay, String key, Model after, long clock, Random random) {
        StageStates states = states(overlay, "a", key);
        String text = "text-" + random.nextInt(100);
        String name = "n" + random.nextInt(4);
        switch (random.nextInt(10)) {
            case 0 -> {
                long count = random.nextInt(100);
                count(states).set(count);
                after.count = count;
            }
            case 1 -> {
                count(states).clear();
                after.count = null;
            }
            case 2, 3 -> {
                names(states).put(name, text);
                after.names.put(name, new Written(text, clock));
            }
            case 4 -> {
                names(states).remove(name);
                after.names.remove(name);
            }
            case 5 -> {
                if (random.nextInt(4) == 0) {
                    names(states).clear();
                    after.names.clear();
                } else {
                    recent(states).add(text);
                    after.recent.add(new Written(text, clock));
                }
            }
            case 6 -> {
                recent(states).add(text);
                after.recent.add(new Written(text, clock));
            }
            case 7 -> {
                recent(states).clear();
                after.recent.clear();
            }
            case 8 -> {
                Instant time = Instant.ofEpochMilli(random.nextInt(400));
                boolean event = random.nextBoolean();
                if (event) {
                    states.timers().atEventTime(name, time);
                } else {
                    states.timers().atWallClock(name, time);
                }
                after.timers.put(name, new Timer(name, event ? Timer.Clock.EVENT_TIME : Timer.Clock.WALL_CLOCK, time));
            }
            default -> {
                states.timers().cancel(name);
                after.timers.remove(name);
            }
        }
    }

    private static void assertSame(StateOverlay overlay, String key, Model expected, long seed, int step) {
        String what = "seed " + seed + ", step " + step;
        StageStates states = states(overlay, "a", key);
        assertThat(count(states).get()).as(what).isEqualTo(Optional.ofNullable(expected.count));
        Map<String, String> names = new TreeMap<>();
        expected.names.forEach((name, entry) -> names.put(name, entry.value));
        assertThat(names(states).entries()).as(what).containsExactlyEntriesOf(names);
        assertThat(names(states).get("n1")).as(what).isEqualTo(Optional.ofNullable(names.get("n1")));
        assertThat(recent(states).all())
                .as(what)
                .isEqualTo(expected.recent.stream().map(Written::value).toList());
    }

    private void assertNextTimer(Map<String, Model> model, long eventMillis, long nowMillis, long seed, int step) {
        StateKey found = store.dueTimer(eventMillis, nowMillis);
        List<Timer> all = model.values().stream()
                .flatMap(each -> each.timers.values().stream())
                .toList();
        Optional<Long> event = earliest(all, Timer.Clock.EVENT_TIME, eventMillis);
        Optional<Long> expected = event.isPresent() ? event : earliest(all, Timer.Clock.WALL_CLOCK, nowMillis);
        Optional<Long> actual =
                Optional.ofNullable(found).map(key -> StateFormat.timerMillis(Objects.requireNonNull(store.get(key))));
        assertThat(actual).as("seed %d, step %d", seed, step).isEqualTo(expected);
    }

    private static Optional<Long> earliest(List<Timer> timers, Timer.Clock clock, long until) {
        return timers.stream()
                .filter(timer -> timer.clock() == clock)
                .map(timer -> timer.time().toEpochMilli())
                .filter(millis -> millis <= until)
                .min(Long::compare);
    }

    // ---- one by one

    @Test
    void anEntryThatCameAndWentBetweenTwoCommitsIsNotWritten() {
        commit();
        write("a", "k", states -> count(states).set(1L));
        write("a", "k", states -> count(states).clear());

        assertThat(commit()).isEmpty();

        write("a", "k", states -> count(states).set(1L));
        commit();
        write("a", "k", states -> count(states).set(2L));
        write("a", "k", states -> count(states).clear());

        assertThat(commit()).hasSize(1).containsValue(null);
    }

    /** Without a transaction a failed commit leaves in the topic what it had written. */
    @Test
    void anEntryThatAFailedCommitHadWrittenIsTombstonedByTheNext() {
        commit();
        write("a", "k", states -> count(states).set(1L));
        store.changelog((key, value) -> topic.put(new StateKey(key), value));
        write("a", "k", states -> count(states).clear());

        assertThat(commit()).hasSize(1).containsValue(null);
    }

    @Test
    void addingToAListWritesNoOtherOfItsValues() {
        write("a", "k", states -> recent(states).add("one"));
        commit();
        write("a", "k", states -> recent(states).add("two"));

        assertThat(commit()).hasSize(1);
        assertThat(recent(states(new StateOverlay(store, 0, LARGEST), "a", "k")).all())
                .containsExactly("one", "two");
    }

    @Test
    void stagesAndKeysDoNotMeet() {
        write("a", "k", states -> count(states).set(1L));
        write("b", "k", states -> count(states).set(2L));
        write("a", "kk", states -> count(states).set(3L));
        write("a", "k", states -> names(states).put("k", "x"));

        StateOverlay overlay = new StateOverlay(store, 0, LARGEST);
        assertThat(count(states(overlay, "a", "k")).get()).contains(1L);
        assertThat(count(states(overlay, "b", "k")).get()).contains(2L);
        assertThat(count(states(overlay, "a", "kk")).get()).contains(3L);
        assertThat(names(states(overlay, "a", "kk")).entries()).isEmpty();
    }

    @Test
    void anEntryIsGoneWhenItsTimeToLiveIsOverAndThenItsTombstoneIsWritten() {
        write("a", "k", states -> names(states).put("n", "x"));
        commit();

        assertThat(names(states(new StateOverlay(store, 49, LARGEST), "a", "k")).get("n"))
                .contains("x");
        assertThat(names(states(new StateOverlay(store, 50, LARGEST), "a", "k")).get("n"))
                .isEmpty();
        assertThat(store.isDirty()).isFalse();

        store.evict(49, 10);
        assertThat(store.isDirty()).isFalse();
        store.evict(50, 10);
        assertThat(commit()).hasSize(1).containsValue(null);
        assertThat(store.size()).isZero();
    }

    @Test
    void aTimeToLiveThatNeverEndsKeepsItsEntry() {
        StateSpec<ValueState<Long>> kept =
                StateSpec.value("count", Long.class).withTtl(Duration.ofMillis(Long.MAX_VALUE));
        store = new StateStore(new DeclaredStates().add("a", List.of(kept)));
        StateOverlay overlay = new StateOverlay(store, 1, LARGEST);
        count(states(overlay, "a", "k")).set(1L);
        overlay.apply();

        store.evict(Long.MAX_VALUE - 1, 10);

        assertThat(count(states(new StateOverlay(store, Long.MAX_VALUE - 1, LARGEST), "a", "k"))
                        .get())
                .contains(1L);
    }

    @Test
    void anEntryThatItsTopicWouldRefuseIsRefusedWhenItIsWritten() {
        assertThatThrownBy(() -> write("a", "k", states -> names(states).put("n", "x".repeat(LARGEST))))
                .isInstanceOf(UnfitValueException.class)
                .hasMessage("an entry of state has 1033 bytes, more than 1000, the least of max.request.size and the"
                        + " state topic's max.message.bytes");
    }

    @Test
    void whatIsNoLongerDeclaredStaysInTheTopicAndOutOfMemory() {
        write("b", "k", states -> count(states).set(2L));
        write("b", "k", states -> states.timers().atWallClock("t", Instant.EPOCH));
        commit();

        store = new StateStore(new DeclaredStates().add("a", List.of()));
        topic.forEach((key, value) -> store.restore(key.bytes(), value));

        assertThat(store.size()).isZero();
        assertThat(store.undeclared()).isEqualTo(2);
        assertThat(store.isMarked()).isTrue();
    }

    @Test
    void whatThisVersionDoesNotKnowIsRefused() {
        write("a", "k", states -> count(states).set(1L));
        commit();
        byte[] key = topic.keySet().stream()
                .filter(each -> !each.equals(StateFormat.MARKER))
                .findFirst()
                .orElseThrow()
                .bytes();
        byte[] value = Objects.requireNonNull(topic.get(new StateKey(key)));

        assertRefused(with(key, 0, 2), value);
        assertRefused(with(key, 1, 'x'), value);
        assertRefused(with(key, 2, 100), value);
        assertRefused(with(key, 1, 'l'), value);
        assertRefused(key, with(value, 0, 2));
        assertRefused(key, new byte[0]);
        assertRefused(key, new byte[] {1, 2});
        assertRefused(new byte[0], value);
    }

    @Test
    void aStateThatBecameAnotherKindIsRefusedByName() {
        write("a", "k", states -> count(states).set(1L));
        commit();

        store = new StateStore(new DeclaredStates().add("a", List.of(StateSpec.map("count", Long.class))));
        assertThatThrownBy(() -> topic.forEach((key, value) -> store.restore(key.bytes(), value)))
                .isInstanceOf(UnreadableStateException.class)
                .hasMessage("state count of stage a as VALUE, which is declared as MAP now");
    }

    private static byte[] with(byte[] bytes, int index, int value) {
        byte[] changed = bytes.clone();
        changed[index] = (byte) value;
        return changed;
    }

    private static void assertRefused(byte[] key, byte[] value) {
        assertThatThrownBy(() -> new StateStore(declared()).restore(key, value))
                .isInstanceOf(UnreadableStateException.class);
    }

    // ---- helpers

    private void write(String stage, String key, Consumer<StageStates> change) {
        StateOverlay overlay = new StateOverlay(store, 0, LARGEST);
        change.accept(states(overlay, stage, key));
        overlay.apply();
    }

    /** Commits, and returns what went to the changelog, the marker aside. */
    private Map<StateKey, byte @Nullable []> commit() {
        Map<StateKey, byte @Nullable []> written = new HashMap<>();
        store.changelog((key, value) -> {
            StateKey stateKey = new StateKey(key);
            if (value == null) {
                topic.remove(stateKey);
            } else {
                topic.put(stateKey, value);
            }
            if (!stateKey.equals(StateFormat.MARKER)) {
                written.put(stateKey, value);
            }
        });
        store.committed();
        return written;
    }

    private void crash() {
        store = new StateStore(declared());
        topic.forEach((key, value) -> store.restore(key.bytes(), value));
    }

    private static StageStates states(StateOverlay overlay, String stage, String key) {
        return new StageStates(stage, key.getBytes(UTF_8), overlay, () -> false);
    }

    private static ValueState<Long> count(StageStates states) {
        return states.of(COUNT, StoredValues.of(Long.class));
    }

    private static MapState<String> names(StageStates states) {
        return states.of(NAMES, StoredValues.of(String.class));
    }

    private static ListState<String> recent(StageStates states) {
        return states.of(RECENT, StoredValues.of(String.class));
    }
}
