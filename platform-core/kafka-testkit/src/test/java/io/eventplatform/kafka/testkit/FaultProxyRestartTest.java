package io.eventplatform.kafka.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A broker that goes and comes back behind its proxy, while a client stays. */
@Timeout(90)
class FaultProxyRestartTest {

    @TempDir
    Path directory;

    private final FaultProxy proxy = FaultProxy.listen();

    @AfterEach
    void close() {
        proxy.close();
    }

    @Test
    void aClientGoesOnWhenTheBrokerIsRestartedOnTheSamePort() {
        try (KafkaProducer<String, String> producer = Clients.producer(proxy.bootstrapServers(), Map.of())) {
            int port;
            try (EmbeddedKafka kafka = builder().start()) {
                port = Address.parse(kafka.bootstrapServers()).port();
                kafka.createTopic("orders", 1, Map.of());
                Clients.send(producer, "orders", "before");
            }
            // Not on this thread: a client that has lost every broker may block until it finds one again.
            CompletableFuture<Void> whileAway =
                    CompletableFuture.runAsync(() -> Clients.send(producer, "orders", "while away"));

            try (EmbeddedKafka kafka = builder().port(port).start()) {
                whileAway.join();
                Clients.send(producer, "orders", "after");

                assertThat(Clients.readCommitted(kafka.bootstrapServers(), "orders"))
                        .containsExactly("before", "while away", "after");
            }
        }
    }

    @Test
    void aClientGoesOnWhenTheBrokersProcessIsKilledAndTheNextOneStartsElsewhere() throws Exception {
        String topic = BrokerProcess.TOPIC;
        try (KafkaProducer<String, String> producer = Clients.producer(proxy.bootstrapServers(), Map.of())) {
            try (BrokerProcess killed = BrokerProcess.startBehind(proxy, directory)) {
                Clients.send(producer, topic, "before");
                killed.kill();
            }
            // Not on this thread: a client that has lost every broker may block until it finds one again.
            CompletableFuture<Void> whileAway =
                    CompletableFuture.runAsync(() -> Clients.send(producer, topic, "while away"));

            try (EmbeddedKafka kafka = builder().start()) {
                whileAway.join();

                assertThat(Clients.readCommitted(kafka.bootstrapServers(), topic))
                        .containsExactly("before", "while away");
            }
        }
    }

    // region restart
    private EmbeddedKafka.Builder builder() {
        return EmbeddedKafka.builder().dataDirectory(directory).behind(proxy);
    }
    // endregion
}
