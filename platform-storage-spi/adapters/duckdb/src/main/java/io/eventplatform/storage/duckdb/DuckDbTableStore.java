package io.eventplatform.storage.duckdb;

import io.eventplatform.storage.Capability;
import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.WriteBatch;
import io.eventplatform.storage.duckdb.Positions.Mark;
import io.eventplatform.storage.duckdb.internal.Database;
import io.eventplatform.storage.duckdb.internal.Readers;
import io.eventplatform.storage.duckdb.internal.Snapshot;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.duckdb.DuckDBConnection;

/**
 * A store in a DuckDB file that this process alone has open. A lost file is filled again from Kafka; a
 * second process needs a file of its own.
 *
 * <p>Thread-safe: writes take turns on one connection, each query has its own. Tables are ordinary
 * tables of the file's main schema, for any tool that reads DuckDB once the process has ended.
 *
 * <p>A cursor that is not closed is freed at its query's deadline. The driver unpacks its native library,
 * some 70 MB, to {@code java.io.tmpdir} once per JVM and leaves it there if the JVM is killed.
 */
public final class DuckDbTableStore implements TableStore {

    // DURABLE_ON_POWER_LOSS: DuckDB syncs its log before COMMIT returns, and before that the file itself if
    // rows went there directly, as a trace of its system calls shows.
    private static final Set<Capability> CAPABILITIES = Set.of(
            Capability.UPSERT,
            Capability.SEVERAL_TABLES,
            Capability.SCHEMA_ADD_COLUMN,
            Capability.DURABLE_ON_POWER_LOSS);

    private final Database database;
    private final InstantSource clock;
    private final Tables tables;
    private final Writer writer;
    private final Readers readers;
    private final AtomicBoolean closed = new AtomicBoolean();

    DuckDbTableStore(Database database, InstantSource clock, Tables tables, Writer writer) {
        this.database = database;
        this.clock = clock;
        this.tables = tables;
        this.writer = writer;
        this.readers = new Readers(database, "duckdb-deadlines-" + database.name());
    }

    /** Opens the store in {@code file} with default options, see {@link #open(Path, DuckDbOptions)}. */
    public static DuckDbTableStore open(Path file) {
        return open(file, DuckDbOptions.defaults());
    }

    /**
     * Opens the store in {@code file}; makes the file and its directory if they are missing.
     *
     * @throws StoreException.Configuration if another process or another store of this one has the file open,
     *     if it is not a DuckDB file, or if a newer version of this library made it
     * @throws StoreException.Corruption if the file or its log is damaged
     */
    public static DuckDbTableStore open(Path file, DuckDbOptions options) {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(options, "options");
        Database opened = Database.open(file, options);
        Tables tables = new Tables();
        return prepared(new DuckDbTableStore(opened, options.clock(), tables, new Writer(opened, tables::load)));
    }

    /** The store, ready for use; closed again if that fails. */
    static DuckDbTableStore prepared(DuckDbTableStore store) {
        try {
            store.writer.inTransaction("opening", connection -> {
                Positions.prepare(connection, store.database.name());
                return true;
            });
            return store;
        } catch (RuntimeException | Error e) {
            store.close();
            throw e;
        }
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public void ensureTable(TableSpec declared) {
        Objects.requireNonNull(declared, "declared");
        writer.inTransaction(
                "table " + declared.name(), connection -> tables.ensure(connection, declared), tables::remember);
    }

    @Override
    public Position open(SinkId sink, Set<SourceShard> shards) {
        Objects.requireNonNull(sink, "sink");
        Set<SourceShard> wanted = Set.copyOf(shards);
        return writer.inTransaction("opening sink " + sink.name(), connection -> {
            Set<SourceShard> missing = new HashSet<>(wanted);
            missing.removeAll(Positions.read(connection, sink).keySet());
            if (!missing.isEmpty()) {
                Positions.addNotStarted(connection, sink, missing);
            }
            return Positions.position(opened(connection, sink, wanted));
        });
    }

    @Override
    public CommitOutcome commit(SinkId sink, WriteBatch batch) {
        Objects.requireNonNull(sink, "sink");
        Objects.requireNonNull(batch, "batch");
        String what = "commit of sink " + sink.name();
        return writer.inTransaction(what, connection -> {
            SortedMap<SourceShard, Mark> current =
                    opened(connection, sink, batch.expected().next().keySet());
            if (current.values().stream().allMatch(mark -> batch.id().equals(mark.batchId()))) {
                return new CommitOutcome.AlreadyCommitted();
            }
            Position actual = Positions.position(current);
            if (!actual.equals(batch.expected())) {
                return new CommitOutcome.Conflict(actual);
            }
            for (TableRows rows : batch.tables()) {
                TableSpec stored = tables.forRowsOf(rows.table());
                RowWriter.write(connection, database.name() + ", " + what, stored, rows.checked());
            }
            Positions.move(connection, sink, batch, clock.instant());
            return new CommitOutcome.Committed();
        });
    }

    /** Where these shards stand; all of them must have been opened. */
    private SortedMap<SourceShard, Mark> opened(DuckDBConnection connection, SinkId sink, Set<SourceShard> shards)
            throws SQLException {
        SortedMap<SourceShard, Mark> marks = Positions.read(connection, sink);
        if (!marks.keySet().containsAll(shards)) {
            throw new StoreException.Configuration(
                    database.name() + ": sink " + sink.name() + " commits " + shards + " but opened " + marks.keySet()
                            + ". Call open before commit.",
                    null);
        }
        marks.keySet().retainAll(shards);
        return marks;
    }

    @Override
    public Cursor query(Query query) {
        Objects.requireNonNull(query, "query");
        long startNanos = System.nanoTime();
        readers.requireOpen();
        TableSpec table = tables.find(query.table())
                .orElseThrow(() -> new StoreException.Configuration(
                        database.name() + ", query of table " + query.table() + ": there is no such table", null));
        return readers.query(new Stored(table), query, startNanos);
    }

    /** What is in the file as the query's transaction sees it. */
    private record Stored(TableSpec table) implements Snapshot {

        @Override
        public String relation() {
            return Tables.qualified(table);
        }

        @Override
        public Standing standing(DuckDBConnection connection, SinkId sink) throws SQLException {
            SortedMap<SourceShard, Mark> marks = Positions.read(connection, sink);
            return new Standing(Positions.position(marks), Positions.newestCommit(marks));
        }
    }

    /** Waits for a commit under way; cursors that are open end with an exception. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            readers.close();
            writer.close();
            database.close();
        }
    }
}
