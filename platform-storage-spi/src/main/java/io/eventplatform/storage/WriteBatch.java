package io.eventplatform.storage;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * What one commit writes. {@code id} stays the same when the same batch is tried again; {@code expected}
 * and {@code next} speak of the same shards, at least one. A batch without rows only moves positions.
 */
public record WriteBatch(UUID id, List<TableRows> tables, Position expected, Position next) {

    public WriteBatch {
        Objects.requireNonNull(id, "id");
        tables = List.copyOf(tables);
        if (expected.next().isEmpty()
                || !expected.next().keySet().equals(next.next().keySet())) {
            throw new IllegalArgumentException(
                    "expected and next must speak of the same shards, at least one, but were "
                            + expected.next().keySet() + " and " + next.next().keySet());
        }
        next.next().forEach((shard, offset) -> {
            if (offset < 0 || offset < expected.of(shard)) {
                throw new IllegalArgumentException("next of " + shard + " must not be before expected ("
                        + expected.of(shard) + ") but was " + offset);
            }
        });
        Set<String> names = new HashSet<>();
        for (TableRows rows : tables) {
            if (!names.add(rows.table().name())) {
                throw new IllegalArgumentException(
                        "batch names table " + rows.table().name() + " twice");
            }
        }
    }
}
