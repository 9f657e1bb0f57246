package io.eventplatform.storage.lake;

import static io.eventplatform.storage.lake.Offsets.NOON;
import static io.eventplatform.storage.lake.Offsets.SINK;
import static io.eventplatform.storage.lake.Offsets.TABLE;
import static io.eventplatform.storage.lake.Offsets.batch;
import static io.eventplatform.storage.lake.Offsets.position;
import static io.eventplatform.storage.lake.Offsets.shard;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.storage.Capability;
import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.LocalObjectStore;
import io.eventplatform.storage.ObjectInfo;
import io.eventplatform.storage.ObjectKey;
import io.eventplatform.storage.ObjectStore;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.Query.Filter;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.WriteBatch;
import io.eventplatform.storage.lake.ObservedObjectStore.Point;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeTableStoreTest {

    @TempDir
    private Path home;

    private LakeBuilder builder(ObjectStore store) {
        return LakeTableStore.builder(store, "orders")
                .partitionByDay("timestamp")
                .clock(InstantSource.fixed(NOON));
    }

    private LakeTableStore open() {
        return prepared(builder(LocalObjectStore.open(home)).open());
    }

    private LakeTableStore open(Consumer<Point> listener) {
        return prepared(builder(new ObservedObjectStore(LocalObjectStore.open(home), listener))
                .open());
    }

    private static LakeTableStore prepared(LakeTableStore lake) {
        lake.ensureTable(TABLE);
        lake.open(SINK, Set.of(shard(0)));
        return lake;
    }

    private static void commit(TableStore lake, long from, long to) {
        assertThat(lake.commit(SINK, batch(0, from, to))).isEqualTo(new CommitOutcome.Committed());
    }

    private static List<Row> read(TableStore lake, Query query) {
        List<Row> rows = new ArrayList<>();
        try (Cursor cursor = lake.query(query)) {
            cursor.forEachRemaining(rows::add);
        }
        return rows;
    }

    private static List<Row> read(TableStore lake) {
        return read(lake, Query.of(TABLE.name()));
    }

    private String entry(long version) {
        return LocalObjectStore.open(home)
                .read(ObjectKey.of("orders", "_delta_log", "%020d.json".formatted(version)))
                .map(content -> new String(content, StandardCharsets.UTF_8))
                .orElseThrow();
    }

    private static List<String> paths(LakeTableStore lake) {
        return lake.files().keys().stream().map(ObjectKey::value).toList();
    }

    // What is on the object store

    @Test
    void aCommitHasOneFileForEachDayAndTheNameTellsItsOffsets() {
        try (LakeTableStore lake = open()) {
            commit(lake, -1, 20);

            String uuid = "[0-9a-f-]{36}";
            String offsets = "orders-00000-0{20}-0{18}19-";
            assertThat(paths(lake))
                    .satisfiesExactly(
                            path -> assertThat(path).matches("orders/dt=2026-11-22/" + offsets + uuid + "\\.parquet"),
                            path -> assertThat(path).matches("orders/dt=2026-11-23/" + offsets + uuid + "\\.parquet"));
            assertThat(lake.files().version()).isEqualTo(2);
        }
    }

    @Test
    void anEntryOfTheLogNamesTheBatchThePositionAndTheFiles() {
        try (LakeTableStore lake = open()) {
            WriteBatch batch = batch(0, -1, 10);
            lake.commit(SINK, batch);

            assertThat(entry(0))
                    .contains("\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":2}")
                    .contains("\"name\":\"orders\"")
                    .contains("\"partitionColumns\":[\"dt\"]");
            assertThat(entry(1)).contains("{\"txn\":{\"appId\":\"orders-lake/orders/topic-id/0\",\"version\":-2,");
            assertThat(entry(2))
                    .contains("\"txnId\":\"" + batch.id() + "\"")
                    .contains("{\"txn\":{\"appId\":\"orders-lake/orders/topic-id/0\",\"version\":9,")
                    .contains("\"partitionValues\":{\"dt\":\"2026-11-23\"}")
                    .contains("\\\"numRecords\\\":10")
                    .contains(
                            "\\\"minValues\\\":{\\\"_partition\\\":0,\\\"_offset\\\":0,\\\"timestamp\\\":\\\"2026-11-23T12:00:00.000Z\\\"")
                    .contains("\"tags\":{\"first\":\"0\",\"last\":\"9\",\"sha256\":\"");
        }
    }

    @Test
    void aTimeThatCannotBeRightGoesToTheDayOfItsCommit() {
        Instant future = NOON.plus(Duration.ofHours(25));
        Instant past = Instant.parse("1969-12-31T23:59:59Z");
        try (LakeTableStore lake = open()) {
            lake.commit(SINK, withTimes(NOON.plus(Duration.ofHours(23)), future, past, Instant.EPOCH));

            assertThat(paths(lake))
                    .extracting(path -> path.substring(0, 20))
                    .containsExactly("orders/dt=1970-01-01", "orders/dt=2026-11-23", "orders/dt=2026-11-24");
            assertThat(readByDuckDb(lake, "_offset || ' ' || _time_clamped || ' ' || epoch_us(_ingest_ts)"))
                    .containsExactly(
                            "0 false " + NOON.getEpochSecond() + "000000",
                            "1 true " + NOON.getEpochSecond() + "000000",
                            "2 true " + NOON.getEpochSecond() + "000000",
                            "3 false " + NOON.getEpochSecond() + "000000");
            for (Instant time : List.of(future, past)) {
                assertThat(read(lake, Query.of(TABLE.name()).withFilter(new Filter.Equal("timestamp", time))))
                        .as("a clamped row is found by its own time")
                        .hasSize(1);
            }
        }
    }

    private static WriteBatch withTimes(Instant... times) {
        List<Row> rows = new ArrayList<>();
        for (Instant time : times) {
            rows.add(Row.of(0L, (long) rows.size(), time));
        }
        return new WriteBatch(
                UUID.randomUUID(),
                List.of(new TableRows(TABLE, rows)),
                Position.of(Map.of(shard(0), -1L)),
                Position.of(Map.of(shard(0), (long) times.length)));
    }

    // Other readers

    @Test
    void anyDuckDbReadsTheListedFiles() {
        try (LakeTableStore lake = open()) {
            commit(lake, -1, 12);
            commit(lake, 12, 40);

            List<String> expected = new ArrayList<>();
            for (int offset = 0; offset < 40; offset++) {
                expected.add(offset + " " + Offsets.timeOf(offset).getEpochSecond());
            }
            assertThat(readByDuckDb(lake, "_offset || ' ' || (epoch_us(\"timestamp\") // 1000000)"))
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    private List<String> readByDuckDb(LakeTableStore lake, String expression) {
        LocalObjectStore store = LocalObjectStore.open(home);
        String list = lake.files().keys().stream()
                .map(key -> "'" + store.localPath(key).orElseThrow() + "'")
                .collect(Collectors.joining(", ", "[", "]"));
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT " + expression + " FROM read_parquet(" + list
                        + ", union_by_name = true) ORDER BY _offset")) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatTheDocsSayWorks() throws SQLException {
        // region open
        ObjectStore store = LocalObjectStore.open(home);
        LakeTableStore lake = LakeTableStore.builder(store, "sales/orders")
                .partitionByDay("timestamp")
                .open();
        // endregion
        try (lake) {
            prepared(lake);
            commit(lake, -1, 30);
            // region files
            String files = lake.files().keys().stream()
                    .map(key -> "'" + store.localPath(key).orElseThrow() + "'")
                    .collect(Collectors.joining(", "));
            String sql = "SELECT count(*) FROM read_parquet([" + files + "], union_by_name = true)";
            // endregion
            try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                rows.next();
                assertThat(rows.getLong(1)).isEqualTo(30);
            }
        }
    }

    @Test
    void filesThatTheLogDoesNotNameAreNotRead() {
        try (LakeTableStore lake = open()) {
            commit(lake, -1, 10);
            LocalObjectStore store = LocalObjectStore.open(home);
            ObjectKey file = lake.files().keys().get(0);
            store.put(
                    new ObjectKey(file.value().replace(".parquet", "-copy.parquet")),
                    store.localPath(file).orElseThrow());

            assertThat(read(lake)).hasSize(10);
        }
    }

    @Test
    void filesWhoseStatisticsExcludeAValueAreNotOpened() {
        try (LakeTableStore lake = open()) {
            commit(lake, -1, 20);
            LocalObjectStore.open(home).delete(lake.files().keys().get(0)); // of the 22nd

            assertThat(read(lake, Query.of(TABLE.name()).withFilter(new Filter.Equal("timestamp", NOON))))
                    .hasSize(10);
            assertThat(read(lake, Query.of(TABLE.name()).withFilter(new Filter.Equal("_offset", 3L))))
                    .hasSize(1);
            assertThatThrownBy(() -> read(lake)).isInstanceOf(StoreException.class);
        }
    }

    @Test
    void anotherEnginesEntryStopsTheLake() {
        try (LakeTableStore lake = open()) {
            commit(lake, -1, 10);
            LocalObjectStore.open(home)
                    .putIfAbsent(
                            ObjectKey.of("orders", "_delta_log", "%020d.json".formatted(3)),
                            "{\"commitInfo\":{\"operation\":\"DELETE\",\"engineInfo\":\"Apache-Spark/4.0\"}}"
                                    .getBytes(StandardCharsets.UTF_8));

            assertThatThrownBy(() -> read(lake))
                    .isInstanceOf(StoreException.Corruption.class)
                    .hasMessage(home + ", orders/_delta_log/00000000000000000003.json was written by another engine,"
                            + " Apache-Spark/4.0. Others may read the table but not write to it: what it holds cannot be"
                            + " vouched for.");
        }
    }

    // What is refused

    @Test
    void whatALakeIsNotIsRefusedByName() {
        TableSpec keyed = TableSpec.upsert("keyed", TABLE.columns(), List.of("_offset"));
        TableSpec other = TableSpec.append("other", TABLE.columns());
        try (LakeTableStore lake = open()) {
            assertThat(lake.capabilities())
                    .containsExactlyInAnyOrder(
                            Capability.SHARED, Capability.SCHEMA_ADD_COLUMN, Capability.DURABLE_ON_POWER_LOSS);
            assertThatThrownBy(() -> lake.ensureTable(keyed))
                    .hasMessage(home + ", lake orders: table keyed has a key, but rows are only added (needs UPSERT)");
            assertThatThrownBy(() -> lake.ensureTable(other))
                    .hasMessage(
                            home + ", lake orders is table orders and cannot be table other too. Give it a directory"
                                    + " of its own (needs SEVERAL_TABLES)");
        }
        assertThatThrownBy(() -> LakeTableStore.builder(LocalObjectStore.open(home), "orders")
                        .open())
                .isInstanceOf(StoreException.Configuration.class)
                .hasMessageContaining(
                        "is partitioned by the day of timestamp but was opened to be by that of no column");
        assertThatThrownBy(() -> LakeTableStore.builder(LocalObjectStore.open(home), "a/../b"))
                .hasMessage("object key \"a/../b\" has a segment that begins with a dot");
        assertThatThrownBy(() -> LakeTableStore.builder(LocalObjectStore.open(home), "[a]")
                        .open())
                .hasMessageEndingWith(
                        "has one of *, ? and [, which DuckDB takes for a pattern of names. Use another directory.");
    }

    @Test
    void aTableThatCannotBePartitionedSoIsRefused() {
        try (LakeTableStore lake = builder(LocalObjectStore.open(home)).open()) {
            assertThatThrownBy(() -> lake.ensureTable(
                            TableSpec.append("orders", List.of(Column.optional("timestamp", ColumnType.TIMESTAMP)))))
                    .hasMessage(
                            "the lake is partitioned by the day of column timestamp, but table orders has no required"
                                    + " TIMESTAMP column of that name");
            assertThatThrownBy(() ->
                            lake.ensureTable(TABLE.withColumns(List.of(Column.optional("dt", ColumnType.STRING)))))
                    .hasMessage("table orders has a column dt, which a lake adds by itself. Give it another name.");
        }
    }

    // Puts whose outcome is unknown

    @Test
    void anEntryThatWasMadeThoughTheAnswerWasLostIsRecognised() {
        Faults faults = new Faults();
        try (LakeTableStore lake = open(faults)) {
            faults.lose(Point.AFTER_LOG, 1);

            commit(lake, -1, 10);

            Offsets.assertRowsMatchPositions(lake, "once");
        }
    }

    @Test
    void anEntryThatWasNotMadeIsMadeAgain() {
        Faults faults = new Faults();
        try (LakeTableStore lake = open(faults)) {
            faults.lose(Point.BEFORE_LOG, 2);

            commit(lake, -1, 10);

            Offsets.assertRowsMatchPositions(lake, "once");
        }
    }

    @Test
    void aCommitWhoseOutcomeStaysUnknownIsAmbiguousAndTheSameBatchSettlesIt() {
        Faults faults = new Faults();
        WriteBatch batch = batch(0, -1, 10);
        try (LakeTableStore lake = open(faults)) {
            faults.lose(Point.BEFORE_LOG, 100);
            assertThatThrownBy(() -> lake.commit(SINK, batch))
                    .isInstanceOf(StoreException.AmbiguousCommit.class)
                    .hasMessageEndingWith(
                            "orders/_delta_log/00000000000000000002.json: it is unknown whether the entry was"
                                    + " made. Read the position before anything else.");
            faults.lose(Point.BEFORE_LOG, 0);

            assertThat(position(lake, 0)).isEqualTo(-1);
            assertThat(lake.commit(SINK, batch)).isEqualTo(new CommitOutcome.Committed());
            assertThat(lake.commit(SINK, batch)).isEqualTo(new CommitOutcome.AlreadyCommitted());
            Offsets.assertRowsMatchPositions(lake, "once");
        }
    }

    @Test
    void anotherWritersEntryIsNotTakenForOnesOwnWhenTheAnswerWasLost() {
        try (LakeTableStore other = open()) {
            other.open(SINK, Set.of(shard(1)));
            for (int rival : new int[] {1, 0}) {
                long stands = position(other, rival);
                List<WriteBatch> once = new ArrayList<>(List.of(batch(rival, stands, 15)));
                try (LakeTableStore lake = open(point -> {
                    if (point == Point.BEFORE_LOG && !once.isEmpty()) {
                        other.commit(SINK, once.remove(0));
                        throw new StoreException.AmbiguousCommit("the answer was lost", null);
                    }
                })) {
                    long from = position(lake, 0);
                    CommitOutcome outcome = lake.commit(SINK, batch(0, from, Math.max(0, from) + 10));

                    assertThat(outcome)
                            .as("when the other writer moved shard %d", rival)
                            .isEqualTo(
                                    rival == 1
                                            ? new CommitOutcome.Committed()
                                            : new CommitOutcome.Conflict(Position.of(Map.of(shard(0), 15L))));
                    Offsets.assertRowsMatchPositions(other, "rival on shard " + rival);
                }
            }
        }
    }

    /** Loses answers of the object store. */
    private static final class Faults implements Consumer<Point> {

        private Point point = Point.BEFORE_LOG;
        private int times;

        void lose(Point where, int howOften) {
            point = where;
            times = howOften;
        }

        @Override
        public void accept(Point reached) {
            if (reached == point && times > 0) {
                times--;
                throw new StoreException.AmbiguousCommit("the answer was lost", null);
            }
        }
    }

    // Several writers

    @Test
    void aWriterThatLostLeavesNoFile() {
        try (LakeTableStore lake = open();
                LakeTableStore other = open()) {
            List<LakeTableStore> rival = List.of(other);
            List<WriteBatch> once = new ArrayList<>(List.of(batch(0, -1, 5)));
            try (LakeTableStore slow = open(point -> {
                if (point == Point.BEFORE_LOG && !once.isEmpty()) {
                    rival.get(0).commit(SINK, once.remove(0));
                }
            })) {
                assertThat(slow.commit(SINK, batch(0, -1, 10)))
                        .isEqualTo(new CommitOutcome.Conflict(Position.of(Map.of(shard(0), 5L))));
            }
            assertThat(dataFiles()).containsExactlyElementsOf(lake.files().keys());
        }
    }

    private List<ObjectKey> dataFiles() {
        return LocalObjectStore.open(home).list("orders/dt=", "").stream()
                .map(ObjectInfo::key)
                .toList();
    }

    @Test
    void aColumnThatAnotherWriterAddedIsSeenAndWritersOfTheOlderShapeGoOn() {
        TableSpec wider = TABLE.withColumns(List.of(Column.optional("note", ColumnType.JSON)));
        try (LakeTableStore older = open();
                LakeTableStore newer = open()) {
            commit(older, -1, 1);
            newer.ensureTable(wider);
            newer.commit(
                    SINK,
                    new WriteBatch(
                            UUID.randomUUID(),
                            List.of(new TableRows(wider, List.of(Row.of(0L, 1L, NOON, "{ \"a\": 1 }")))),
                            Position.of(Map.of(shard(0), 1L)),
                            Position.of(Map.of(shard(0), 2L))));
            commit(older, 2, 3);

            assertThat(read(older))
                    .containsExactlyInAnyOrder(
                            Row.of(0L, 0L, NOON, null),
                            Row.of(0L, 1L, NOON, "{ \"a\": 1 }"),
                            Row.of(0L, 2L, NOON, null));
        }
    }

    @Test
    void namesOfSinksAndTopicsMayHaveAnyCharacter() {
        SinkId sink = new SinkId("a/b %2F+ ż");
        SourceShard odd = new SourceShard("id/1", "a topic/with: everything", 7);
        try (LakeTableStore lake = open()) {
            lake.open(sink, Set.of(odd));
            WriteBatch batch = new WriteBatch(
                    UUID.randomUUID(),
                    List.of(Offsets.rows(7, 0, 3)),
                    Position.of(Map.of(odd, -1L)),
                    Position.of(Map.of(odd, 3L)));
            assertThat(lake.commit(sink, batch)).isEqualTo(new CommitOutcome.Committed());
        }

        try (LakeTableStore again = open();
                Cursor cursor = again.query(Query.of(TABLE.name()).withPositionOf(sink))) {
            assertThat(cursor.position()).isEqualTo(Position.of(Map.of(odd, 3L)));
            assertThat(cursor.asOf()).contains(NOON);
        }
    }

    @Test
    void filesOfATopicOfAnyNameHaveNamesThatObjectsMayHave() {
        Map<String, String> beginnings = Map.of(
                "...",
                "_..-00000-",
                "a/b.c",
                "a_b.c-00000-",
                "t".repeat(100),
                "t".repeat(100) + "-00000-",
                "t".repeat(249),
                "t".repeat(91) + "-%08x-00000-".formatted("t".repeat(249).hashCode()));
        try (LakeTableStore lake = open()) {
            beginnings.forEach((topic, beginning) -> {
                SourceShard shard = new SourceShard("topic-id", topic, 0);
                lake.open(SINK, Set.of(shard));
                lake.commit(SINK, batch(Map.of(shard, -1L), Map.of(shard, 1L)));
            });

            assertThat(paths(lake))
                    .extracting(path -> path.substring("orders/dt=2026-11-23/".length()))
                    .allMatch(name -> beginnings.values().stream().anyMatch(name::startsWith))
                    .hasSize(4);
        }
    }

    // The state beside the log

    @Test
    void aStartReadsTheNewestStateAndTheEntriesAfterIt() {
        WriteBatch last = batch(0, 110, 111);
        try (LakeTableStore lake = open()) {
            for (int from = 0; from < 110; from++) {
                commit(lake, from == 0 ? -1 : from, from + 1);
            }
            lake.commit(SINK, last);
        }
        LocalObjectStore store = LocalObjectStore.open(home);
        assertThat(store.list("orders/_state/", ""))
                .extracting(object -> object.key().value())
                .containsExactly("orders/_state/00000000000000000099.json");
        for (int version = 0; version < 99; version++) {
            store.delete(ObjectKey.of("orders", "_delta_log", "%020d.json".formatted(version)));
        }

        try (LakeTableStore again = open()) {
            Offsets.assertRowsMatchPositions(again, "after a start from the state");
            assertThat(again.commit(SINK, last)).isEqualTo(new CommitOutcome.AlreadyCommitted());
            commit(again, 111, 120);
            Offsets.assertRowsMatchPositions(again, "and a commit");
        }
    }

    // Object stores that are elsewhere

    @Test
    void filesFromElsewhereAreReadThroughCopies() throws IOException {
        List<ObjectKey> fetched = Collections.synchronizedList(new ArrayList<>());
        LocalObjectStore local = LocalObjectStore.open(home);
        ObjectStore elsewhere = new ObservedObjectStore(local, point -> {}) {
            @Override
            public Optional<Path> localPath(ObjectKey key) {
                return Optional.empty();
            }

            @Override
            public Optional<InputStream> get(ObjectKey key) {
                if (key.value().endsWith(".parquet")) {
                    fetched.add(key);
                }
                return super.get(key);
            }
        };
        try (LakeTableStore lake = prepared(builder(elsewhere).open())) {
            commit(lake, -1, 30);
            Offsets.assertRowsMatchPositions(lake, "copied");
            Offsets.assertRowsMatchPositions(lake, "from the copies");
            assertThat(fetched).containsExactlyInAnyOrderElementsOf(lake.files().keys());
        }
        fetched.clear();
        Path spool = home.resolve("spool");
        try (LakeTableStore lake =
                builder(elsewhere).cacheBytes(0).spoolDirectory(spool).open()) {
            Offsets.assertRowsMatchPositions(lake, "copied");
            assertThat(cacheIn(spool)).as("copies beyond the bound").isEmptyDirectory();
            Offsets.assertRowsMatchPositions(lake, "copied again");
            assertThat(fetched).hasSize(6);
        }
        assertThat(spool).isEmptyDirectory();
    }

    private static Path cacheIn(Path spool) throws IOException {
        try (Stream<Path> all = Files.walk(spool)) {
            return all.filter(path -> path.endsWith("cache")).findFirst().orElseThrow();
        }
    }
}
