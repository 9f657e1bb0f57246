package io.eventplatform.storage.lake.internal;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What one version of the log changes, all or nothing.
 *
 * @param id of the batch, or of the change of the table; by it a writer recognises its own entry
 * @param at the writer's wall time
 * @param operation what Delta's history calls it
 * @param meta what the table is from now on, if that changes
 * @param moves new positions
 * @param added files that are part of the table from now on
 * @param removed paths of files that are not any more
 */
public record Entry(
        UUID id,
        Instant at,
        String operation,
        Optional<TableMeta> meta,
        List<Move> moves,
        List<DataFile> added,
        List<String> removed) {

    public Entry {
        moves = List.copyOf(moves);
        added = List.copyOf(added);
        removed = List.copyOf(removed);
    }

    /** The time of an entry that is made now: the log keeps milliseconds. */
    public static Instant timeOf(InstantSource clock) {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** The entry of a batch. */
    public static Entry ofBatch(UUID batchId, Instant at, List<Move> moves, List<DataFile> added) {
        return new Entry(batchId, at, "STREAMING UPDATE", Optional.empty(), moves, added, List.of());
    }

    /** The entry that makes or widens the table. */
    public static Entry ofTable(Instant at, String operation, TableMeta meta) {
        return new Entry(UUID.randomUUID(), at, operation, Optional.of(meta), List.of(), List.of(), List.of());
    }

    /** The entry that records shards as opened. */
    public static Entry ofOpening(Instant at, List<Move> moves) {
        return new Entry(UUID.randomUUID(), at, "OPEN SHARDS", Optional.empty(), moves, List.of(), List.of());
    }
}
