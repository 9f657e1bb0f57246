package io.eventplatform.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {

    @TempDir
    Path directory;

    @Test
    void withoutArgumentsEveryOptionHasItsDefault() {
        assertThat(Options.parse())
                .isEqualTo(new Options(
                        false,
                        Role.ALL_IN_ONE,
                        Optional.empty(),
                        0,
                        "quickstart",
                        20_000,
                        2_000,
                        Optional.empty(),
                        1,
                        Optional.empty(),
                        8080,
                        false));
    }

    @Test
    void aValueFollowsItsOptionOrAnEqualsSign() {
        Options options = Options.parse("--events", "5", "--rate=0", "--seed", "-7", "--port=0", "--exit-when-done");

        assertThat(options.events()).isEqualTo(5);
        assertThat(options.rate()).isZero();
        assertThat(options.seed()).isEqualTo(-7);
        assertThat(options.port()).isZero();
        assertThat(options.exitWhenDone()).isTrue();
    }

    @Test
    void rolesAreAListOnABroker() {
        Options options = Options.parse("--role", "sink,serve", "--bootstrap", "kafka:9092", "--instance", "b");

        assertThat(options.roles()).containsExactlyInAnyOrder(Role.SINK, Role.SERVE);
        assertThat(options.bootstrap()).contains("kafka:9092");
        assertThat(options.instance()).isEqualTo("b");
        assertThat(Options.parse("--bootstrap", "kafka:9092").roles()).isEqualTo(Role.ALL_ON_A_BROKER);
        assertThat(Options.parse("--role", "broker", "--kafka-port", "9092").kafkaPort())
                .isEqualTo(9092);
    }

    @Test
    void withAFileToReplayNothingIsGeneratedUnlessAskedFor() throws Exception {
        Path file = Files.writeString(directory.resolve("events.ndjson"), "{}\n");

        assertThat(Options.parse("--input", file.toString()).events()).isZero();
        assertThat(Options.parse("--input", file.toString(), "--events", "9").events())
                .isEqualTo(9);
        assertThat(Options.parse("--input", file.toString()).input()).contains(file);
    }

    @Test
    void theDataDirectoryNeedNotExist() {
        Path missing = directory.resolve("missing");

        assertThat(Options.parse("--data", missing.toString()).data()).contains(missing);
    }

    @Test
    void helpWinsOverEverythingElse() {
        assertThat(Options.parse("--input", "no such file", "--help").help()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            --evnts 5               | "--evnts" is not an option. The options are --events, --rate, --input, --seed, --data, --port, --role, --bootstrap, --kafka-port, --instance, --exit-when-done, --help.
            events                  | "events" is not an option. The options are --events, --rate, --input, --seed, --data, --port, --role, --bootstrap, --kafka-port, --instance, --exit-when-done, --help.
            --events                | --events needs a value, as in --events VALUE.
            --events many           | --events must be a whole number from 0 to 10000000 but was "many". Give fewer, or several runs on one --data.
            --events 10000001       | --events must be a whole number from 0 to 10000000 but was "10000001". Give fewer, or several runs on one --data.
            --rate -1               | --rate must be a whole number from 0 to 1000000 but was "-1". Give 0 to send as fast as possible.
            --port 65536            | --port must be a whole number from 0 to 65535 but was "65536". Give 0 to take a free one.
            --seed 1.5              | --seed must be a whole number from -9223372036854775808 to 9223372036854775807 but was "1.5". Leave it out for the default.
            --seed 1 --seed=2       | --seed was given twice. Give it once.
            --exit-when-done=yes    | --exit-when-done takes no value but was given "yes". Leave the value out.
            --data=                 | --data must be a directory but was "". Name another; it is created if it does not exist.
            --role cook             | --role must be a list of broker, ingest, process, sink, serve, audit but was "cook". Separate them by commas alone, as in --role sink,serve.
            --role ingest           | --role ingest needs the broker of the other processes. Name it with --bootstrap HOST:PORT; --role broker --kafka-port 9092 starts one.
            --role broker --bootstrap a:1 | --role broker starts a broker and --bootstrap names another. Leave one out.
            --role sink --bootstrap a:1   | --role sink cannot run alone: the store, DuckDB, is private to a process, so who fills it must serve it. Use --role sink,serve.
            --role serve --bootstrap a:1  | --role serve cannot run alone: the store, DuckDB, is private to a process, so who fills it must serve it. Use --role sink,serve.
            --role audit,ingest --bootstrap a:1 | --role audit recounts what the others have done, so it runs alone. Use --role audit when they have stopped.
            --role audit --bootstrap a:1  | --role audit needs --data DIR, where the stores of the others are.
            --role process --bootstrap a:1 --exit-when-done | --exit-when-done needs a process that knows when all is done: one with every role, or --role ingest, which then ends when all is sent. Leave it out.
            --bootstrap here        | --bootstrap must be HOST:PORT, as in 127.0.0.1:9092, but was "here". Give that.
            --bootstrap a:1 --kafka-port 9092 | --kafka-port is of a broker in this process and --bootstrap names another. Leave one out.
            --instance a.b          | --instance must be 1 to 50 letters, digits, _ and - but was "a.b". Give another.
            --data=pom.xml          | --data must be a directory but was "pom.xml". Name another; it is created if it does not exist.
            """)
    void anOptionThatCannotBeIsRefusedWithTheWayOut(String commandLine, String message) {
        assertThatThrownBy(() -> Options.parse(commandLine.split(" ")))
                .isInstanceOf(UsageException.class)
                .hasMessage(message);
    }

    @Test
    void aFileToReplayThatIsMissingIsRefused() {
        Path missing = directory.resolve("missing.ndjson");

        assertThatThrownBy(() -> Options.parse("--input", missing.toString()))
                .isInstanceOf(UsageException.class)
                .hasMessage("--input must be a file that can be read but was \"%s\" (%s). Check the path."
                        .formatted(missing, missing));
    }

    @Test
    void theUsageExplainsEveryOptionAndItsDefault() {
        Options defaults = Options.parse();

        assertThat(Options.USAGE)
                .contains("--events", "--rate", "--input", "--seed", "--data", "--port", "--exit-when-done", "--help")
                .contains("--role", "--bootstrap", "--kafka-port", "--instance")
                .contains("default " + defaults.events(), "default " + defaults.rate(), "default " + defaults.port());
        assertThat(Options.USAGE.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(120));
    }
}
