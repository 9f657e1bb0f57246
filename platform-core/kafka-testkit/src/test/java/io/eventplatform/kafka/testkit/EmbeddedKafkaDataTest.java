package io.eventplatform.kafka.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class EmbeddedKafkaDataTest {

    private static final Map<String, Object> TRANSACTIONAL = Map.of("transactional.id", "orders");

    @TempDir
    Path directory;

    @Test
    void dataSurvivesCloseAndRestartOnAnotherPort() {
        String formerAddress;
        try (EmbeddedKafka kafka = startOnDirectory()) {
            formerAddress = kafka.bootstrapServers();
            kafka.createTopic("orders", 2, Map.of());
            Clients.write(kafka.bootstrapServers(), "orders", "a", "b");
        }

        try (EmbeddedKafka kafka = startOnDirectory()) {
            Clients.write(kafka.bootstrapServers(), "orders", "c");

            assertThat(kafka.bootstrapServers()).isNotEqualTo(formerAddress);
            assertThat(Clients.readCommitted(kafka.bootstrapServers(), "orders"))
                    .containsExactlyInAnyOrder("a", "b", "c");
        }
    }

    @Test
    void dataSurvivesTheKillOfTheProcess() throws Exception {
        try (BrokerProcess killed = BrokerProcess.start(directory)) {
            Clients.write(killed.bootstrapServers(), BrokerProcess.TOPIC, "written");
            commitOneAndLeaveOneOpen(killed);
        }

        try (EmbeddedKafka kafka = startOnDirectory()) {
            // Ends the transaction its former self left open.
            try (KafkaProducer<String, String> producer = Clients.producer(kafka.bootstrapServers(), TRANSACTIONAL)) {
                producer.initTransactions();
            }

            assertThat(Clients.readCommitted(kafka.bootstrapServers(), BrokerProcess.TOPIC))
                    .containsExactly("written", "committed");
        }
    }

    /** Ends with the kill of the process, while a transaction is open. */
    private static void commitOneAndLeaveOneOpen(BrokerProcess broker) throws InterruptedException {
        KafkaProducer<String, String> producer = Clients.producer(broker.bootstrapServers(), TRANSACTIONAL);
        try {
            producer.initTransactions();
            producer.beginTransaction();
            Clients.send(producer, BrokerProcess.TOPIC, "committed");
            producer.commitTransaction();
            producer.beginTransaction();
            Clients.send(producer, BrokerProcess.TOPIC, "open when killed");
            broker.kill();
        } finally {
            producer.close(Duration.ZERO);
        }
    }

    @Test
    void aShutdownHookStopsABrokerCleanly() throws Exception {
        try (BrokerProcess broker = BrokerProcess.start(directory)) {
            broker.terminate();
        }

        // Kafka leaves this file when it has nothing to recover at its next start.
        assertThat(directory.resolve("log").resolve(".kafka_cleanshutdown")).exists();
    }

    @Test
    void aSecondBrokerOnADirectoryIsRefused() throws IOException {
        try (EmbeddedKafka first = startOnDirectory()) {
            assertThatThrownBy(this::startOnDirectory)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("[" + directory.toRealPath()
                            + "] The data directory is in use by another broker in this process."
                            + " Close that one first, or choose another directory with dataDirectory(Path).");

            first.createTopic("still-working", 1, Map.of());
        }
    }

    @Test
    void aSecondBrokerOnADirectoryIsRefusedAcrossProcesses() throws IOException {
        try (BrokerProcess first = BrokerProcess.start(directory)) {
            assertThatThrownBy(this::startOnDirectory)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("[" + directory.toRealPath()
                            + "] The data directory is in use by another broker in process " + first.pid()
                            + ". Close that one first, or choose another directory with dataDirectory(Path).");
        }
    }

    private EmbeddedKafka startOnDirectory() {
        return EmbeddedKafka.builder().dataDirectory(directory).start();
    }
}
