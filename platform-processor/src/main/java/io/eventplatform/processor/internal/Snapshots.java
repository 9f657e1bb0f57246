package io.eventplatform.processor.internal;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots of state in a local directory, one file for each changelog partition. Only an optimization: a file that is
 * missing, damaged, too old or of another topic is not used, and the changelog is read from its beginning.
 *
 * <p>A file, version 1, big-endian, written beside and moved into place:
 *
 * <pre>
 * "EPSS" (4) | version 1 (1) | topic id (16) | changelog offset up to which it is complete (8)
 * | time it was taken (ms, 8) | shape (UTF) | { 1 (1) | key length (4), key | value length (4), value }* | 0 (1)
 * | CRC-32C of all before (8)
 * </pre>
 *
 * <p>A snapshot lacks the tombstones that came after it. They are in the changelog for {@code delete.retention.ms} at
 * least; one that is older than half of that is not used, since a deleted entry might come back to life.
 */
final class Snapshots implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);
    private static final int MAGIC = 0x45505353;
    private static final byte VERSION = 1;

    /** A snapshot is written after a commit when its last one is so old, or so many changelog records ago. */
    private static final Duration INTERVAL = Duration.ofMinutes(5);

    private static final long MAX_RECORDS = 500_000;

    private final Path directory;
    private final FileChannel lockFile;
    private final Map<String, Uuid> topicIds;
    private final Duration maxAge;
    private final InstantSource clock;
    private final Map<TopicPartition, Long> takenMillis = new HashMap<>();

    private Snapshots(
            Path directory,
            FileChannel lockFile,
            Map<String, Uuid> topicIds,
            Duration deleteRetention,
            InstantSource clock) {
        this.directory = directory;
        this.lockFile = lockFile;
        this.topicIds = topicIds;
        this.maxAge = deleteRetention.dividedBy(2);
        this.clock = clock;
    }

    /**
     * Takes the directory for this process.
     *
     * @param topicIds of the changelogs
     * @param deleteRetention how long tombstones stay in the changelogs at least
     * @throws IllegalStateException if another process has it, or it cannot be written
     */
    static Snapshots open(Path directory, Map<String, Uuid> topicIds, Duration deleteRetention, InstantSource clock) {
        try {
            Files.createDirectories(directory);
            FileChannel lockFile =
                    FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!lock(lockFile)) {
                lockFile.close();
                throw new IllegalStateException("state directory " + directory
                        + " is used by another runner. Give each its own: RunnerOptions.stateDirectory");
            }
            return new Snapshots(directory, lockFile, topicIds, deleteRetention, clock);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "state directory " + directory + " cannot be used (" + e
                            + "). Let the process write there, or do without RunnerOptions.stateDirectory",
                    e);
        }
    }

    private static boolean lock(FileChannel file) throws IOException {
        try {
            FileLock lock = file.tryLock(); // held until the channel is closed
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private Path file(TopicPartition changelog) {
        return directory.resolve(changelog.topic() + "-" + changelog.partition() + ".snapshot");
    }

    // ---- writing

    /** Writes those snapshots for which it is time; everything these states hold must be committed. */
    void committed(Collection<Task> tasks) {
        long now = clock.millis();
        forEach(tasks, state -> {
            long taken = takenMillis.computeIfAbsent(state.changelog(), changelog -> now);
            if (state.end().recordsSinceSnapshot() >= MAX_RECORDS
                    || (now - taken >= INTERVAL.toMillis() && state.end().recordsSinceSnapshot() > 0)) {
                write(state);
            }
        });
    }

    /** Writes all snapshots; everything these states hold must be committed. */
    void writeAll(Collection<Task> tasks) {
        forEach(tasks, this::write);
    }

    private static void forEach(Collection<Task> tasks, Consumer<Snapshotted> action) {
        for (Task task : tasks) {
            if (task.isRestored()) {
                for (LocalState state : task.states()) {
                    if (state instanceof Snapshotted snapshotted) {
                        action.accept(snapshotted);
                    }
                }
            }
        }
    }

    private void write(Snapshotted state) {
        Path file = file(state.changelog());
        Path beside = file.resolveSibling(file.getFileName() + ".new");
        long now = clock.millis();
        try {
            try (FileChannel channel = FileChannel.open(
                    beside,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                write(state, now, Channels.newOutputStream(channel));
                channel.force(true);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            state.end().snapshotTaken();
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("No snapshot of {} could be written; a restart reads more of its changelog", state.changelog(), e);
        }
        takenMillis.put(state.changelog(), now);
    }

    private void write(Snapshotted state, long now, OutputStream to) throws IOException {
        CheckedOutputStream checked = new CheckedOutputStream(new BufferedOutputStream(to, 1 << 16), new CRC32C());
        DataOutputStream out = new DataOutputStream(checked);
        Uuid topicId = topicIds.getOrDefault(state.changelog().topic(), Uuid.ZERO_UUID);
        out.writeInt(MAGIC);
        out.writeByte(VERSION);
        out.writeLong(topicId.getMostSignificantBits());
        out.writeLong(topicId.getLeastSignificantBits());
        out.writeLong(state.end().offset());
        out.writeLong(now);
        out.writeUTF(state.shape());
        state.contents((key, value) -> {
            try {
                out.writeByte(1);
                out.writeInt(key.length);
                out.write(key);
                out.writeInt(value.length);
                out.write(value);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        out.writeByte(0);
        out.flush();
        out.writeLong(checked.getChecksum().getValue());
        out.flush();
    }

    // ---- reading

    /** A snapshot that can be used. */
    record Snapshot(long offset, List<Entry> entries) {}

    /** A record of the changelog. */
    @SuppressWarnings("ArrayRecordComponent") // bytes on their way to a state; never compared
    record Entry(byte[] key, byte[] value) {}

    /**
     * The snapshot of a state, null if there is none that can be used.
     *
     * @param beginning of the changelog
     * @param end of the changelog
     */
    @Nullable
    Snapshot read(Snapshotted state, long beginning, long end) {
        Path file = file(state.changelog());
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            return read(state, beginning, end, in);
        } catch (NoSuchFileException e) {
            return null;
        } catch (EOFException e) {
            return unused(file, "it is cut short");
        } catch (UnusableException e) {
            return unused(file, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return unused(file, e.toString());
        }
    }

    private static @Nullable Snapshot unused(Path file, String why) {
        LOG.warn("Snapshot {} is not used, and the changelog is read from its beginning: {}", file, why);
        return null;
    }

    private Snapshot read(Snapshotted state, long beginning, long end, InputStream from) throws IOException {
        CheckedInputStream checked = new CheckedInputStream(from, new CRC32C());
        DataInputStream in = new DataInputStream(checked);
        require(in.readInt() == MAGIC && in.readByte() == VERSION, "it is of a version this library does not know");
        Uuid topicId = new Uuid(in.readLong(), in.readLong());
        require(topicId.equals(topicIds.get(state.changelog().topic())), "the topic was created again since");
        long offset = in.readLong();
        require(
                offset >= beginning && offset <= end,
                "it ends at offset " + offset + ", the changelog goes from " + beginning + " to " + end);
        long age = clock.millis() - in.readLong();
        require(age >= 0 && age < maxAge.toMillis(), "it is older than half of delete.retention.ms");
        require(in.readUTF().equals(state.shape()), "the pipeline declared other state then");
        List<Entry> entries = new ArrayList<>();
        while (in.readByte() == 1) {
            entries.add(new Entry(bytes(in), bytes(in)));
        }
        long sum = checked.getChecksum().getValue();
        require(in.readLong() == sum, "its checksum does not match");
        return new Snapshot(offset, entries);
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        require(length >= 0, "it is damaged");
        byte[] bytes = in.readNBytes(length);
        require(bytes.length == length, "it is cut short");
        return bytes;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new UnusableException(otherwise);
        }
    }

    private static final class UnusableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnusableException(String message) {
            super(message);
        }
    }

    /** Leaves the directory to others. */
    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            LOG.warn("State directory {} could not be left", directory, e);
        }
    }
}
