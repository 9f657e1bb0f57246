package io.eventplatform.storage.duckdb.internal;

import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.duckdb.DuckDbOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A database that this process holds, in a file or in memory, and the source of connections to it. */
public final class Database implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    /** DuckDB's lock keeps other processes out, but not a second store in this one. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final String name;
    private final DuckDBConnection first;
    private final Runnable release;

    private Database(String name, DuckDBConnection first, Runnable release) {
        this.name = name;
        this.first = first;
        this.release = release;
    }

    /** Opens the file, creating it and its directory if missing. */
    public static Database open(Path file, DuckDbOptions options) {
        Path path = realPath(file);
        if (!HELD.add(path)) {
            throw new StoreException.Configuration(
                    path + " is open already in this process. Share that store, or give this one a file of its own.",
                    null);
        }
        try {
            return new Database(path.toString(), connect(path.toString(), options), () -> HELD.remove(path));
        } catch (SQLException e) {
            HELD.remove(path);
            throw DuckDbErrors.classify(path.toString(), e);
        } catch (RuntimeException | Error e) {
            HELD.remove(path);
            throw e;
        }
    }

    /** An empty database of this process's memory; {@code name} stands in messages. */
    public static Database inMemory(String name, DuckDbOptions options) {
        try {
            return new Database(name, connect("", options), () -> {});
        } catch (SQLException e) {
            throw DuckDbErrors.classify(name, e);
        }
    }

    private static Path realPath(Path file) {
        Path absolute = file.toAbsolutePath();
        Path directory = Objects.requireNonNull(absolute.getParent(), "a file has a directory");
        try {
            Files.createDirectories(directory);
            return Files.exists(absolute)
                    ? absolute.toRealPath()
                    : directory.toRealPath().resolve(absolute.getFileName());
        } catch (IOException e) {
            throw new StoreException.Configuration(absolute + " cannot be used as a file: " + e, e);
        }
    }

    private static DuckDBConnection connect(String path, DuckDbOptions options) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("memory_limit", options.memoryLimitBytes() + "B");
        properties.setProperty("threads", Integer.toString(options.threads()));
        options.tempDirectory().ifPresent(temp -> properties.setProperty("temp_directory", temp.toString()));
        // Everything the store needs is in the driver; DuckDB must not go looking for it in the network.
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        return (DuckDBConnection) new DuckDBDriver().connect("jdbc:duckdb:" + path, properties);
    }

    /** What it is called in messages: the file's path. */
    public String name() {
        return name;
    }

    /** A new connection with transactions of its own. The caller closes it. */
    public DuckDBConnection connect() throws SQLException {
        return first.duplicate();
    }

    /** Runs one statement. */
    public static void execute(DuckDBConnection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Lets go of the file. All connections must be closed before. */
    @Override
    public void close() {
        closeQuietly(first);
        release.run();
    }

    /** Closes a connection to this database; a failure is logged. */
    public void closeQuietly(DuckDBConnection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.warn("{}: a connection did not close", name, e);
        }
    }
}
