package io.eventplatform.storage.lake;

import io.eventplatform.storage.Capability;
import io.eventplatform.storage.Column;
import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.ObjectKey;
import io.eventplatform.storage.ObjectStore;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.WriteBatch;
import io.eventplatform.storage.WriteMode;
import io.eventplatform.storage.duckdb.internal.Database;
import io.eventplatform.storage.duckdb.internal.Readers;
import io.eventplatform.storage.lake.internal.DataFile;
import io.eventplatform.storage.lake.internal.DataFiles;
import io.eventplatform.storage.lake.internal.DeltaLog;
import io.eventplatform.storage.lake.internal.Entry;
import io.eventplatform.storage.lake.internal.FileCache;
import io.eventplatform.storage.lake.internal.LakeSnapshot;
import io.eventplatform.storage.lake.internal.Mark;
import io.eventplatform.storage.lake.internal.Move;
import io.eventplatform.storage.lake.internal.Spool;
import io.eventplatform.storage.lake.internal.Step;
import io.eventplatform.storage.lake.internal.TableMeta;
import io.eventplatform.storage.lake.internal.TableState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store of one table, which is a Delta table: Parquet files on an object store, and beside them a log of
 * numbered entries that tells which files are the table. A commit uploads the batch's files, then makes the
 * log's next entry, which names them and the new positions; of any number of writers, in any number of
 * processes, one makes it and the others look at what changed. Layout, guarantees and what other engines may
 * do are described in {@code docs/lake.md}.
 *
 * <p>Rows are only added. A query sees the newest version of the log, and reads the files it names with a
 * DuckDB in this process. Besides its columns the table has {@code _ingest_ts}, the time of the commit, and if
 * it is partitioned {@code dt}, the day, and {@code _time_clamped}; they are for other readers of the files
 * and not seen by {@link #query}.
 *
 * <p>Thread-safe; commits of one instance take turns. {@link #close} does not close the object store.
 */
public final class LakeTableStore implements TableStore {

    private static final Logger LOG = LoggerFactory.getLogger(LakeTableStore.class);

    private static final Set<Capability> CAPABILITIES =
            Set.of(Capability.SHARED, Capability.SCHEMA_ADD_COLUMN, Capability.DURABLE_ON_POWER_LOSS);

    private final String name;
    private final InstantSource clock;
    private final Optional<String> dayColumn;
    private final Spool spool;
    private final Database database;
    private final DeltaLog log;
    private final DataFiles files;
    private final FileCache cache;
    private final Readers readers;
    private final ReentrantLock commits = new ReentrantLock();
    private final AtomicBoolean closed = new AtomicBoolean();

    LakeTableStore(LakeOptions options) {
        this.name = options.store() + ", lake " + options.directory();
        this.clock = options.clock();
        this.dayColumn = options.dayColumn();
        this.spool = Spool.open(options.spool(), options.localHome());
        this.database = openDatabase(options);
        this.log = new DeltaLog(options.store(), options.directory(), options.writer());
        this.files = new DataFiles(database, options.store(), options.directory(), spool.directory("upload"));
        this.cache = new FileCache(options.store(), spool.directory("cache"), options.cacheBytes());
        this.readers = new Readers(database, "lake-deadlines-" + options.directory());
    }

    private Database openDatabase(LakeOptions options) {
        try {
            return Database.inMemory(name, options.duckDb(spool.directory("spill")));
        } catch (RuntimeException | Error e) {
            spool.close();
            throw e;
        }
    }

    /**
     * Begins a lake in this directory of the object store, which stays the caller's. The first writer makes
     * the table; the directory holds nothing else.
     *
     * @throws IllegalArgumentException if the directory is no {@link ObjectKey}
     */
    public static LakeBuilder builder(ObjectStore store, String directory) {
        return new LakeBuilder(store, directory);
    }

    /** The store, ready for use; closed again if that fails. */
    static LakeTableStore opened(LakeTableStore store) {
        try {
            store.log.refresh().meta().ifPresent(store::requireSamePartitions);
            return store;
        } catch (RuntimeException | Error e) {
            store.close();
            throw e;
        }
    }

    private void requireSamePartitions(TableMeta meta) {
        if (!meta.dayColumn().equals(dayColumn)) {
            throw new StoreException.Configuration(
                    name + " is partitioned by the day of " + meta.dayColumn().orElse("no column")
                            + " but was opened to be by that of " + dayColumn.orElse("no column")
                            + ". Say partitionByDay as the first writer did, or use another directory.",
                    null);
        }
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public void ensureTable(TableSpec declared) {
        Objects.requireNonNull(declared, "declared");
        if (declared.mode() != WriteMode.APPEND) {
            throw new StoreException.UnsupportedCapability(
                    Capability.UPSERT, name + ": table " + declared.name() + " has a key, but rows are only added");
        }
        change("table " + declared.name(), base -> {
            if (base.meta().isEmpty()) {
                Instant now = now();
                TableMeta made = new TableMeta(UUID.randomUUID(), declared, dayColumn, now.toEpochMilli());
                return Step.publish(Entry.ofTable(now, "CREATE TABLE", made), declared);
            }
            TableMeta meta = base.meta().get();
            requireSamePartitions(meta);
            if (!meta.table().name().equals(declared.name())) {
                throw new StoreException.UnsupportedCapability(
                        Capability.SEVERAL_TABLES,
                        name + " is table " + meta.table().name() + " and cannot be table " + declared.name()
                                + " too. Give it a directory of its own");
            }
            List<Column> lacking = meta.table().lackingFor(declared);
            return lacking.isEmpty()
                    ? Step.done(declared)
                    : Step.publish(Entry.ofTable(now(), "ADD COLUMNS", meta.withColumns(lacking)), declared);
        });
    }

    @Override
    public Position open(SinkId sink, Set<SourceShard> shards) {
        Objects.requireNonNull(sink, "sink");
        Set<SourceShard> wanted = Set.copyOf(shards);
        return change("opening sink " + sink.name(), base -> {
            SortedMap<SourceShard, Mark> marks = new TreeMap<>(base.marksOf(sink));
            List<Move> missing = new ArrayList<>();
            for (SourceShard shard : wanted) {
                if (!marks.containsKey(shard)) {
                    missing.add(new Move(sink, shard, Position.NOT_STARTED));
                    marks.put(shard, new Mark(Position.NOT_STARTED, null, null));
                }
            }
            marks.keySet().retainAll(wanted);
            Position position = Mark.position(marks);
            return missing.isEmpty() ? Step.done(position) : Step.publish(Entry.ofOpening(now(), missing), position);
        });
    }

    @Override
    public CommitOutcome commit(SinkId sink, WriteBatch batch) {
        Objects.requireNonNull(sink, "sink");
        Objects.requireNonNull(batch, "batch");
        commits.lock();
        try {
            return commitInTurn(sink, batch);
        } finally {
            commits.unlock();
        }
    }

    private CommitOutcome commitInTurn(SinkId sink, WriteBatch batch) {
        BatchCommit commit = new BatchCommit(name, files, clock, sink, batch);
        CommitOutcome outcome;
        try {
            outcome = change("commit of sink " + sink.name(), commit::plan);
        } catch (StoreException.AmbiguousCommit e) {
            throw e; // the files may be the table's, now or later
        } catch (StoreException e) {
            deleteUnnamed(commit.uploaded());
            throw e;
        }
        files.delete(log.known().unnamed(commit.uploaded()));
        if (outcome instanceof CommitOutcome.Committed) {
            log.keepState();
        }
        return outcome;
    }

    /** Nothing is deleted if it cannot be read what the log names. */
    private void deleteUnnamed(List<DataFile> uploaded) {
        if (uploaded.isEmpty()) {
            return;
        }
        try {
            files.delete(log.refresh().unnamed(uploaded));
        } catch (StoreException e) {
            LOG.warn("{}: the log could not be read, so files of a commit that failed stay", name, e);
        }
    }

    private <T> T change(String what, Function<TableState, Step<T>> plan) {
        readers.requireOpen();
        return log.change(what, base -> {
            readers.requireOpen();
            return plan.apply(base);
        });
    }

    private Instant now() {
        return Entry.timeOf(clock);
    }

    // Reading

    @Override
    public Cursor query(Query query) {
        Objects.requireNonNull(query, "query");
        long startNanos = System.nanoTime();
        readers.requireOpen();
        Runnable keepGoing = () -> requireTime(query, startNanos);
        TableState state = log.refresh(keepGoing);
        TableSpec table = state.meta()
                .map(TableMeta::table)
                .filter(known -> known.name().equals(query.table()))
                .orElseThrow(() -> new StoreException.Configuration(
                        name + ", query of table " + query.table() + ": there is no such table", null));
        List<ObjectKey> keys = LakeSnapshot.filesFor(state, table, query.checkedFor(table)).stream()
                .map(files::key)
                .toList();
        // The cursor has its rows when it is returned, and needs the files no more.
        try (FileCache.Lease lease = cache.take(keys, keepGoing)) {
            return readers.query(new LakeSnapshot(state, table, lease.files()), query, startNanos);
        }
    }

    private void requireTime(Query query, long startNanos) {
        if (query.deadline().minusNanos(System.nanoTime() - startNanos).isNegative()) {
            throw new StoreException.Transient(
                    name + ", query of table " + query.table() + ": its log and files were not read within "
                            + query.deadline() + ". Ask for less, or set a later deadline.",
                    null);
        }
    }

    /**
     * The files that are the table now, for a reader of Parquet that does not read Delta. It must read these
     * and no other: a directory may also hold files of commits that did not come about.
     */
    public LakeFiles files() {
        readers.requireOpen();
        TableState state = log.refresh();
        return new LakeFiles(
                state.version(), state.files().stream().map(files::key).toList());
    }

    /** Waits for a commit under way; cursors that are open end with an exception. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        readers.close();
        commits.lock();
        try {
            database.close();
            spool.close();
        } finally {
            commits.unlock();
        }
    }
}
