package io.eventplatform.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The steps on the file system on which a {@link LocalObjectStore}'s promises rest; one for each store. */
class Disk {

    private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

    private final Path root;
    private final Set<Path> durable = ConcurrentHashMap.newKeySet();

    /** @param root of the store's files; what is above it is not the store's */
    Disk(Path root) {
        this.root = root;
    }

    /**
     * Makes a directory and those above it, each durably named in the one above. One that is there was perhaps
     * made by a process that ended before it could see to that, so each is synced once.
     */
    void makeDirectory(Path directory) throws IOException {
        boolean exists = Files.isDirectory(directory);
        if (exists && (durable.contains(directory) || !directory.startsWith(root))) {
            return;
        }
        Path above = directory.getParent();
        if (above != null) {
            makeDirectory(above);
            boolean made = !exists && make(directory);
            syncName(above, made || !directory.equals(root));
        }
        durable.add(directory);
    }

    private static boolean make(Path directory) throws IOException {
        try {
            Files.createDirectory(directory);
            return true;
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
            return false;
        }
    }

    /** A root that was there may be a mount, in a directory that this process must not read. */
    private void syncName(Path above, boolean required) throws IOException {
        try {
            sync(above);
        } catch (IOException e) {
            if (required) {
                throw e;
            }
        }
    }

    /** Makes a file that is whole and durable, but not its name. */
    void write(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
    }

    /**
     * Gives a file a second name; false if another file has it.
     *
     * @throws FileAlreadyExistsException if something else than a file has that name; after any other exception
     *     the link may be there or not
     */
    boolean link(Path name, Path file) throws IOException {
        try {
            createLink(name, file);
            return true;
        } catch (FileAlreadyExistsException e) {
            if (!Files.isRegularFile(name)) {
                throw e;
            }
            // A file system that asks again after a lost answer finds its own link.
            return Files.isSameFile(name, file);
        }
    }

    void createLink(Path name, Path file) throws IOException {
        Files.createLink(name, file);
    }

    /** Brings the names in a directory to disk, where the operating system lets directories be synced. */
    void sync(Path directory) throws IOException {
        if (WINDOWS) {
            return;
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** The files below {@code top}, without what is in {@code skipped} and what others delete meanwhile. */
    List<Path> filesBelow(Path top, Path skipped) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return directory.equals(skipped) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
        return files;
    }
}
