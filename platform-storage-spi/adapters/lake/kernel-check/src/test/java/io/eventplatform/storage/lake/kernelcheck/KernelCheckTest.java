package io.eventplatform.storage.lake.kernelcheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.delta.kernel.expressions.Column;
import io.delta.kernel.expressions.Literal;
import io.delta.kernel.expressions.Predicate;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.LocalObjectStore;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.WriteBatch;
import io.eventplatform.storage.lake.LakeTableStore;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Delta's own reader sees the schema, the rows, the partitions and the positions that the lake wrote. */
class KernelCheckTest {

    private static final SinkId SINK = new SinkId("orders-lake");
    private static final SourceShard FIRST = new SourceShard("topic-id", "orders", 0);
    private static final SourceShard SECOND = new SourceShard("topic-id", "orders", 1);
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00.123456Z");
    private static final Instant DAY_BEFORE = Instant.parse("2026-11-22T23:59:59.999999Z");

    private static final TableSpec ORDERS = TableSpec.append(
            "orders",
            List.of(
                    io.eventplatform.storage.Column.required("id", ColumnType.LONG),
                    io.eventplatform.storage.Column.required("timestamp", ColumnType.TIMESTAMP),
                    io.eventplatform.storage.Column.optional("customer", ColumnType.STRING),
                    io.eventplatform.storage.Column.optional("amount", ColumnType.DECIMAL),
                    io.eventplatform.storage.Column.optional("share", ColumnType.DOUBLE),
                    io.eventplatform.storage.Column.optional("paid", ColumnType.BOOLEAN),
                    io.eventplatform.storage.Column.optional("due", ColumnType.DATE),
                    io.eventplatform.storage.Column.optional("cart", ColumnType.JSON)));

    private static final Row FULL = Row.of(
            1L,
            NOON,
            "Żółć & söhne 😀",
            new BigDecimal("-12345678901234567890.123456789"),
            0.1,
            true,
            LocalDate.of(2027, 2, 28),
            "{ \"a\" : [1] }");
    private static final Row EMPTY = Row.of(2L, DAY_BEFORE, null, null, null, null, null, null);

    @TempDir
    private Path home;

    private LakeTableStore lake() {
        return LakeTableStore.builder(LocalObjectStore.open(home), "orders")
                .partitionByDay("timestamp")
                .clock(InstantSource.fixed(NOON))
                .open();
    }

    private static void commit(
            LakeTableStore lake, SourceShard shard, long from, long to, TableSpec table, Row... rows) {
        lake.commit(
                SINK,
                new WriteBatch(
                        UUID.randomUUID(),
                        List.of(new TableRows(table, List.of(rows))),
                        Position.of(Map.of(shard, from)),
                        Position.of(Map.of(shard, to))));
    }

    private void writeTwoDays() {
        try (LakeTableStore lake = lake()) {
            lake.ensureTable(ORDERS);
            lake.open(SINK, Set.of(FIRST, SECOND));
            commit(lake, FIRST, -1, 2_000, ORDERS, FULL);
            commit(lake, SECOND, -1, 7, ORDERS, EMPTY);
        }
    }

    @Test
    void theSchemaHasDeltasTypesAndTheLakesOwnColumns() {
        writeTwoDays();

        KernelReader kernel = new KernelReader(home.resolve("orders"));

        assertThat(kernel.snapshot().getSchema().fields())
                .extracting(field -> field.getName() + " " + field.getDataType() + (field.isNullable() ? "" : " !"))
                .containsExactly(
                        "id long !",
                        "timestamp timestamp !",
                        "customer string",
                        "amount Decimal(38, 9)",
                        "share double",
                        "paid boolean",
                        "due date",
                        "cart string",
                        "_ingest_ts timestamp",
                        "_time_clamped boolean",
                        "dt date");
        assertThat(kernel.snapshot().getPartitionColumnNames()).containsExactly("dt");
        assertThat(kernel.snapshot().getVersion()).isEqualTo(3);
    }

    @Test
    void theRowsAreThoseOfTheLake() throws IOException {
        writeTwoDays();

        assertThat(new KernelReader(home.resolve("orders")).rows())
                .containsExactlyInAnyOrder(
                        Arrays.asList(
                                1L,
                                NOON,
                                "Żółć & söhne 😀",
                                new BigDecimal("-12345678901234567890.123456789"),
                                0.1,
                                true,
                                LocalDate.of(2027, 2, 28),
                                "{ \"a\" : [1] }",
                                Instant.parse("2026-11-23T12:00:00.123Z"),
                                false,
                                LocalDate.of(2026, 11, 23)),
                        Arrays.asList(
                                2L,
                                DAY_BEFORE,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                Instant.parse("2026-11-23T12:00:00.123Z"),
                                false,
                                LocalDate.of(2026, 11, 22)));
    }

    @Test
    void partitionsAndStatisticsNarrowWhatIsRead() throws IOException {
        writeTwoDays();
        KernelReader kernel = new KernelReader(home.resolve("orders"));

        assertThat(kernel.files(equal(
                        "dt", Literal.ofDate((int) LocalDate.of(2026, 11, 22).toEpochDay()))))
                .singleElement()
                .asString()
                .contains("/dt=2026-11-22/");
        assertThat(kernel.files(equal("id", Literal.ofLong(1))))
                .singleElement()
                .asString()
                .contains("/dt=2026-11-23/");
        assertThat(kernel.files(equal("id", Literal.ofLong(3)))).isEmpty();
    }

    private static Predicate equal(String column, Literal value) {
        return new Predicate("=", new Column(column), value);
    }

    @Test
    void aTransactionTellsEachShardsPosition() {
        writeTwoDays();

        KernelReader kernel = new KernelReader(home.resolve("orders"));

        assertThat(kernel.transactionVersion("orders-lake/orders/topic-id/0")).contains(1_999L);
        assertThat(kernel.transactionVersion("orders-lake/orders/topic-id/1")).contains(6L);
        assertThat(kernel.transactionVersion("orders-lake/orders/topic-id/2")).isEmpty();
    }

    @Test
    void aColumnThatWasAddedHasNoValueInOlderFiles() throws IOException {
        writeTwoDays();
        TableSpec wider =
                ORDERS.withColumns(List.of(io.eventplatform.storage.Column.optional("note", ColumnType.STRING)));
        try (LakeTableStore lake = lake()) {
            lake.ensureTable(wider);
            lake.open(SINK, Set.of(FIRST));
            commit(lake, FIRST, 2_000, 2_001, wider, Row.of(3L, NOON, null, null, null, null, null, null, "new"));
        }

        KernelReader kernel = new KernelReader(home.resolve("orders"));

        int note = kernel.snapshot().getSchema().indexOf("note");
        assertThat(kernel.rows())
                .extracting(row -> row.get(0) + " " + row.get(note))
                .containsExactlyInAnyOrder("1 null", "2 null", "3 new");
    }
}
