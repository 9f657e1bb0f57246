package io.eventplatform.storage.lake;

import static io.eventplatform.storage.lake.Offsets.SINK;
import static io.eventplatform.storage.lake.Offsets.TABLE;
import static io.eventplatform.storage.lake.Offsets.batch;
import static io.eventplatform.storage.lake.Offsets.position;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.LocalObjectStore;
import io.eventplatform.storage.ObjectInfo;
import io.eventplatform.storage.ObjectStore;
import io.eventplatform.storage.lake.ObservedObjectStore.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that ends at any step of a commit leaves the table as it was before, or as it is after. */
@Timeout(120)
class LakeCrashTest {

    private static final int EXIT = 77;
    private static final int ROWS = 25;

    /** Commits without end, and ends at its third commit's point. */
    static final class Writer {

        private Writer() {}

        public static void main(String[] arguments) {
            Point last = Point.valueOf(arguments[1]);
            int[] passed = {0};
            ObservedObjectStore store = new ObservedObjectStore(LocalObjectStore.open(Path.of(arguments[0])), point -> {
                if (passed[0] >= 2 && point == last) {
                    Runtime.getRuntime().halt(EXIT);
                }
            });
            try (LakeTableStore lake = lake(store, Path.of(arguments[0]))) {
                lake.ensureTable(TABLE);
                long from = position(lake, 0);
                while (true) {
                    long to = Math.max(0, from) + ROWS;
                    lake.commit(SINK, batch(0, from, to));
                    from = to;
                    passed[0]++;
                }
            }
        }
    }

    private static LakeTableStore lake(ObjectStore store, Path home) {
        return LakeTableStore.builder(store, "orders")
                .partitionByDay("timestamp")
                .spoolDirectory(home.resolveSibling("spool"))
                .open();
    }

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(
            value = Point.class,
            names = {"BEFORE_DATA", "AFTER_DATA", "BEFORE_LOG", "AFTER_LOG"})
    void aProcessThatEndsAtAnyStepLeavesWholeCommits(Point last) throws Exception {
        Path home = Files.createDirectories(directory.resolve("home"));

        assertThat(runWriter(home, last)).as("how the writer ended").isEqualTo(EXIT);

        LocalObjectStore store = LocalObjectStore.open(home);
        try (LakeTableStore lake = lake(store, home)) {
            long expected = last == Point.AFTER_LOG ? 3 * ROWS : 2 * ROWS;
            assertThat(position(lake, 0)).isEqualTo(expected);
            Offsets.assertRowsMatchPositions(lake, "after the end");
            assertThat(filesIn(directory.resolve("spool")))
                    .as("what was on its way is gone, and the lock file of this store is there")
                    .singleElement()
                    .asString()
                    .endsWith(".lock");

            assertThat(lake.commit(SINK, batch(0, expected, expected + ROWS))).isEqualTo(new CommitOutcome.Committed());
            Offsets.assertRowsMatchPositions(lake, "after the next commit");
            assertThat(orphans(store, lake))
                    .as("files that no entry names: those of the commit that did not come about")
                    .hasSize(Map.of(Point.BEFORE_DATA, 0, Point.AFTER_DATA, 1, Point.BEFORE_LOG, 3, Point.AFTER_LOG, 0)
                            .getOrDefault(last, -1));
        }
    }

    private static List<Path> filesIn(Path top) throws IOException {
        try (Stream<Path> all = Files.walk(top)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static List<ObjectInfo> orphans(LocalObjectStore store, LakeTableStore lake) {
        return store.list("orders/dt=", "").stream()
                .filter(object -> !lake.files().keys().contains(object.key()))
                .toList();
    }

    private int runWriter(Path home, Point last) throws IOException, InterruptedException {
        Path temporary = Files.createDirectories(directory.resolve("child"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1", // starts sooner
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        home.toString(),
                        last.name())
                .inheritIO()
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the writer ends").isTrue();
        return process.exitValue();
    }
}
