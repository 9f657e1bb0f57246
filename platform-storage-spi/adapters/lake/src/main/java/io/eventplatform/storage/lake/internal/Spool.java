package io.eventplatform.storage.lake.internal;

import io.eventplatform.storage.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A local directory of one store's passing files, emptied when it is opened and when it is closed. */
public final class Spool implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

    private final Path directory;

    private Spool(Path directory) {
        this.directory = directory;
    }

    /** Opens the directory, or one of its own below {@code java.io.tmpdir}. */
    public static Spool open(Optional<Path> wanted) {
        try {
            Path directory = wanted.isPresent()
                    ? Files.createDirectories(wanted.get().toAbsolutePath())
                    : Files.createTempDirectory("lake-spool-");
            clear(directory);
            return new Spool(directory);
        } catch (IOException | UncheckedIOException e) {
            throw new StoreException.Configuration(
                    "the lake cannot use " + wanted.map(Path::toString).orElse("java.io.tmpdir") + " as its spool: "
                            + e,
                    e);
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
        try {
            clear(directory);
            Files.deleteIfExists(directory);
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("{} stays", directory, e);
        }
    }

    private static void clear(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path each : deepestFirst) {
                if (!each.equals(directory)) {
                    Files.deleteIfExists(each);
                }
            }
        }
    }
}
