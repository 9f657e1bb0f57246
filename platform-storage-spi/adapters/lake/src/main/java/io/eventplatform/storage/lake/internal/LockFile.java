package io.eventplatform.storage.lake.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file that its owner holds a lock on, which the operating system gives up when the owner ends, however it does.
 * Its name is of this file alone.
 */
final class LockFile implements AutoCloseable {

    /** Names, of this process. To open and close such a file once more would give up the lock on it. */
    private static final Set<String> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private LockFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Makes the file and locks it; empty if another took and removed it before it was locked. */
    static Optional<LockFile> make(Path file) throws IOException {
        return lock(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** Locks the file of an owner that has ended; empty if it has not, or if the file is gone. */
    static Optional<LockFile> take(Path file) throws IOException {
        try {
            return lock(file, StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static Optional<LockFile> lock(Path file, OpenOption... options) throws IOException {
        if (!HELD.add(name(file))) {
            return Optional.empty();
        }
        boolean locked = false;
        try {
            FileChannel channel = FileChannel.open(file, options);
            try {
                locked = channel.tryLock() != null && Files.exists(file);
                return locked ? Optional.of(new LockFile(file, channel)) : Optional.empty();
            } catch (OverlappingFileLockException e) {
                return Optional.empty(); // another class loader of this process has it
            } finally {
                if (!locked) {
                    channel.close();
                }
            }
        } finally {
            if (!locked) {
                HELD.remove(name(file));
            }
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    /** Removes the file, which nobody takes meanwhile. */
    void delete() throws IOException {
        Files.deleteIfExists(file);
    }

    /** Gives up the lock. */
    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD.remove(name(file));
        }
    }
}
