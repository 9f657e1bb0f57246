package io.eventplatform.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The roles as processes of their own on one broker, one of them killed in the middle. */
@Timeout(180)
class RolesTest {

    private static final long PATIENCE_SECONDS = 90;

    @TempDir
    Path directory;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void endWhatIsLeft() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    @Test
    void eachRoleInAProcessOfItsOwnAndNothingIsLost() throws Exception {
        Started broker = start("broker", "--role", "broker");
        String bootstrap = broker.awaitLine("kafka +(\\S+)");
        Started storing = start("storing", "--role", "sink,serve", "--bootstrap", bootstrap, "--port", "0");
        storing.awaitLine("dashboard +(\\S+)");
        Started first = start("first", "--role", "process", "--bootstrap", bootstrap, "--instance", "first");
        first.awaitLine("(Ready) after");
        Started second = start("second", "--role", "process", "--bootstrap", bootstrap, "--instance", "second");
        second.awaitLine("(Ready) after");

        Started ingest = start(
                "ingest",
                "--role",
                "ingest",
                "--bootstrap",
                bootstrap,
                "--events",
                "2000",
                "--rate",
                "2000",
                "--exit-when-done");
        ingest.awaitLine("(sent +[1-9])");
        second.process.destroyForcibly();
        assertThat(ingest.await()).as(ingest.output()).isZero();
        // 2,000 generated events and the earthquakes; the survivor takes over what the other had.
        storing.awaitLine("(stored +3,707 . lake +3,707)");

        assertThat(first.stop()).as(first.output()).isZero();
        assertThat(storing.stop()).as(storing.output()).isZero();
        Started audit = start("audit", "--role", "audit", "--bootstrap", bootstrap);
        assertThat(audit.await()).as(audit.output()).isZero();
        assertThat(audit.output()).contains("The audit holds: nothing is lost, nothing is counted twice.");
        assertThat(broker.stop()).as(broker.output()).isZero();
    }

    private Started start(String name, String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Djava.io.tmpdir=" + Files.createDirectories(directory.resolve("tmp")));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Quickstart.class.getName()));
        command.addAll(List.of("--data", directory.resolve("data").toString()));
        command.addAll(List.of(options));
        Path output = directory.resolve(name + ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        processes.add(process);
        return new Started(process, output);
    }

    private record Started(Process process, Path file) {

        String output() throws IOException {
            return Files.readString(file);
        }

        /** Waits until the output matches; returns the first group. */
        String awaitLine(String regex) throws Exception {
            Pattern pattern = Pattern.compile(regex);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (System.nanoTime() < end) {
                Matcher matcher = pattern.matcher(output());
                if (matcher.find()) {
                    return matcher.group(1);
                }
                if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
                    break;
                }
            }
            throw new AssertionError("no \"" + regex + "\" in:\n" + output());
        }

        int await() throws Exception {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as(output())
                    .isTrue();
            return process.exitValue();
        }

        /** As Ctrl-C does. */
        int stop() throws Exception {
            process.destroy();
            return await();
        }
    }
}
