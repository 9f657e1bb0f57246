package io.eventplatform.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Objects as files below a directory, which any number of processes of one machine may share. The directory
 * must be on a file system with hard links.
 *
 * <p>A key whose first segments are the key of another object is refused, as a directory and a file of one name.
 *
 * <p>An object is written to a file aside, brought to disk, and only then given its name: by a hard link,
 * which fails if the name exists, where a rename would replace the file in silence. Files and the directories
 * that name them are synced before a call returns, so objects survive a loss of power where the operating
 * system lets directories be synced; Windows does not.
 */
public final class LocalObjectStore implements ObjectStore {

    /** Where files are written before they get their name; no key can be in it. */
    private static final String ASIDE = ".tmp";

    /** Older files aside are of processes that were killed. */
    private static final Duration LONGEST_WRITE = Duration.ofDays(1);

    private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

    private final Path root;
    private final Path aside;
    private volatile boolean closed;

    private LocalObjectStore(Path root) {
        this.root = root;
        this.aside = root.resolve(ASIDE);
    }

    /**
     * Opens the store in {@code directory}, making the directory if it is missing.
     *
     * @throws StoreException.Configuration if the directory cannot be used, or its file system has no hard links
     */
    public static LocalObjectStore open(Path directory) {
        return open(directory, InstantSource.system());
    }

    static LocalObjectStore open(Path directory, InstantSource clock) {
        LocalObjectStore store = new LocalObjectStore(directory.toAbsolutePath().normalize());
        try {
            store.makeDirectory(store.aside);
            store.removeForgotten(clock.instant().minus(LONGEST_WRITE));
            store.requireHardLinks();
            return store;
        } catch (IOException e) {
            throw new StoreException.Configuration(store.root + " cannot be used as an object store: " + e, e);
        }
    }

    private void removeForgotten(Instant before) throws IOException {
        try (Stream<Path> files = Files.list(aside)) {
            for (Path file : files.toList()) {
                if (lastModified(file).isBefore(before)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** A file that is gone meanwhile, as if it were new. */
    private static Instant lastModified(Path file) throws IOException {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (NoSuchFileException e) {
            return Instant.MAX;
        }
    }

    private void requireHardLinks() throws IOException {
        Path file = newFileAside();
        Path link = newFileAside();
        try {
            Files.createFile(file);
            Files.createLink(link, file);
        } catch (UnsupportedOperationException | FileSystemException e) {
            throw new StoreException.Configuration(
                    root + ": its file system has no hard links, without which writers cannot be kept apart. Use a"
                            + " directory on another one.",
                    e);
        } finally {
            Files.deleteIfExists(link);
            Files.deleteIfExists(file);
        }
    }

    @Override
    public boolean putIfAbsent(ObjectKey key, byte[] content) {
        Path target = path(key);
        Path written = newFileAside();
        boolean linked = false;
        try {
            if (Files.isRegularFile(target)) {
                return false;
            }
            makeDirectory(directoryOf(target));
            try (FileChannel channel =
                    FileChannel.open(written, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer rest = ByteBuffer.wrap(content);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
                channel.force(true);
            }
            Files.createLink(target, written);
            linked = true;
            sync(directoryOf(target));
            return true;
        } catch (FileAlreadyExistsException e) {
            if (Files.isRegularFile(target)) {
                return false;
            }
            throw failed(key, e);
        } catch (IOException e) {
            if (linked) {
                throw new StoreException.AmbiguousCommit(
                        where(key) + ": written, but perhaps not for good: " + e + ". Read it before anything else.",
                        e);
            }
            throw failed(key, e);
        } finally {
            remove(written);
        }
    }

    @Override
    public void put(ObjectKey key, Path content) {
        Path target = path(key);
        Path written = newFileAside();
        try {
            makeDirectory(directoryOf(target));
            Files.copy(content, written);
            try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(written, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            sync(directoryOf(target));
        } catch (IOException e) {
            throw failed(key, e);
        } finally {
            remove(written);
        }
    }

    @Override
    public Optional<InputStream> get(ObjectKey key) {
        try {
            Path file = path(key);
            return Files.isRegularFile(file) ? Optional.of(Files.newInputStream(file)) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failed(key, e);
        }
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) {
        try {
            Path file = path(key);
            return Files.isRegularFile(file) ? Optional.of(new ObjectInfo(key, Files.size(file))) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failed(key, e);
        }
    }

    @Override
    public List<ObjectInfo> list(String prefix, String startAfter) {
        requireOpen();
        Path top =
                root.resolve(prefix.substring(0, prefix.lastIndexOf('/') + 1)).normalize();
        if (!top.startsWith(root) || !Files.isDirectory(top)) {
            return List.of();
        }
        byte[] after = startAfter.getBytes(StandardCharsets.UTF_8);
        try {
            return namesBelow(top).stream()
                    .filter(name -> name.startsWith(prefix))
                    .filter(name -> Arrays.compareUnsigned(name.getBytes(StandardCharsets.UTF_8), after) > 0)
                    .map(ObjectKey::new)
                    .sorted()
                    .limit(PAGE_SIZE)
                    .flatMap(key -> head(key).stream())
                    .toList();
        } catch (IOException e) {
            throw new StoreException.Transient(root + ", objects " + prefix + "*: " + e + ". Try again.", e);
        }
    }

    /** The files below a directory, without those aside, and without those that others delete meanwhile. */
    private List<String> namesBelow(Path top) throws IOException {
        List<String> names = new ArrayList<>();
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return directory.equals(aside) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()) {
                    names.add(root.relativize(file).toString().replace('\\', '/'));
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
        return names;
    }

    @Override
    public void delete(ObjectKey key) {
        Path file = path(key);
        try {
            if (Files.isRegularFile(file) && Files.deleteIfExists(file)) {
                sync(directoryOf(file));
            }
        } catch (IOException e) {
            throw failed(key, e);
        }
    }

    @Override
    public Optional<Path> localPath(ObjectKey key) {
        return Optional.of(path(key));
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public String toString() {
        return root.toString();
    }

    private void requireOpen() {
        if (closed) {
            throw new StoreException.Configuration(root + ": the object store is closed", null);
        }
    }

    private Path path(ObjectKey key) {
        requireOpen();
        return root.resolve(key.value());
    }

    private Path newFileAside() {
        return aside.resolve(UUID.randomUUID().toString());
    }

    private static Path directoryOf(Path file) {
        return Objects.requireNonNull(file.getParent(), "a file has a directory");
    }

    /** Makes a directory and those above it, each durably named in the one above. */
    private void makeDirectory(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path above = directory.getParent();
        if (above != null) {
            makeDirectory(above);
        }
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
        if (above != null) {
            sync(above);
        }
    }

    private static void sync(Path directory) throws IOException {
        if (WINDOWS) {
            return;
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void remove(Path written) {
        try {
            Files.deleteIfExists(written);
        } catch (IOException e) {
            // It stays aside, and is removed when the store is opened a day later.
        }
    }

    private StoreException failed(ObjectKey key, IOException e) {
        if (e instanceof FileAlreadyExistsException || Files.isDirectory(root.resolve(key.value()))) {
            return new StoreException.Configuration(
                    where(key) + ": there are a directory and an object of one name. Choose another key.", e);
        }
        String message = where(key) + ": " + e;
        return String.valueOf(e.getMessage()).contains("No space left on device")
                ? new StoreException.Capacity(message + ". Free disk space.", e)
                : new StoreException.Transient(message + ". Try again.", e);
    }

    private String where(ObjectKey key) {
        return root + ", object " + key;
    }
}
