package io.eventplatform.kafka.testkit;

import static io.eventplatform.kafka.testkit.EmbeddedKafka.uniqueName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KafkaExtension.class)
@Timeout(60)
class EmbeddedKafkaTest {

    private final EmbeddedKafka kafka;
    private final String topic = uniqueName("topic");

    EmbeddedKafkaTest(EmbeddedKafka kafka) {
        this.kafka = kafka;
    }

    @Test
    void aRecordProducedIsConsumed() {
        kafka.createTopic(topic, 1, Map.of());

        Clients.write(kafka.bootstrapServers(), topic, "a", "b");

        assertThat(Clients.readCommitted(kafka.bootstrapServers(), topic)).containsExactly("a", "b");
    }

    @Test
    void aConsumerGroupReceivesRecordsAndKeepsItsOffset() {
        kafka.createTopic(topic, 2, Map.of());
        Map<String, Object> config = Map.of("group.id", uniqueName("group"), "enable.auto.commit", "false");

        Clients.write(kafka.bootstrapServers(), topic, "a");
        List<String> first = pollOneBatch(config);
        Clients.write(kafka.bootstrapServers(), topic, "b");
        List<String> second = pollOneBatch(config);

        assertThat(first).containsExactly("a");
        assertThat(second).containsExactly("b");
    }

    private List<String> pollOneBatch(Map<String, Object> config) {
        try (KafkaConsumer<String, String> consumer = Clients.consumer(kafka.bootstrapServers(), config)) {
            consumer.subscribe(List.of(topic));
            List<String> values = new ArrayList<>();
            while (values.isEmpty()) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
            }
            consumer.commitSync();
            return values;
        }
    }

    @Test
    void aCommittedTransactionIsVisibleAndAnAbortedOneIsNot() {
        kafka.createTopic(topic, 1, Map.of());

        try (KafkaProducer<String, String> producer =
                Clients.producer(kafka.bootstrapServers(), Map.of("transactional.id", uniqueName("tx")))) {
            producer.initTransactions();
            producer.beginTransaction();
            Clients.send(producer, topic, "aborted");
            producer.abortTransaction();
            producer.beginTransaction();
            Clients.send(producer, topic, "committed");
            producer.commitTransaction();
        }

        assertThat(Clients.readCommitted(kafka.bootstrapServers(), topic)).containsExactly("committed");
    }

    @Test
    void aTopicHasThePartitionsAndSettingsAskedFor() throws Exception {
        kafka.createTopic(topic, 3, Map.of("cleanup.policy", "compact"));

        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        assertThat(Clients.setting(kafka.bootstrapServers(), resource, "cleanup.policy"))
                .isEqualTo("compact");
        try (var consumer = Clients.consumer(kafka.bootstrapServers(), Map.of())) {
            assertThat(consumer.partitionsFor(topic)).hasSize(3);
        }
    }

    @Test
    void aTopicThatExistsIsReportedAndNotChanged() {
        kafka.createTopic(topic, 1, Map.of());

        assertThatThrownBy(() -> kafka.createTopic(topic, 2, Map.of()))
                .isInstanceOf(TopicExistsException.class)
                .hasMessage("[" + kafka.bootstrapServers() + "] Topic " + topic + " exists already.");
    }

    @Test
    void aTopicWithAnUnknownSettingIsRefusedWithKafkasReason() {
        assertThatThrownBy(() -> kafka.createTopic(topic, 1, Map.of("cleanup.polcy", "compact")))
                .isInstanceOf(KafkaException.class)
                .hasMessageContaining("Topic " + topic + " was not created: ")
                .hasMessageContaining("cleanup.polcy")
                .hasCauseInstanceOf(InvalidConfigurationException.class);
    }

    @Test
    void aTopicNeedsAPartition() {
        assertThatThrownBy(() -> kafka.createTopic(topic, 0, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("partitions must be at least 1 but was 0");
    }

    @Test
    void twoNamesWithOnePrefixDiffer() {
        assertThat(uniqueName("raw")).matches("raw-[0-9a-f]{8}").isNotEqualTo(uniqueName("raw"));
    }

    @Test
    void aBrokerIsInjectedOncePerRun(EmbeddedKafka another) {
        assertThat(another).isSameAs(kafka);
    }

    @Test
    void closingDeletesTheTemporaryDirectoryAndMayBeRepeated() {
        EmbeddedKafka own = EmbeddedKafka.start();
        Path directory = own.dataDirectory();

        assertThat(directory).isDirectory();
        own.close();
        own.close();

        assertThat(directory).doesNotExist();
        assertThatThrownBy(() -> own.createTopic(topic, 1, Map.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("[" + own.bootstrapServers() + "] The broker is closed. Start a new one.");
    }

    @Test
    void anInterruptedThreadCanStillCloseABrokerCompletely() {
        EmbeddedKafka own = EmbeddedKafka.start();

        Thread.currentThread().interrupt();
        own.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(own.dataDirectory()).doesNotExist();
    }
}
