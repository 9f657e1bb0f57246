package io.eventplatform.storage;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** For each shard the next offset to be written; every record before it is in the store. */
public record Position(SortedMap<SourceShard, Long> next) {

    /** Stands for a shard of which nothing was ever committed. */
    public static final long NOT_STARTED = -1;

    public Position {
        next = Collections.unmodifiableSortedMap(new TreeMap<>(next));
        next.forEach((shard, offset) -> {
            if (offset < NOT_STARTED) {
                throw new IllegalArgumentException("position of " + shard + " must be -1 or more but was " + offset);
            }
        });
    }

    /** A position on these shards. */
    public static Position of(Map<SourceShard, Long> next) {
        return new Position(new TreeMap<>(next));
    }

    /**
     * The next offset of a shard.
     *
     * @throws IllegalArgumentException if this position does not speak of the shard
     */
    public long of(SourceShard shard) {
        Long offset = next.get(shard);
        if (offset == null) {
            throw new IllegalArgumentException("no position for " + shard + ", only for " + next.keySet());
        }
        return offset;
    }
}
