package io.eventplatform.storage.lake;

import io.eventplatform.storage.ObjectKey;
import io.eventplatform.storage.ObjectStore;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.duckdb.DuckDbOptions;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;

/** Collects what a {@link LakeTableStore} needs; {@link #open} opens it. */
public final class LakeBuilder {

    /** 10 GiB. */
    public static final long DEFAULT_CACHE_BYTES = 10L << 30;

    private final ObjectStore store;
    private final String directory;
    private Optional<String> dayColumn = Optional.empty();
    private InstantSource clock = InstantSource.system();
    private String writer = "process " + ProcessHandle.current().pid();
    private DuckDbOptions engine = DuckDbOptions.defaults();
    private Optional<Path> spool = Optional.empty();
    private long cacheBytes = DEFAULT_CACHE_BYTES;

    LakeBuilder(ObjectStore store, String directory) {
        this.store = Objects.requireNonNull(store, "store");
        this.directory = new ObjectKey(directory).value();
    }

    /**
     * Partitions the table by the UTC day of this required TIMESTAMP column. A time before 1970, or more than a
     * day ahead of the clock, cannot be right: its row goes to the day of its commit, with {@code _time_clamped}
     * set. All writers of a table say the same. Default: no partitions.
     */
    public LakeBuilder partitionByDay(String column) {
        dayColumn = Optional.of(column);
        return this;
    }

    /** The wall clock that stamps commits. Default: the system's. */
    public LakeBuilder clock(InstantSource source) {
        clock = Objects.requireNonNull(source, "source");
        return this;
    }

    /** Who this is, in the history of the table. Default: the number of the process. */
    public LakeBuilder writer(String name) {
        writer = Objects.requireNonNull(name, "name");
        return this;
    }

    /** How DuckDB, which writes and reads the files, uses the machine; the clock in it is not used. */
    public LakeBuilder duckDb(DuckDbOptions options) {
        engine = Objects.requireNonNull(options, "options");
        return this;
    }

    /**
     * A local directory for files on their way, outside of the lake's own. The store has a directory of its own
     * in it, which goes when the store is closed, or when another one is opened here after the process was
     * killed; what else is there stays, and any number of stores may use it. Default: a new one below {@code
     * java.io.tmpdir}, which stays if the process is killed.
     */
    public LakeBuilder spoolDirectory(Path local) {
        spool = Optional.of(local);
        return this;
    }

    /**
     * How much of an object store that is elsewhere is kept in the spool directory for the next query. Default
     * {@link #DEFAULT_CACHE_BYTES}.
     */
    public LakeBuilder cacheBytes(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("cacheBytes must be 0 or more but was " + bytes);
        }
        cacheBytes = bytes;
        return this;
    }

    /**
     * Opens the store.
     *
     * @throws StoreException.Configuration if the table is there and partitioned otherwise, if a newer version of
     *     this library or another engine made it, if a local path has a character that DuckDB takes for a pattern, or
     *     if the spool directory cannot be used or one of it and the lake's directory is in the other
     * @throws StoreException.Corruption if the log cannot be read, or another engine wrote to it
     */
    public LakeTableStore open() {
        LakeOptions options = new LakeOptions(store, directory, dayColumn, clock, writer, engine, spool, cacheBytes);
        options.localHome().ifPresent(LakeBuilder::requireNoPattern);
        spool.ifPresent(LakeBuilder::requireNoPattern);
        return LakeTableStore.opened(new LakeTableStore(options));
    }

    private static void requireNoPattern(Path path) {
        if (path.toString().chars().anyMatch(c -> c == '*' || c == '?' || c == '[')) {
            throw new StoreException.Configuration(
                    path + " has one of *, ? and [, which DuckDB takes for a pattern of names. Use another directory.",
                    null);
        }
    }
}
