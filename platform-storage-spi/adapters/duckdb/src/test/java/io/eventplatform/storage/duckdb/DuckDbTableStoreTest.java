package io.eventplatform.storage.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.storage.Capability;
import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.WriteBatch;
import io.eventplatform.storage.duckdb.internal.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.duckdb.DuckDBConnection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kit cannot ask of every store. */
class DuckDbTableStoreTest {

    private static final SinkId SINK = new SinkId("orders-sink");
    private static final SourceShard SHARD = new SourceShard("id", "orders", 0);
    private static final TableSpec EVENTS = TableSpec.append(
            "events",
            List.of(Column.required("at_offset", ColumnType.LONG), Column.optional("seen", ColumnType.TIMESTAMP)));

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void chooseFile() throws IOException {
        file = directory.toRealPath().resolve("data").resolve("orders.duckdb");
    }

    private static DuckDbTableStore prepared(DuckDbTableStore store) {
        store.ensureTable(EVENTS);
        store.open(SINK, Set.of(SHARD));
        return store;
    }

    private static WriteBatch batch(long expected, long next) {
        List<Row> rows = new ArrayList<>();
        for (long offset = Math.max(0, expected); offset < next; offset++) {
            rows.add(Row.of(offset, Instant.EPOCH.plusSeconds(offset)));
        }
        return new WriteBatch(
                UUID.randomUUID(),
                List.of(new TableRows(EVENTS, rows)),
                Position.of(Map.of(SHARD, expected)),
                Position.of(Map.of(SHARD, next)));
    }

    private static long position(TableStore store) {
        return store.open(SINK, Set.of(SHARD)).of(SHARD);
    }

    private static int rows(TableStore store) {
        int count = 0;
        try (Cursor cursor = store.query(Query.of("events"))) {
            while (cursor.hasNext()) {
                cursor.next();
                count++;
            }
        }
        return count;
    }

    // Opening

    @Test
    void itDeclaresWhatItCan() {
        try (DuckDbTableStore store = DuckDbTableStore.open(file)) {
            assertThat(store.capabilities())
                    .containsExactlyInAnyOrder(
                            Capability.UPSERT,
                            Capability.SEVERAL_TABLES,
                            Capability.SCHEMA_ADD_COLUMN,
                            Capability.DURABLE_ON_POWER_LOSS);
        }
    }

    @Test
    void aSecondStoreOfTheSameFileIsRefusedUntilTheFirstIsClosed() throws IOException {
        DuckDbTableStore first = DuckDbTableStore.open(file);
        Path link = Files.createSymbolicLink(directory.resolve("link.duckdb"), file);

        assertThatThrownBy(() -> DuckDbTableStore.open(file))
                .isInstanceOf(StoreException.Configuration.class)
                .hasMessage(file + " is open already in this process. Share that store, or give this one a file of its"
                        + " own.");
        assertThatThrownBy(() -> DuckDbTableStore.open(link)).isInstanceOf(StoreException.Configuration.class);

        first.close();
        DuckDbTableStore second = DuckDbTableStore.open(file);
        first.close();
        assertThatThrownBy(() -> DuckDbTableStore.open(file))
                .as("closing the first again does not free what the second holds")
                .isInstanceOf(StoreException.Configuration.class);
        second.close();
    }

    @Test
    void aFileOfANewerStoreIsRefused() throws SQLException {
        DuckDbTableStore.open(file).close();
        execute("UPDATE event_platform.store_format SET version = 2");

        assertThatThrownBy(() -> DuckDbTableStore.open(file))
                .isInstanceOf(StoreException.Configuration.class)
                .hasMessage(file + " has the store format 2 but this version knows only 1. Upgrade the library, or use"
                        + " another file.");

        execute("UPDATE event_platform.store_format SET version = 1");
        DuckDbTableStore.open(file).close();
    }

    @Test
    void aFileThatIsNoDatabaseIsRefused() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "no database");

        assertThatThrownBy(() -> DuckDbTableStore.open(file))
                .isInstanceOf(StoreException.Configuration.class)
                .hasMessage(file + ": IO Error: The file \"" + file
                        + "\" exists, but it is not a valid DuckDB database file!. Repeating the call will not help.");
    }

    @Test
    void aDamagedLogIsCorruptionAndIsLeftAlone() throws IOException {
        Path copy = directory.resolve("copy.duckdb");
        Path log = directory.resolve("copy.duckdb.wal");
        try (DuckDbTableStore store = prepared(DuckDbTableStore.open(file))) {
            store.commit(SINK, batch(-1, 5_000));
            Files.copy(file, copy);
            Files.copy(Path.of(file + ".wal"), log);
        }
        byte[] damaged = Files.readAllBytes(log);
        damaged[damaged.length / 2] ^= 0x55;
        Files.write(log, damaged);

        assertThatThrownBy(() -> DuckDbTableStore.open(copy))
                .isInstanceOf(StoreException.Corruption.class)
                .hasMessageContaining("copy.duckdb: Data Corruption Error: Failure while replaying WAL file")
                .hasMessageEndingWith(
                        "Stop, and move the file and its .wal away: the sink fills a new file from Kafka.");
        assertThat(log).hasBinaryContent(damaged);
    }

    @Test
    void optionsReachDuckDb() throws SQLException {
        DuckDbOptions options = DuckDbOptions.builder()
                .memoryLimitBytes(256L << 20)
                .threads(1)
                .tempDirectory(directory.resolve("spill"))
                .build();
        try (Database opened = Database.open(file, options);
                DuckDBConnection connection = opened.connect();
                Statement statement = connection.createStatement();
                ResultSet settings = statement.executeQuery("SELECT current_setting('memory_limit'),"
                        + " current_setting('threads'), current_setting('temp_directory'),"
                        + " current_setting('autoinstall_known_extensions'),"
                        + " current_setting('autoload_known_extensions')")) {
            settings.next();

            assertThat(settings.getString(1)).isEqualTo("256.0 MiB");
            assertThat(settings.getInt(2)).isEqualTo(1);
            assertThat(settings.getString(3))
                    .isEqualTo(directory.resolve("spill").toString());
            assertThat(settings.getBoolean(4)).isFalse();
            assertThat(settings.getBoolean(5)).isFalse();
        }
    }

    // Failures of COMMIT

    /** Fails the next COMMIT, after or instead of doing it. */
    private static final class FailingWriter extends Writer {
        private boolean failsAfter;
        private boolean failsBefore;

        FailingWriter(Database file, Tables tables) {
            super(file, tables::load);
        }

        @Override
        void commit(DuckDBConnection current) throws SQLException {
            if (failsBefore) {
                failsBefore = false;
                throw new SQLException("IO Error: the disk went away");
            }
            super.commit(current);
            if (failsAfter) {
                failsAfter = false;
                throw new SQLException("IO Error: the disk went away");
            }
        }
    }

    private final Tables tables = new Tables();

    private DuckDbTableStore openWith(FailingWriter writer, Database opened) {
        return prepared(DuckDbTableStore.prepared(new DuckDbTableStore(opened, Instant::now, tables, writer)));
    }

    @Test
    void aCommitThatFailedAfterItHappenedIsAmbiguousAndThenRecognised() {
        Database opened = Database.open(file, DuckDbOptions.defaults());
        FailingWriter writer = new FailingWriter(opened, tables);
        try (DuckDbTableStore store = openWith(writer, opened)) {
            WriteBatch batch = batch(-1, 10);
            writer.failsAfter = true;

            assertThatThrownBy(() -> store.commit(SINK, batch))
                    .isInstanceOf(StoreException.AmbiguousCommit.class)
                    .hasMessage(
                            file + ", commit of sink orders-sink: the commit failed and may have happened: IO Error:"
                                    + " the disk went away. Read the position before anything else.");

            assertThat(position(store)).isEqualTo(10);
            assertThat(store.commit(SINK, batch)).isEqualTo(new CommitOutcome.AlreadyCommitted());
            assertThat(rows(store)).isEqualTo(10);
        }
    }

    @Test
    void aCommitThatFailedBeforeItHappenedIsAmbiguousAndCanBeRepeated() {
        Database opened = Database.open(file, DuckDbOptions.defaults());
        FailingWriter writer = new FailingWriter(opened, tables);
        try (DuckDbTableStore store = openWith(writer, opened)) {
            WriteBatch batch = batch(-1, 10);
            writer.failsBefore = true;

            assertThatThrownBy(() -> store.commit(SINK, batch)).isInstanceOf(StoreException.AmbiguousCommit.class);

            assertThat(position(store)).isEqualTo(-1);
            assertThat(rows(store)).isZero();
            assertThat(store.commit(SINK, batch)).isEqualTo(new CommitOutcome.Committed());
            assertThat(rows(store)).isEqualTo(10);
        }
    }

    @Test
    void aTableWhoseCreationIsAmbiguousCanBeEnsuredAgain() {
        Database opened = Database.open(file, DuckDbOptions.defaults());
        FailingWriter writer = new FailingWriter(opened, tables);
        try (DuckDbTableStore store = openWith(writer, opened)) {
            TableSpec late = TableSpec.append("late", EVENTS.columns());
            writer.failsAfter = true;
            assertThatThrownBy(() -> store.ensureTable(late)).isInstanceOf(StoreException.AmbiguousCommit.class);

            store.ensureTable(late);

            try (Cursor cursor = store.query(Query.of("late"))) {
                assertThat(cursor.hasNext()).isFalse();
            }
        }
    }

    // Cursors

    @Test
    void aCursorThatIsOpenWhenTheStoreClosesSaysSo() {
        DuckDbTableStore store = prepared(DuckDbTableStore.open(file));
        store.commit(SINK, batch(-1, 10));
        Cursor cursor = store.query(Query.of("events"));

        store.close();

        assertThatThrownBy(cursor::hasNext)
                .isInstanceOf(StoreException.Configuration.class)
                .hasMessage(file + ": the store is closed");
        DuckDbTableStore.open(file).close();
    }

    @Test
    void tooManyRowsAreTold() {
        try (DuckDbTableStore store = prepared(DuckDbTableStore.open(file))) {
            store.commit(SINK, batch(-1, 10));

            try (Cursor cursor = store.query(Query.of("events").withMaxRows(9))) {
                assertThatThrownBy(() -> cursor.forEachRemaining(row -> {}))
                        .hasMessage(file + ", query of table events: more than 9 rows match. Filter more, or raise"
                                + " maxRows.");
            }
        }
    }

    // The file belongs to DuckDB's other tools too

    @Test
    void tablesAreOrdinaryTables() throws SQLException {
        try (DuckDbTableStore store = prepared(DuckDbTableStore.open(file))) {
            store.commit(SINK, batch(-1, 3));
        }

        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*), max(seen)::VARCHAR FROM events")) {
            rows.next();
            assertThat(rows.getLong(1)).isEqualTo(3);
            assertThat(rows.getString(2)).isEqualTo("1970-01-01 00:00:02");
        }
    }

    @Test
    void tablesMadeByOthersAreLeftAlone() throws SQLException {
        DuckDbTableStore.open(file).close();
        execute("CREATE TABLE \"Their table\" (\"Odd name\" INTEGER)");
        execute("CREATE TABLE theirs (i INTEGER)");

        try (DuckDbTableStore store = prepared(DuckDbTableStore.open(file))) {
            assertThatThrownBy(() -> store.query(Query.of("theirs")))
                    .isInstanceOf(StoreException.Configuration.class)
                    .hasMessage(file + ", query of table theirs: there is no such table");
            assertThatThrownBy(() -> store.ensureTable(TableSpec.append("theirs", EVENTS.columns())))
                    .isInstanceOf(StoreException.Configuration.class)
                    .hasMessageContaining("already exists");
            assertThat(store.commit(SINK, batch(-1, 3))).isEqualTo(new CommitOutcome.Committed());
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
