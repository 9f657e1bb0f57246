package io.eventplatform.examples.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.kafka.testkit.EmbeddedKafka;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole application, on a real broker. */
@Timeout(180)
class CustomAdapterTest {

    @TempDir
    Path directory;

    @Test
    void aSecondRunOnTheSameDirectoryCountsEveryReadingOnceMore() throws Exception {
        Path data = directory.resolve("data");

        assertThat(run(data, Optional.empty()))
                .containsExactly("[critical, 10, 99.0]", "[normal, 70, 69.0]", "[warning, 20, 89.0]");
        assertThat(run(data, Optional.empty()))
                .containsExactly("[critical, 20, 99.0]", "[normal, 140, 69.0]", "[warning, 40, 89.0]");
    }

    @Test
    void aBrokerOfTheUsersOwnIsUsedAsItIs() throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start()) {
            assertThat(run(directory, Optional.of(broker.bootstrapServers()))).hasSize(3);
        }

        assertThat(directory).isDirectoryNotContaining("glob:**/kafka");
    }

    private static List<String> run(Path data, Optional<String> bootstrap) throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            CustomAdapter.run(data, bootstrap, out);
        }
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
