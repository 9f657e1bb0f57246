package io.eventplatform.kafka.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmbeddedKafkaFaultTest {

    @TempDir
    Path directory;

    @Test
    void aBrokerThatLosesItsDiskDiesWithoutThisProcess() throws Exception {
        EmbeddedKafka kafka = EmbeddedKafka.builder().dataDirectory(directory).start();
        String ended = "[" + directory.toRealPath() + "] Kafka ended the broker after a fault. "
                + "See the errors it logged before, then start a new broker.";

        Files.move(directory.resolve("log"), directory.resolve("lost"));
        Files.createFile(directory.resolve("log"));

        assertThatThrownBy(() -> kafka.createTopic("orders", 1, Map.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(ended)
                .cause()
                .hasMessageStartingWith("Kafka asked to end the process: halt 1");
        assertThatThrownBy(kafka::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(ended);

        Files.delete(directory.resolve("log"));
        Files.move(directory.resolve("lost"), directory.resolve("log"));
        try (EmbeddedKafka next =
                EmbeddedKafka.builder().dataDirectory(directory).start()) {
            assertThat(next.dataDirectory()).isEqualTo(kafka.dataDirectory());
        }
    }
}
