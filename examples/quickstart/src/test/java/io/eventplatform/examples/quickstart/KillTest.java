package io.eventplatform.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.processor.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the quickstart, in processes of their own, and starts it again on the same data: nothing is lost and nothing
 * counted twice, wherever it died. Where that is follows from a seed, which is printed and can be given back with
 * {@code -Dkill.seed=…}.
 */
@Timeout(180)
class KillTest {

    private static final String SEED_PROPERTY = "kill.seed";
    private static final long LONGEST_RUN_SECONDS = 60;

    private static final long SEED = Long.getLong(SEED_PROPERTY, new Random().nextLong(1_000_000));

    /** A run of this test makes more commits, and processes more records. */
    private static final int MOST_COMMITS = 4;

    private static final int MOST_RECORDS = 900;

    /** Where in the way of an event the process dies. */
    private enum Place {
        IN_THE_PIPELINE,
        BETWEEN_KAFKA_AND_STORE,
        IN_THE_SINK,
        IN_THE_LAKE;

        private List<CrashPoint> points(int commit, int record) {
            return switch (this) {
                case IN_THE_PIPELINE ->
                    List.of(
                            new CrashPoint(CrashPoint.ROUTER, Step.OUTPUTS_SENT, record),
                            new CrashPoint(CrashPoint.ROUTER, Step.TRANSACTION_COMMITTED, commit),
                            new CrashPoint(CrashPoint.PIPELINE, Step.PROCESSED, record),
                            new CrashPoint(CrashPoint.PIPELINE, Step.OUTPUTS_SENT, record),
                            new CrashPoint(CrashPoint.PIPELINE, Step.OFFSETS_SENT, commit));
                case BETWEEN_KAFKA_AND_STORE ->
                    List.of(
                            new CrashPoint(CrashPoint.PIPELINE, Step.TRANSACTION_COMMITTED, commit),
                            new CrashPoint(CrashPoint.SINK, Step.ROWS_BUILT, commit));
                case IN_THE_SINK ->
                    List.of(
                            new CrashPoint(CrashPoint.SINK, Step.STORE_COMMITTED, commit),
                            new CrashPoint(CrashPoint.SINK, Step.PROGRESS_REPORTED, commit));
                case IN_THE_LAKE ->
                    List.of(
                            new CrashPoint(CrashPoint.LAKE, Step.ROWS_BUILT, commit),
                            new CrashPoint(CrashPoint.LAKE, Step.STORE_COMMITTED, commit));
            };
        }

        CrashPoint choose(Random random) {
            List<CrashPoint> points = points(1 + random.nextInt(MOST_COMMITS), 1 + random.nextInt(MOST_RECORDS));
            return points.get(random.nextInt(points.size()));
        }
    }

    @TempDir
    Path directory;

    private Path data;
    private int runs;

    @BeforeEach
    void nameTheData() {
        data = directory.resolve("data");
    }

    @Test
    void killedAtAPlaceOfEachKindNothingIsLostOrCountedTwice() throws Exception {
        Random random = new Random(SEED);
        List<Place> places = new ArrayList<>(List.of(Place.values()));
        Collections.shuffle(places, random);
        List<CrashPoint> points =
                places.stream().map(place -> place.choose(random)).toList();
        System.out.println("KillTest: -D" + SEED_PROPERTY + "=" + SEED + " " + points);

        int events = 0;
        for (CrashPoint point : points) {
            // Sends the events of the runs before again, and as many new ones that can meet the crash.
            events += 1_500;
            runUntilKilled(point, events);
        }

        assertThatARunToTheEndBalances(events);
    }

    @Test
    void killedFromOutsideUnderLoadNothingIsLostOrCountedTwice() throws Exception {
        Random random = new Random(SEED);
        int afterProgressLines = 2 + random.nextInt(3);
        System.out.println(
                "KillTest: -D" + SEED_PROPERTY + "=" + SEED + " kill -9 after " + afterProgressLines + " lines");

        Process process = start(List.of(), "--events", "200000", "--rate", "3000");
        try (var lines = process.inputReader()) {
            String line;
            int progressLines = 0;
            while (progressLines < afterProgressLines && (line = lines.readLine()) != null) {
                progressLines += line.contains("| enriched ") ? 1 : 0;
            }
            process.destroyForcibly();
        }
        assertThat(process.waitFor(LONGEST_RUN_SECONDS, TimeUnit.SECONDS)).isTrue();

        assertThatARunToTheEndBalances(5_000);
    }

    private void runUntilKilled(CrashPoint point, int events) throws Exception {
        Path output = nextOutput();
        Process process = start(
                List.of("-D" + CrashPoint.PROPERTY + "=" + point),
                output,
                "--events",
                Integer.toString(events),
                "--rate",
                "4000");
        await(process, output);
        assertThat(process.exitValue())
                .as("killed at %s, or else that was never reached:%n%s", point, Files.readString(output))
                .isEqualTo(CrashPoint.EXIT_CODE);
    }

    private void assertThatARunToTheEndBalances(int events) throws Exception {
        Path output = nextOutput();
        Process process = start(List.of(), output, "--events", Integer.toString(events), "--rate", "0");
        await(process, output);
        String text = Files.readString(output);
        assertThat(process.exitValue()).as(text).isZero();
        assertThat(text)
                .containsPattern("earthquake_reported .* 1,707 +1,707 +1,707, 1,707 +holds")
                .contains("The audit holds: nothing is lost, nothing is counted twice.");
    }

    private static void await(Process process, Path output) throws Exception {
        if (!process.waitFor(LONGEST_RUN_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            assertThat(false).as("did not end:%n%s", Files.readString(output)).isTrue();
        }
    }

    private Process start(List<String> jvmOptions, String... options) throws IOException {
        return command(jvmOptions, options).redirectErrorStream(true).start();
    }

    private Process start(List<String> jvmOptions, Path output, String... options) throws IOException {
        return command(jvmOptions, options)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    private ProcessBuilder command(List<String> jvmOptions, String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        // DuckDB leaves its native library there when the process is killed.
        command.add("-Djava.io.tmpdir=" + Files.createDirectories(directory.resolve("tmp")));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Quickstart.class.getName()));
        command.addAll(List.of("--data", data.toString(), "--port", "0", "--exit-when-done"));
        command.addAll(List.of(options));
        return new ProcessBuilder(command);
    }

    private Path nextOutput() {
        return directory.resolve("output-" + ++runs + ".txt");
    }
}
