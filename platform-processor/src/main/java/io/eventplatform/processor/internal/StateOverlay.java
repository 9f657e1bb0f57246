package io.eventplatform.processor.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keyed state as one unit of work sees it: its own writes over those of the units before it. They count when it
 * succeeded and {@link #apply} is called; an overlay that is dropped leaves no trace.
 */
final class StateOverlay {

    private final StateStore store;
    private final long clock;
    private final int maxEntryBytes;

    /** By key; null for what is removed. */
    private final TreeMap<StateKey, byte @Nullable []> writes = new TreeMap<>();

    private int bytes;

    /**
     * @param clock the event time of the unit: what has lived longer by then is not seen
     * @param maxEntryBytes the most that key and value of an entry may have
     */
    StateOverlay(StateStore store, long clock, int maxEntryBytes) {
        this.store = store;
        this.clock = clock;
        this.maxEntryBytes = maxEntryBytes;
    }

    long clock() {
        return clock;
    }

    byte @Nullable [] get(StateKey key) {
        if (writes.containsKey(key)) {
            return writes.get(key);
        }
        byte[] value = store.get(key);
        return value == null || !store.isLive(key, value, clock) ? null : value;
    }

    /** All whose keys begin so, in their order. */
    List<Map.Entry<StateKey, byte[]>> startingWith(StateKey prefix) {
        TreeMap<StateKey, byte[]> found = new TreeMap<>();
        store.startingWith(prefix).forEach((key, value) -> {
            if (store.isLive(key, value, clock)) {
                found.put(key, value);
            }
        });
        written(prefix).forEach((key, value) -> {
            if (value == null) {
                found.remove(key);
            } else {
                found.put(key, value);
            }
        });
        return new ArrayList<>(found.entrySet());
    }

    /** The last key that begins so, removed ones and those that have lived too long included; null if there is none. */
    @Nullable
    StateKey lastStartingWith(StateKey prefix) {
        NavigableMap<StateKey, byte[]> stored = store.startingWith(prefix);
        NavigableMap<StateKey, byte @Nullable []> written = written(prefix);
        StateKey lastStored = stored.isEmpty() ? null : stored.lastKey();
        StateKey lastWritten = written.isEmpty() ? null : written.lastKey();
        if (lastStored == null || lastWritten == null) {
            return lastStored == null ? lastWritten : lastStored;
        }
        return lastStored.compareTo(lastWritten) > 0 ? lastStored : lastWritten;
    }

    private NavigableMap<StateKey, byte @Nullable []> written(StateKey prefix) {
        NavigableMap<StateKey, byte @Nullable []> from = writes.tailMap(prefix, true);
        StateKey last = null;
        for (StateKey key : from.keySet()) {
            if (!key.startsWith(prefix)) {
                break;
            }
            last = key;
        }
        return last == null ? from.headMap(prefix, false) : from.headMap(last, true);
    }

    /** @throws UnfitValueException if the entry is larger than the changelog takes */
    void put(StateKey key, byte[] value) {
        int size = key.bytes().length + value.length;
        if (size > maxEntryBytes) {
            throw UnfitValueException.inState("an entry of state has " + size + " bytes, more than " + maxEntryBytes
                    + ", the least of max.request.size and the state topic's max.message.bytes");
        }
        bytes += size;
        writes.put(key, value);
    }

    void remove(StateKey key) {
        if (store.get(key) == null) {
            writes.remove(key);
        } else {
            bytes += key.bytes().length;
            writes.put(key, null);
        }
    }

    void removeStartingWith(StateKey prefix) {
        Set<StateKey> keys = new HashSet<>(written(prefix).keySet());
        keys.addAll(store.startingWith(prefix).keySet());
        keys.forEach(this::remove);
    }

    /** What was written, in bytes; what was written twice counts twice. */
    int bytes() {
        return bytes;
    }

    /** The unit succeeded. */
    void apply() {
        writes.forEach(store::apply);
    }
}
