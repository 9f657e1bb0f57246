package io.eventplatform.examples.quickstart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** The directory of a run: the broker's topics, the store's file, and how far runs have come. */
final class Workspace implements AutoCloseable {

    private final Path directory;
    private final boolean temporary;

    private Workspace(Path directory, boolean temporary) {
        this.directory = directory;
        this.temporary = temporary;
    }

    /** The given directory, created if need be, or a temporary one that is deleted at the end. */
    static Workspace open(Optional<Path> data) {
        try {
            return data.isPresent()
                    ? new Workspace(Files.createDirectories(data.get().toAbsolutePath()), false)
                    : new Workspace(Files.createTempDirectory("quickstart-"), true);
        } catch (IOException e) {
            throw new QuickstartException(
                    "The data directory could not be made (" + e + "). Name another with --data.", e);
        }
    }

    Path directory() {
        return directory;
    }

    boolean temporary() {
        return temporary;
    }

    Path kafka() {
        return directory.resolve("kafka");
    }

    Path database() {
        return directory.resolve("hot.duckdb");
    }

    Path lake() {
        return directory.resolve("lake");
    }

    Path state() {
        return directory.resolve("run.properties");
    }

    @Override
    public void close() {
        if (!temporary) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException e) {
            // somebody tidied up before us
        } catch (IOException e) {
            throw new UncheckedIOException("The temporary directory " + directory + " could not be deleted", e);
        }
    }
}
