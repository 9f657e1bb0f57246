package io.eventplatform.storage.lake.internal;

import io.eventplatform.storage.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A local directory of one store's passing files, which goes when it is closed.
 *
 * <p>It is {@code lake-spool-<uuid>} in the directory that is given, where others may have theirs and anything
 * else may be. Beside it is {@code lake-spool-<uuid>.lock}, which is locked as long as the store is at work; who
 * opens a spool removes those whose store has ended, and nothing else. The lock file is made before the
 * directory and removed after it.
 */
public final class Spool implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

    private static final String PREFIX = "lake-spool-";
    private static final Pattern LOCK_NAME =
            Pattern.compile("(" + PREFIX + "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\\.lock");

    private final Path directory;
    private final LockFile lock;
    private final Optional<Path> temporary;

    private Spool(Path directory, LockFile lock, Optional<Path> temporary) {
        this.directory = directory;
        this.lock = lock;
        this.temporary = temporary;
    }

    /**
     * Opens one in this directory, which is made if it is missing, or in a new one below {@code java.io.tmpdir}.
     *
     * @param lake where the table is, if that is a directory of this machine
     */
    public static Spool open(Optional<Path> wanted, Optional<Path> lake) {
        try {
            if (wanted.isEmpty()) {
                Path made = Files.createTempDirectory(PREFIX);
                return make(made, Optional.of(made));
            }
            Path home = wanted.get().toAbsolutePath();
            if (lake.isPresent()) {
                requireApart(real(home), real(lake.get()));
            }
            Files.createDirectories(home);
            removeForgotten(home);
            return make(home, Optional.empty());
        } catch (IOException | UncheckedIOException e) {
            throw new StoreException.Configuration(
                    "the lake cannot use " + wanted.map(Path::toString).orElse("java.io.tmpdir") + " as its spool: "
                            + e,
                    e);
        }
    }

    private static void requireApart(Path home, Path lake) {
        if (home.startsWith(lake) || lake.startsWith(home)) {
            throw new StoreException.Configuration(
                    home + " cannot be the spool directory of the lake in " + lake
                            + ": neither may be in the other. Use a directory of its own.",
                    null);
        }
    }

    /** Where a path leads, also if its last parts are not there yet. */
    private static Path real(Path path) throws IOException {
        Path absolute = path.toAbsolutePath().normalize();
        for (Path above = absolute; above != null; above = above.getParent()) {
            if (Files.exists(above)) {
                return above.toRealPath().resolve(above.relativize(absolute));
            }
        }
        return absolute;
    }

    private static void removeForgotten(Path home) throws IOException {
        try (Stream<Path> files = Files.list(home)) {
            for (Path file : files.toList()) {
                var name = LOCK_NAME.matcher(String.valueOf(file.getFileName()));
                if (name.matches()) {
                    removeIfForgotten(file, home.resolve(name.group(1)));
                }
            }
        }
    }

    private static void removeIfForgotten(Path lockFile, Path directory) {
        try {
            Optional<LockFile> taken = LockFile.take(lockFile);
            if (taken.isPresent()) {
                try (LockFile lock = taken.get()) {
                    remove(directory);
                    lock.delete();
                }
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("{} stays, of a store that has ended", directory, e);
        }
    }

    private static Spool make(Path home, Optional<Path> temporary) throws IOException {
        while (true) {
            Path directory = home.resolve(PREFIX + UUID.randomUUID());
            Optional<LockFile> lock = LockFile.make(directory.resolveSibling(directory.getFileName() + ".lock"));
            if (lock.isPresent()) {
                return made(new Spool(directory, lock.get(), temporary));
            }
        }
    }

    private static Spool made(Spool spool) throws IOException {
        try {
            Files.createDirectory(spool.directory);
            return spool;
        } catch (IOException e) {
            spool.close();
            throw e;
        }
    }

    /** A directory in it, made if it is missing. */
    public Path directory(String name) {
        try {
            return Files.createDirectories(directory.resolve(name));
        } catch (IOException e) {
            throw new StoreException.Configuration("the lake cannot use " + directory + " as its spool: " + e, e);
        }
    }

    @Override
    public void close() {
        try (lock) {
            remove(directory);
            lock.delete();
            if (temporary.isPresent()) {
                Files.deleteIfExists(temporary.get());
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("{} stays", directory, e);
        }
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path each : deepestFirst) {
                Files.deleteIfExists(each);
            }
        } catch (NoSuchFileException e) {
            // There is none.
        }
    }
}
