package io.eventplatform.storage.lake.internal;

import io.eventplatform.storage.Position;
import io.eventplatform.storage.SourceShard;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where a shard stands, and which batch brought it there when; no batch if it was only opened. */
public record Mark(
        long next, @Nullable UUID batchId, @Nullable Instant committedAt) {

    /** The position of these shards. */
    public static Position position(Map<SourceShard, Mark> marks) {
        SortedMap<SourceShard, Long> next = new TreeMap<>();
        marks.forEach((shard, mark) -> next.put(shard, mark.next()));
        return new Position(next);
    }

    /** The time of the newest commit of these shards; empty if there is none. */
    public static Optional<Instant> newestCommit(Map<SourceShard, Mark> marks) {
        return marks.values().stream()
                .flatMap(mark -> Optional.ofNullable(mark.committedAt()).stream())
                .max(Instant::compareTo);
    }
}
