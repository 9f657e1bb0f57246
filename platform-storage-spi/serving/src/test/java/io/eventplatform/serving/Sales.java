package io.eventplatform.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.storage.Catalog;
import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.InMemoryTableStore;
import io.eventplatform.storage.Measure;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.View;
import io.eventplatform.storage.WriteBatch;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** A store with a view of sales, by day and shop, into which a test commits. */
final class Sales implements AutoCloseable {

    static final View VIEW = View.named("sales")
            .describedAs("Sales of each shop by day.")
            .groupBy(Column.required("day", ColumnType.DATE), Column.required("shop", ColumnType.STRING))
            .measure(
                    Measure.count("n"),
                    Measure.sum("revenue", ColumnType.DECIMAL),
                    Measure.max("last_at", ColumnType.TIMESTAMP))
            .build();

    private static final SinkId SINK = new SinkId("hot");
    private static final SourceShard SHARD = new SourceShard("id-1", "sales", 0);

    private final TableStore store = new InMemoryTableStore(() -> Instant.parse("2026-03-01T08:00:00Z"));
    private long next = 1;

    Sales() {
        store.ensureTable(VIEW.table());
    }

    Catalog catalog() {
        return Catalog.of(store, SINK, List.of(VIEW));
    }

    void sold(String day, String shop, long n, String revenue, String lastAt) {
        Row row = Row.of(LocalDate.parse(day), shop, "id-1", 0L, n, new BigDecimal(revenue), Instant.parse(lastAt));
        WriteBatch batch = new WriteBatch(
                UUID.randomUUID(),
                List.of(new TableRows(VIEW.table(), List.of(row))),
                store.open(SINK, Set.of(SHARD)),
                Position.of(Map.of(SHARD, next++)));
        assertThat(store.commit(SINK, batch)).isInstanceOf(CommitOutcome.Committed.class);
    }

    @Override
    public void close() {
        store.close();
    }
}
