package io.eventplatform.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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

    private final Path root;
    private final Path aside;
    private final Disk disk;
    private volatile boolean closed;

    private LocalObjectStore(Path root, Disk disk) {
        this.root = root;
        this.aside = root.resolve(ASIDE);
        this.disk = disk;
    }

    /**
     * Opens the store in {@code directory}, making the directory if it is missing.
     *
     * @throws StoreException.Configuration if the directory cannot be used, or its file system has no hard links
     */
    public static LocalObjectStore open(Path directory) {
        Path root = directory.toAbsolutePath().normalize();
        return open(root, InstantSource.system(), new Disk(root));
    }

    static LocalObjectStore open(Path root, InstantSource clock, Disk disk) {
        LocalObjectStore store = new LocalObjectStore(root, disk);
        try {
            disk.makeDirectory(store.aside);
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
        try {
            disk.makeDirectory(directoryOf(target));
            if (Files.isRegularFile(target)) {
                disk.sync(directoryOf(target)); // for its writer, who may have ended before it could
                return false;
            }
            disk.write(written, content);
            return giveName(key, target, written);
        } catch (IOException e) {
            throw failed(key, e);
        } finally {
            remove(written);
        }
    }

    /** Once this is tried, only a name that something else has tells that the object was not made. */
    private boolean giveName(ObjectKey key, Path target, Path written) throws IOException {
        try {
            boolean made = disk.link(target, written);
            disk.sync(directoryOf(target));
            return made;
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException e) {
            throw new StoreException.AmbiguousCommit(
                    where(key) + ": perhaps written, perhaps not for good: " + e + ". Read it before anything else.",
                    e);
        }
    }

    @Override
    public void put(ObjectKey key, Path content) {
        Path target = path(key);
        Path written = newFileAside();
        try {
            disk.makeDirectory(directoryOf(target));
            Files.copy(content, written);
            try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(written, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            disk.sync(directoryOf(target));
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
            return disk.filesBelow(top, aside).stream()
                    .map(file -> root.relativize(file).toString().replace('\\', '/'))
                    .filter(name -> name.startsWith(prefix))
                    .filter(name -> Arrays.compareUnsigned(name.getBytes(StandardCharsets.UTF_8), after) > 0)
                    .flatMap(name -> ObjectKey.ifValid(name).stream()) // others' hidden files are no objects
                    .sorted()
                    .limit(PAGE_SIZE)
                    .flatMap(key -> head(key).stream())
                    .toList();
        } catch (IOException e) {
            throw new StoreException.Transient(root + ", objects " + prefix + "*: " + e + ". Try again.", e);
        }
    }

    @Override
    public void delete(ObjectKey key) {
        Path file = path(key);
        try {
            if (Files.isRegularFile(file) && Files.deleteIfExists(file)) {
                disk.sync(directoryOf(file));
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
