package io.eventplatform.kafka.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.metadata.storage.Formatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of one broker, locked while this object is open.
 *
 * <p>It holds {@code broker.lock} and, beside it, {@code log}, the directory Kafka knows of. Kafka has a lock of its own,
 * but a node that is controller and broker takes it only after its controller has begun to write the metadata log; two
 * such nodes could damage it.
 */
final class DataDirectory implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);

    /**
     * The directories this process has open. The operating system drops a process's file lock when the process closes
     * any handle of the file, so within the process the lock file must not even be opened twice.
     */
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel lockFile;
    private final boolean temporary;

    private DataDirectory(Path path, FileChannel lockFile, boolean temporary) {
        this.path = path;
        this.lockFile = lockFile;
        this.temporary = temporary;
    }

    static DataDirectory temporary() {
        try {
            return open(Files.createTempDirectory("embedded-kafka-"), true);
        } catch (IOException e) {
            throw new UncheckedIOException("No temporary directory could be created. Check java.io.tmpdir.", e);
        }
    }

    static DataDirectory at(Path path) {
        try {
            return open(path, false);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "[" + path + "] The data directory cannot be used. Check that it is a directory and writable.", e);
        }
    }

    private static DataDirectory open(Path path, boolean temporary) throws IOException {
        Files.createDirectories(path);
        Path real = path.toRealPath();
        if (!OPEN.add(real)) {
            throw inUse(real, "in this process");
        }
        try {
            return new DataDirectory(real, lock(real), temporary);
        } catch (Throwable t) {
            OPEN.remove(real);
            throw t;
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        Path file = directory.resolve("broker.lock");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw inUse(directory, "in process " + Files.readString(file));
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return channel;
        } catch (Throwable t) {
            channel.close();
            throw t;
        }
    }

    private static IllegalStateException inUse(Path directory, String where) {
        return new IllegalStateException("[" + directory + "] The data directory is in use by another broker " + where
                + ". Close that one first, or choose another directory with dataDirectory(Path).");
    }

    Path path() {
        return path;
    }

    /** Kafka's log directory. */
    Path logs() {
        return path.resolve("log");
    }

    /** Whether a broker worked here and did not stop in order. Asked once, before the next one starts. */
    boolean takeOverFromKilled() {
        try {
            boolean used = Files.exists(logs().resolve("meta.properties"));
            return !Files.deleteIfExists(stoppedMark()) && used;
        } catch (IOException e) {
            throw new UncheckedIOException("[" + path + "] The data directory cannot be used.", e);
        }
    }

    /** The broker has stopped in order. */
    void markStopped() {
        try {
            Files.createFile(stoppedMark());
        } catch (IOException e) {
            // Without the mark the next start takes a little longer, nothing else.
            LOG.debug("[{}] The mark of an orderly stop could not be made", path, e);
        }
    }

    private Path stoppedMark() {
        return path.resolve("stopped");
    }

    /** Makes the directory one that Kafka accepts, unless it is already. */
    void format() {
        // Kafka writes this file last, so a directory without it holds no data yet.
        if (Files.exists(logs().resolve("meta.properties"))) {
            return;
        }
        try (PrintStream silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            Files.createDirectories(logs());
            new Formatter()
                    .setPrintStream(silent)
                    .setNodeId(BrokerSettings.NODE_ID)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
                    .addDirectory(logs().toString())
                    .setMetadataLogDirectory(logs().toString())
                    .run();
        } catch (Exception e) {
            throw new IllegalStateException(
                    "[" + path + "] The data directory could not be prepared: " + e.getMessage(), e);
        }
    }

    /** Unlocks the directory, and deletes a temporary one. */
    @Override
    public void close() {
        try {
            lockFile.close();
            if (temporary) {
                Utils.delete(path.toFile());
            }
        } catch (IOException e) {
            // The broker is stopped and its data complete; a left-over file is no reason to fail the caller.
            LOG.warn("[{}] The data directory could not be tidied up", path, e);
        } finally {
            OPEN.remove(path);
        }
    }
}
