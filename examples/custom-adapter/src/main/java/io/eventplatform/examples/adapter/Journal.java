package io.eventplatform.examples.adapter;

import io.eventplatform.storage.StoreException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.zip.CRC32;

/**
 * Lines of text in a file, each behind its checksum and on disk once {@link #append} has returned. The file belongs to
 * one process at a time. Not thread-safe.
 */
final class Journal implements AutoCloseable {

    /** Closing any handle of a file ends this process's lock on it, so there must never be a second handle. */
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private static final int CHECKSUM_LENGTH = 9; // eight digits and a space

    private final Path path;
    private final RandomAccessFile file;

    private Journal(Path path, RandomAccessFile file) {
        this.path = path;
        this.file = file;
    }

    /**
     * Opens the journal in this directory, which exists; makes an empty one if there is none.
     *
     * @throws StoreException.Configuration if it is open already, here or in another process
     */
    static Journal open(Path directory) throws IOException {
        Path path = directory.toRealPath().resolve("journal");
        if (!OPEN.add(path)) {
            throw inUse(path);
        }
        Journal journal = null;
        try {
            journal = new Journal(path, new RandomAccessFile(path.toFile(), "rw"));
            if (journal.file.getChannel().tryLock() == null) {
                throw inUse(path);
            }
            if (File.separatorChar == '/') { // Windows neither needs nor allows this
                try (FileChannel entries = FileChannel.open(directory)) {
                    entries.force(true);
                }
            }
            return journal;
        } catch (IOException | RuntimeException e) {
            OPEN.remove(path);
            if (journal != null) {
                journal.file.close();
            }
            throw e;
        }
    }

    private static StoreException.Configuration inUse(Path path) {
        return new StoreException.Configuration(
                path + " is in use; a journal belongs to one process. Close the other store, or use another directory.",
                null);
    }

    // region replay
    /**
     * Hands out every line, oldest first; call it once, before the first append. A last line that is not whole is of an
     * append that never returned, and is cut off.
     *
     * @throws StoreException.Corruption if a line before the last is not as it was written
     */
    void replay(Consumer<String> reader) throws IOException {
        InputStream bytes =
                new BufferedInputStream(new FileInputStream(file.getFD())); // closing it would close the file
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        long read = 0;
        long whole = 0;
        for (int next = bytes.read(); next >= 0; next = bytes.read()) {
            read++;
            if (next != '\n') {
                line.write(next);
                continue;
            }
            String text = line.toString(StandardCharsets.UTF_8);
            if (text.length() >= CHECKSUM_LENGTH && text.equals(checked(text.substring(CHECKSUM_LENGTH)))) {
                reader.accept(text.substring(CHECKSUM_LENGTH));
                whole = read;
            } else if (read < file.length()) {
                throw new StoreException.Corruption(
                        path + " is damaged in the line that begins at byte " + whole
                                + ". Restore the file, or start with an empty directory.",
                        null);
            }
            line.reset();
        }
        file.setLength(whole);
        file.seek(whole);
    }
    // endregion

    // region append
    /** Adds a line, which has no line break. After an exception it may be there, in part or whole. */
    void append(String text) throws IOException {
        file.write((checked(text) + "\n").getBytes(StandardCharsets.UTF_8));
        file.getFD().sync();
    }

    private static String checked(String text) {
        CRC32 checksum = new CRC32();
        checksum.update(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) checksum.getValue()) + " " + text;
    }
    // endregion

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            // every line that was acknowledged is on disk
        }
        OPEN.remove(path);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
