package io.eventplatform.storage.duckdb;

import io.eventplatform.storage.StoreException;
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

/** A database file that this process holds, and the source of connections to it. */
final class DuckDbFile implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DuckDbFile.class);

    /** DuckDB's lock keeps other processes out, but not a second store in this one. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final DuckDBConnection first;

    private DuckDbFile(Path path, DuckDBConnection first) {
        this.path = path;
        this.first = first;
    }

    /** Opens the file, creating it and its directory if missing. */
    static DuckDbFile open(Path file, DuckDbOptions options) {
        Path path = realPath(file);
        if (!HELD.add(path)) {
            throw new StoreException.Configuration(
                    path + " is open already in this process. Share that store, or give this one a file of its own.",
                    null);
        }
        try {
            return new DuckDbFile(path, connect(path, options));
        } catch (SQLException e) {
            HELD.remove(path);
            throw DuckDbErrors.classify(path.toString(), e);
        } catch (RuntimeException | Error e) {
            HELD.remove(path);
            throw e;
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

    private static DuckDBConnection connect(Path path, DuckDbOptions options) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("memory_limit", options.memoryLimitBytes() + "B");
        properties.setProperty("threads", Integer.toString(options.threads()));
        options.tempDirectory().ifPresent(temp -> properties.setProperty("temp_directory", temp.toString()));
        // Everything the store needs is in the driver; DuckDB must not go looking for it in the network.
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        return (DuckDBConnection) new DuckDBDriver().connect("jdbc:duckdb:" + path, properties);
    }

    Path path() {
        return path;
    }

    /** A new connection with transactions of its own. The caller closes it. */
    DuckDBConnection connect() throws SQLException {
        return first.duplicate();
    }

    static void execute(DuckDBConnection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Lets go of the file. All connections must be closed before. */
    @Override
    public void close() {
        closeQuietly(first, path);
        HELD.remove(path);
    }

    static void closeQuietly(DuckDBConnection connection, Path path) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.warn("{}: a connection did not close", path, e);
        }
    }
}
