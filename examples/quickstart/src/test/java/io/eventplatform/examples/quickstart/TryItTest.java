package io.eventplatform.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/try-it.md, run as they stand there, print what the page says. */
@Timeout(300)
class TryItTest {

    private static final Path REPOSITORY = Path.of("..", "..").toAbsolutePath();
    private static final Path KAFKAJS = REPOSITORY.resolve("examples").resolve("kafkajs");
    private static final long PATIENCE_SECONDS = 60;

    /** A mark, the commands, and what they print, if the page says so. */
    private static final Pattern BLOCK =
            Pattern.compile("<!-- (tools|run|node) -->\n```sh\n(.*?\n)```\n(?:```text\n(.*?\n)```\n)?", Pattern.DOTALL);

    @TempDir
    Path directory;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream stream = new PrintStream(printed, true, UTF_8);
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    private final Quickstart quickstart = new Quickstart(
            Options.parse("--events", "0", "--port", "0"), Optional.empty(), UnaryOperator.identity(), stream, stream);
    private String kafka = "";
    private String dashboard = "";

    @BeforeEach
    void startTheQuickstart() throws Exception {
        exitCode.completeAsync(quickstart::run);
        URI address = URI.create(quickstart.servingAt().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        dashboard = address.getAuthority();
        Matcher broker = Pattern.compile("kafka +(\\S+)").matcher(printed.toString(UTF_8));
        assertThat(broker.find()).as(printed.toString(UTF_8)).isTrue();
        kafka = broker.group(1);
        quickstart.stored().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @AfterEach
    void stopTheQuickstart() throws Exception {
        quickstart.stop();
        assertThat(exitCode.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isZero();
    }

    @Test
    void theConsoleToolsPrintWhatThePageSays() throws Exception {
        skipUnless(
                canRun("bash", "-c", "curl --version"),
                "bash or curl is missing; install both to check docs/try-it.md");
        String tools = blocks("tools").get(0).commands();

        for (Block block : blocks("run")) {
            verify(block, tools, REPOSITORY);
        }
    }

    @Test
    void kafkaJsPrintsWhatThePageSays() throws Exception {
        skipUnless(
                canRun("bash", "-c", "node --version && npm --version"),
                "bash, node or npm is missing; install bash and Node 20 or later to check the KafkaJS part");
        for (String file : List.of("package.json", "package-lock.json", "produce.mjs", "consume.mjs")) {
            Files.copy(KAFKAJS.resolve(file), directory.resolve(file));
        }
        Result installed = bash("npm ci --prefer-offline --no-audit --no-fund --fetch-retries=0", directory);
        skipUnless(
                installed.exitCode() == 0,
                "npm ci cannot install kafkajs, which needs the network or npm's cache: " + installed);

        for (Block block : blocks("node")) {
            verify(block, "export KAFKA=" + kafka + "\n", directory);
        }
    }

    /** Runs a block, again if it only looks and what it looks at is still under way. */
    private void verify(Block block, String before, Path where) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        List<String> missing;
        Result result;
        do {
            result = bash(before + block.commands(), where);
            missing = block.missingIn(result.output());
        } while (!missing.isEmpty() && block.looksOnly() && System.nanoTime() < end);
        if (result.exitCode() != 0 || !missing.isEmpty()) {
            fail("%s%nshould print%n%s%nbut ended so:%n%s", block.commands(), String.join("\n", missing), result);
        }
    }

    private Result bash(String commands, Path where) throws Exception {
        String script = commands.replace("'examples/quickstart/target/lib/*'", "\"$TOOLS\"")
                .replace("localhost:9092", kafka)
                .replace("localhost:8080", dashboard);
        Path output = directory.resolve("output.txt");
        Path errors = directory.resolve("errors.txt");
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", script)
                .directory(where.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().put("TOOLS", System.getProperty("java.class.path"));
        Process process = builder.start();
        boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        return new Result(ended ? process.exitValue() : -1, Files.readString(output), Files.readString(errors));
    }

    /** Says on the console what is not checked; the report of a build alone would hide it. */
    private static void skipUnless(boolean condition, String message) {
        if (!condition) {
            System.err.println("TryItTest skips a part of docs/try-it.md: " + message);
        }
        assumeTrue(condition, message);
    }

    private static boolean canRun(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static List<Block> blocks(String mark) throws IOException {
        String page = Files.readString(REPOSITORY.resolve("docs").resolve("try-it.md"));
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(page);
        while (matcher.find()) {
            if (matcher.group(1).equals(mark)) {
                blocks.add(new Block(
                        matcher.group(2), Optional.ofNullable(matcher.group(3)).orElse("")));
            }
        }
        assertThat(blocks).as("blocks marked " + mark).isNotEmpty();
        return blocks;
    }

    private record Result(int exitCode, String output, String errors) {}

    private record Block(String commands, String expected) {

        boolean looksOnly() {
            return !commands.contains("produce");
        }

        /** The lines that are not in the output, where {@code …} and an id are any text and blanks any blanks. */
        List<String> missingIn(String output) {
            List<String> lines = output.lines().toList();
            return expected.lines()
                    .filter(line -> lines.stream().noneMatch(pattern(line).asMatchPredicate()))
                    .toList();
        }

        private static Pattern pattern(String line) {
            String quoted = "\\Q" + line.replaceAll("^[0-9a-f]{8}-…", "…") + "\\E";
            return Pattern.compile(quoted.replace("…", "\\E.*\\Q").replaceAll("\\s+", "\\\\E\\\\s+\\\\Q"));
        }
    }
}
