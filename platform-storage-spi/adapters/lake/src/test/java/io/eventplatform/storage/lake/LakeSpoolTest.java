package io.eventplatform.storage.lake;

import static io.eventplatform.storage.lake.Offsets.SINK;
import static io.eventplatform.storage.lake.Offsets.TABLE;
import static io.eventplatform.storage.lake.Offsets.batch;
import static io.eventplatform.storage.lake.Offsets.shard;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.storage.LocalObjectStore;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.lake.internal.Spool;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A spool directory may be anyone's: only what a store put there itself is ever removed. */
@Timeout(120)
class LakeSpoolTest {

    @TempDir
    private Path directory;

    private Path home;
    private Path spool;

    @BeforeEach
    void name() throws IOException {
        home = directory.toRealPath().resolve("home");
        spool = directory.toRealPath().resolve("spool");
    }

    private LakeTableStore open(Path spoolDirectory) {
        return LakeTableStore.builder(LocalObjectStore.open(home), "orders")
                .spoolDirectory(spoolDirectory)
                .open();
    }

    private static List<Path> contentOf(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    @Test
    void whatIsInTheSpoolDirectoryBesidesStays() throws IOException {
        Path file = Files.writeString(
                Files.createDirectories(spool.resolve("upload")).resolve("mine"), "mine");
        Path alike = Files.writeString(spool.resolve("lake-spool-mine.lock"), "mine");

        open(spool).close();

        assertThat(file).content().isEqualTo("mine");
        assertThat(alike).content().isEqualTo("mine");
        assertThat(contentOf(spool)).containsExactly(alike, file.getParent());
    }

    @Test
    void aSpoolDirectoryThatHoldsTheLakeOrIsInItIsRefused() throws IOException {
        open(spool).close();
        Path lake = Files.createDirectories(home.resolve("orders"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), home);

        for (Path refused : List.of(
                lake,
                home,
                directory,
                lake.resolve("spool"),
                link,
                link.resolve("orders"),
                home.resolve("a/../orders"))) {
            assertThatThrownBy(() -> open(refused))
                    .as(refused.toString())
                    .isInstanceOf(StoreException.Configuration.class)
                    .hasMessageEndingWith(" cannot be the spool directory of the lake in " + lake
                            + ": neither may be in the other. Use a directory of its own.");
        }
        open(home.resolve("orders-spool")).close();
    }

    @Test
    void storesShareASpoolDirectory() throws IOException {
        try (LakeTableStore lake = open(spool)) {
            lake.ensureTable(TABLE);
            lake.open(SINK, Set.of(shard(0)));
            List<Path> first = contentOf(spool);
            try (LakeTableStore other = open(spool)) {
                assertThat(contentOf(spool)).hasSize(4).containsAll(first);
                other.commit(SINK, batch(0, -1, 10));
            }

            assertThat(contentOf(spool)).isEqualTo(first);
            lake.commit(SINK, batch(0, 10, 20));
            Offsets.assertRowsMatchPositions(lake, "after both");
        }
        assertThat(spool).isEmptyDirectory();
    }

    /** Opens a spool, then one more beside it, and stays until it is killed. */
    static final class Other {

        private Other() {}

        public static void main(String[] arguments) throws IOException {
            Optional<Path> home = Optional.of(Path.of(arguments[0]));
            Path upload = Spool.open(home, Optional.empty()).directory("upload");
            Spool.open(home, Optional.empty()).directory("upload");
            Files.writeString(upload.resolve("file"), "on its way");
            System.out.println(upload);
            while (System.in.read() >= 0) {
                // until the parent ends
            }
        }
    }

    @Test
    void whatAProcessLeftIsRemovedAfterItsEndAndNotBefore() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1", // starts sooner
                        "-cp",
                        System.getProperty("java.class.path"),
                        Other.class.getName(),
                        spool.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            Path file = Path.of(said.readLine()).resolve("file");

            open(spool).close();
            assertThat(file).as("of a process at work").exists();

            process.destroyForcibly().waitFor();
            open(spool).close();
            assertThat(file).as("of a process that was killed").doesNotExist();
            assertThat(spool).isEmptyDirectory();
        } finally {
            process.destroyForcibly();
        }
    }
}
