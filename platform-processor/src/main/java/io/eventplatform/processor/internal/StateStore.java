package io.eventplatform.processor.internal;

import io.eventplatform.processor.StateSpec;
import io.eventplatform.processor.Timer;
import io.eventplatform.processor.internal.StateFormat.Parsed;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Keyed state and timers of one task: what records that succeeded have written, in the stored form and in its order.
 *
 * <p>Units of work (a record, the firing of a timer) write into a {@link StateOverlay} and apply it when they succeed.
 * What changed since the last acknowledged commit is remembered by key: {@link #changelog} hands over the latest value
 * of each, any number of times, until {@link #committed} says that it arrived. An entry that came and went in between,
 * and was never handed over, is not written at all.
 *
 * <p>An entry whose time to live is over stays until {@link #evict} takes it, since a timer that was due before may
 * still have to see it; readers judge by {@link #isLive}. Confined to the worker thread.
 */
final class StateStore {

    private final DeclaredStates declared;
    private final TreeMap<StateKey, byte[]> entries = new TreeMap<>();

    /** Changed since the last acknowledged commit, and whether the changelog may hold it. */
    private final Map<StateKey, Boolean> dirty = new HashMap<>();

    private final NavigableSet<Due> expiries = new TreeSet<>();
    private final NavigableSet<Due> eventTimers = new TreeSet<>();
    private final NavigableSet<Due> wallTimers = new TreeSet<>();
    private boolean marked;
    private int undeclared;

    StateStore(DeclaredStates declared) {
        this.declared = declared;
    }

    // ---- entries

    byte @Nullable [] get(StateKey key) {
        return entries.get(key);
    }

    /** All whose keys begin so, in their order; a view. */
    NavigableMap<StateKey, byte[]> startingWith(StateKey prefix) {
        return entries.subMap(prefix, true, after(prefix), false);
    }

    /** The smallest key above all that begin so. */
    private static StateKey after(StateKey prefix) {
        byte[] bytes = prefix.bytes().clone();
        for (int last = bytes.length - 1; ; last--) { // never runs out: the first byte is the version
            if (++bytes[last] != 0) {
                return new StateKey(bytes);
            }
        }
    }

    /** Whether the time to live of an entry is not over yet. */
    boolean isLive(StateKey key, byte[] value, long clock) {
        return expiry(key, value) > clock;
    }

    /** When an entry goes; never, if it has no time to live, or was written before there was any time. */
    private long expiry(StateKey key, byte[] value) {
        return declared.expire() && StateFormat.parse(key) instanceof Parsed.Entry entry
                ? expiry(entry, value)
                : Long.MAX_VALUE;
    }

    private long expiry(Parsed.Entry entry, byte[] value) {
        StateSpec<?> state = declared.find(entry.stage(), entry.state());
        Duration ttl = state == null ? null : state.ttl().orElse(null);
        long written = StateFormat.writtenMillis(value);
        if (ttl == null || written == OffsetMetadata.NO_CLOCK) {
            return Long.MAX_VALUE;
        }
        long expiry = written + ttl.toMillis();
        return expiry < written ? Long.MAX_VALUE : expiry; // it would be past the end of time
    }

    /** Takes over what a unit that succeeded has written; {@code value} null removes. */
    void apply(StateKey key, byte @Nullable [] value) {
        dirty.putIfAbsent(key, entries.containsKey(key));
        put(key, StateFormat.parse(key), value);
    }

    private void put(StateKey key, Parsed parsed, byte @Nullable [] value) {
        byte[] before = value == null ? entries.remove(key) : entries.put(key, value);
        if (before != null) {
            index(parsed, before).remove(due(key, parsed, before));
        }
        if (value != null) {
            Due due = due(key, parsed, value);
            if (due.millis != Long.MAX_VALUE) {
                index(parsed, value).add(due);
            }
        }
    }

    private NavigableSet<Due> index(Parsed parsed, byte[] value) {
        if (!(parsed instanceof Parsed.SetTimer)) {
            return expiries;
        }
        return StateFormat.timerClock(value) == Timer.Clock.EVENT_TIME ? eventTimers : wallTimers;
    }

    private Due due(StateKey key, Parsed parsed, byte[] value) {
        long millis = parsed instanceof Parsed.Entry entry ? expiry(entry, value) : StateFormat.timerMillis(value);
        return new Due(millis, key);
    }

    // ---- time

    /** The timer that fires next: of those on the event-time clock the earliest, else of those on the wall clock. */
    @Nullable
    StateKey dueTimer(long eventMillis, long nowMillis) {
        if (isDue(eventTimers, eventMillis)) {
            return eventTimers.first().key;
        }
        return isDue(wallTimers, nowMillis) ? wallTimers.first().key : null;
    }

    /** Removes entries whose time to live is over, a bounded number at a time, so that no commit grows too large. */
    void evict(long clock, int atMost) {
        for (int evicted = 0; evicted < atMost && isDue(expiries, clock); evicted++) {
            apply(expiries.first().key, null);
        }
    }

    private static boolean isDue(NavigableSet<Due> index, long clock) {
        return !index.isEmpty() && index.first().millis <= clock;
    }

    private record Due(long millis, StateKey key) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = Long.compare(millis, other.millis);
            return byTime != 0 ? byTime : key.compareTo(other.key);
        }
    }

    // ---- changelog

    /** Whether something changed since the last acknowledged commit. */
    boolean isDirty() {
        return !dirty.isEmpty();
    }

    /** Hands over key and value of every changelog record that the next commit needs; null is a tombstone. */
    void changelog(BiConsumer<byte[], byte @Nullable []> records) {
        if (!marked) {
            records.accept(StateFormat.MARKER.bytes(), StateFormat.markerValue());
        }
        dirty.replaceAll((key, stored) -> {
            byte[] value = entries.get(key);
            if (value != null || stored) {
                records.accept(key.bytes(), value);
            }
            return stored || value != null; // without a transaction it stays there, whatever becomes of the commit
        });
    }

    /** Hands over key and value of every record that is committed; only while nothing is dirty. */
    void contents(BiConsumer<byte[], byte[]> records) {
        if (isDirty()) {
            throw new IllegalStateException("state that is not committed must not be kept");
        }
        if (marked) {
            records.accept(StateFormat.MARKER.bytes(), StateFormat.markerValue());
        }
        entries.forEach((key, value) -> records.accept(key.bytes(), value));
    }

    String shape() {
        return declared.shape();
    }

    /** The commit that {@link #changelog} was last called for is acknowledged. */
    void committed() {
        marked = true;
        dirty.clear();
    }

    /**
     * Takes back one record of the changelog. What no stage declares any more is left alone: it stays in the topic.
     *
     * @throws UnreadableStateException if it was written by a version this one does not know, or as another kind
     */
    void restore(byte[] key, byte @Nullable [] value) {
        StateKey stateKey = new StateKey(key);
        Parsed parsed = StateFormat.parse(stateKey);
        if (value != null) {
            StateFormat.check(parsed, value);
        }
        if (parsed instanceof Parsed.Marker) {
            marked = value != null;
        } else if (isDeclared(parsed)) {
            put(stateKey, parsed, value);
        } else if (value != null) {
            undeclared++;
        }
    }

    private boolean isDeclared(Parsed parsed) {
        if (parsed instanceof Parsed.Entry entry) {
            StateSpec<?> state = declared.find(entry.stage(), entry.state());
            if (state != null && state.kind() != entry.kind()) {
                throw new UnreadableStateException(
                        "state " + entry.state() + " of stage " + entry.stage() + " as " + entry.kind()
                                + ", which is declared as " + state.kind() + " now",
                        "Give the state of the new kind another name");
            }
            return state != null;
        }
        return parsed instanceof Parsed.SetTimer timer && declared.hasStage(timer.stage());
    }

    /** Whether the changelog has been written to; it has from the first commit on. */
    boolean isMarked() {
        return marked;
    }

    int size() {
        return entries.size();
    }

    /** How many records of the changelog belong to nothing that is declared now. */
    int undeclared() {
        return undeclared;
    }
}
