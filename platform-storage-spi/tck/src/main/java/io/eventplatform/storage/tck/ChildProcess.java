package io.eventplatform.storage.tck;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another JVM with this one's class path, read line by line and killed without mercy. */
final class ChildProcess implements AutoCloseable {

    private final Process process;
    private final Path errors;
    private final BufferedReader lines;

    private ChildProcess(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        this.lines = process.inputReader(StandardCharsets.UTF_8);
    }

    static ChildProcess start(Bench bench, Class<?> main, String... arguments) throws IOException {
        // A killed JVM leaves its temporary files; here they go with the test's directory.
        Path temporary = Files.createDirectories(bench.directory().resolve("child"));
        Path errors = temporary.resolve("errors.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1", // starts sooner
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                bench.fixture().getClass().getName(),
                bench.home().toString()));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        return new ChildProcess(process, errors);
    }

    /** Waits for the child's next line, which begins so; returns the rest of it. */
    String expect(String beginning) throws IOException {
        String line = lines.readLine();
        if (line == null || !line.startsWith(beginning)) {
            throw new AssertionError("the child process should say \"" + beginning + "\" but "
                    + (line == null ? "ended" : "said \"" + line + "\"") + ". " + Files.readString(errors));
        }
        return line.substring(beginning.length());
    }

    /** As {@code kill -9} does; returns when the process is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the killed child process does not end");
        }
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
