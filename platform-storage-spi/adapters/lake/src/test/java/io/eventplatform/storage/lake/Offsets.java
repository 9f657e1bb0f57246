package io.eventplatform.storage.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.WriteBatch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.LongStream;

/** A table with one row for each offset of each shard, so that a row too many or too few can be seen. */
final class Offsets {

    static final SinkId SINK = new SinkId("orders-lake");

    static final TableSpec TABLE = TableSpec.append(
            "orders",
            List.of(
                    Column.required("_partition", ColumnType.LONG),
                    Column.required("_offset", ColumnType.LONG),
                    Column.required("timestamp", ColumnType.TIMESTAMP)));

    static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    private Offsets() {}

    static SourceShard shard(int partition) {
        return new SourceShard("topic-id", "orders", partition);
    }

    static TableRows rows(int partition, long from, long to) {
        return new TableRows(
                TABLE,
                LongStream.range(Math.max(0, from), to)
                        .mapToObj(offset -> Row.of((long) partition, offset, timeOf(offset)))
                        .toList());
    }

    /** Ten offsets a day. */
    static Instant timeOf(long offset) {
        return NOON.minus(Duration.ofDays(offset / 10 % 3));
    }

    static WriteBatch batch(int partition, long from, long to) {
        return batch(Map.of(shard(partition), from), Map.of(shard(partition), to));
    }

    /** The rows of all offsets between two positions. */
    static WriteBatch batch(Map<SourceShard, Long> from, Map<SourceShard, Long> to) {
        List<Row> rows = new ArrayList<>();
        from.forEach((shard, first) -> rows.addAll(
                rows(shard.partition(), first, Position.of(to).of(shard)).rows()));
        return new WriteBatch(
                UUID.randomUUID(), List.of(new TableRows(TABLE, rows)), Position.of(from), Position.of(to));
    }

    static long position(TableStore store, int partition) {
        return store.open(SINK, Set.of(shard(partition))).of(shard(partition));
    }

    /** That each shard has one row for each offset before its position, and there are no other rows. */
    static void assertRowsMatchPositions(TableStore store, String which) {
        SortedMap<Long, List<Long>> found = new TreeMap<>();
        SortedMap<Long, List<Long>> expected = new TreeMap<>();
        try (Cursor cursor = store.query(Query.of(TABLE.name()).withPositionOf(SINK))) {
            cursor.position().next().forEach((shard, next) -> {
                if (next > 0) {
                    expected.put(
                            (long) shard.partition(),
                            LongStream.range(0, next).boxed().toList());
                }
            });
            cursor.forEachRemaining(row -> {
                if (row.get(0) instanceof Long partition && row.get(1) instanceof Long offset) {
                    found.computeIfAbsent(partition, absent -> new ArrayList<>())
                            .add(offset);
                }
            });
        }
        found.values().forEach(offsets -> offsets.sort(null));
        assertThat(found).as("offsets of each shard, %s", which).isEqualTo(expected);
    }
}
