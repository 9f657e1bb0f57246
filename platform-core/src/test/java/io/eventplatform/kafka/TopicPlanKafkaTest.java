package io.eventplatform.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.eventplatform.kafka.internal.KafkaClients;
import io.eventplatform.kafka.internal.TopicAdmin;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KafkaExtension.class)
class TopicPlanKafkaTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @Test
    void missingTopicsAreCreatedAsPlannedAndUsableAtOnce(EmbeddedKafka broker) throws Exception {
        KafkaConfig kafka = KafkaConfig.of(broker.bootstrapServers());
        String name = EmbeddedKafka.uniqueName("created");
        TopicSpec topic = TopicSpec.of(name, 5).withReplicationFactor(1).with("retention.ms", "3600000");

        TopicReport report = TopicPlan.of(List.of(topic)).createOrVerify(kafka, TIMEOUT);

        assertThat(report).isEqualTo(new TopicReport(List.of(name), List.of()));
        assertThat(TopicAdmin.partitions(kafka, name, TIMEOUT)).hasValue(5);
        assertThat(setting(kafka, name, "retention.ms")).isEqualTo("3600000");
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(KafkaClients.producer(kafka, Map.of()))) {
            assertThat(producer.send(new ProducerRecord<>(name, 4, null, new byte[] {1}))
                            .get()
                            .offset())
                    .isZero();
        }
    }

    @Test
    void topicsThatExistAsPlannedAreVerifiedAndMissingOnesAreCreated(EmbeddedKafka broker) {
        KafkaConfig kafka = KafkaConfig.of(broker.bootstrapServers());
        TopicSpec existing =
                TopicSpec.of(EmbeddedKafka.uniqueName("existing"), 2).with("cleanup.policy", "compact,delete");
        TopicSpec missing = TopicSpec.of(EmbeddedKafka.uniqueName("missing"), 1);
        TopicPlan.of(List.of(existing)).createOrVerify(kafka, TIMEOUT);

        TopicReport report = TopicPlan.of(List.of(existing, missing)).createOrVerify(kafka, TIMEOUT);

        assertThat(report).isEqualTo(new TopicReport(List.of(missing.name()), List.of(existing.name())));
        assertThat(TopicPlan.of(List.of(existing, missing)).verify(kafka, TIMEOUT))
                .isEqualTo(new TopicReport(List.of(), List.of(existing.name(), missing.name())));
    }

    @Test
    void everyDifferenceIsListedWithWhatToDo(EmbeddedKafka broker) {
        KafkaConfig kafka = KafkaConfig.of(broker.bootstrapServers());
        String few = EmbeddedKafka.uniqueName("few");
        String many = EmbeddedKafka.uniqueName("many");
        String settings = EmbeddedKafka.uniqueName("settings");
        String missing = EmbeddedKafka.uniqueName("missing");
        broker.createTopic(few, 2, Map.of());
        broker.createTopic(many, 8, Map.of());
        broker.createTopic(settings, 1, Map.of("retention.ms", "1000"));
        TopicPlan plan = TopicPlan.of(List.of(
                TopicSpec.of(few, 4),
                TopicSpec.of(many, 4).withReplicationFactor(3),
                TopicSpec.of(settings, 1)
                        .with("min.insync.replicas", "1")
                        .with("retention.ms", "2000")
                        .with("retention.hours", "1"),
                TopicSpec.of(missing, 1)));

        assertThatExceptionOfType(TopicPlanException.class)
                .isThrownBy(() -> plan.verify(kafka, TIMEOUT))
                .withMessage("""
                        Kafka at %s differs from the topic plan:
                        - topic %s, existence: expected a topic, found none. Create it with TopicPlan.createOrVerify or as an administrator.
                        - topic %s, partitions: expected 4, found 2. Plan 2, or add partitions with kafka-topics.sh --alter, which moves keys to other partitions.
                        - topic %s, partitions: expected 4, found 8. Plan 8, or use another topic, for Kafka cannot take partitions away.
                        - topic %s, replication factor: expected 3, found 1. Plan 1, or move replicas with kafka-reassign-partitions.sh.
                        - topic %s, retention.hours: expected 1, found no such setting. Correct its name in the TopicSpec.
                        - topic %s, retention.ms: expected 2000, found 1000. Plan 1000, or set it with kafka-configs.sh --alter.""", broker.bootstrapServers(), missing, few, many, many, settings, settings)
                .satisfies(e -> assertThat(e.differences()).hasSize(6));
        assertThat(TopicAdmin.partitions(kafka, missing, TIMEOUT)).isEmpty();
    }

    @Test
    void aTopicThatTheClusterDoesNotTakeIsADifferenceAndTheOthersAreCreated(EmbeddedKafka broker) {
        KafkaConfig kafka = KafkaConfig.of(broker.bootstrapServers());
        String refused = EmbeddedKafka.uniqueName("refused");
        String fine = EmbeddedKafka.uniqueName("fine");
        TopicPlan plan =
                TopicPlan.of(List.of(TopicSpec.of(refused, 1).withReplicationFactor(3), TopicSpec.of(fine, 1)));

        assertThatExceptionOfType(TopicPlanException.class)
                .isThrownBy(() -> plan.createOrVerify(kafka, TIMEOUT))
                .withMessageStartingWith(
                        "Kafka at " + broker.bootstrapServers() + " differs from the topic plan:\n- topic " + refused
                                + ", existence: expected a topic, found none, and it was not created (")
                .withMessageContaining("replication factor")
                .withMessageEndingWith("). Change the TopicSpec to what the cluster accepts.");
        assertThat(TopicAdmin.partitions(kafka, fine, TIMEOUT)).hasValue(1);
    }

    @Test
    void severalInstancesMayCreateTheSamePlanAtOnce(EmbeddedKafka broker) throws Exception {
        KafkaConfig kafka = KafkaConfig.of(broker.bootstrapServers());
        List<String> names = IntStream.range(0, 4)
                .mapToObj(i -> EmbeddedKafka.uniqueName("race-" + i))
                .toList();
        TopicPlan plan = TopicPlan.of(names.stream()
                .map(name -> TopicSpec.of(name, 2).with("retention.ms", "1000"))
                .toList());
        int instances = 4;
        CyclicBarrier start = new CyclicBarrier(instances);
        Callable<TopicReport> instance = () -> {
            start.await();
            return plan.createOrVerify(kafka, TIMEOUT);
        };

        List<String> created = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(instances);
        try {
            for (Future<TopicReport> report : threads.invokeAll(Collections.nCopies(instances, instance))) {
                created.addAll(report.get().created());
                assertThat(report.get().created().size()
                                + report.get().verified().size())
                        .isEqualTo(names.size());
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(created).containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void aClusterThatDoesNotAnswerIsNamed() {
        KafkaConfig nowhere = KafkaConfig.of("127.0.0.1:1");
        TopicPlan plan = TopicPlan.of(List.of(TopicSpec.of("raw_events", 1)));

        assertThatExceptionOfType(KafkaAccessException.class)
                .isThrownBy(() -> plan.verify(nowhere, Duration.ofMillis(200)))
                .withMessage("Kafka at 127.0.0.1:1 did not describe topic raw_events within PT0.2S."
                        + " Check that it runs, and the address and the security properties in KafkaConfig.")
                .satisfies(e -> assertThat(e.retryable()).isTrue());
    }

    @Test
    void propertiesThatKafkaDoesNotTakeAreNamedWithoutSecrets() {
        KafkaConfig wrong = KafkaConfig.of("127.0.0.1:1")
                .with("ssl.key.password", "hunter2")
                .with("security.protocol", "NONSENSE");
        TopicPlan plan = TopicPlan.of(List.of(TopicSpec.of("raw_events", 1)));

        assertThatExceptionOfType(KafkaAccessException.class)
                .isThrownBy(() -> plan.verify(wrong, TIMEOUT))
                .withMessageStartingWith("Kafka's client does not accept KafkaConfig[127.0.0.1:1,"
                        + " {security.protocol=NONSENSE, ssl.key.password=***}]: Invalid value NONSENSE")
                .withMessageEndingWith(". Correct the properties given to KafkaConfig.")
                .satisfies(e -> assertThat(e.retryable()).isFalse());
    }

    @Test
    void anEmptyPlanAsksNobody() {
        TopicPlan nothing = TopicPlan.of(List.of());

        assertThat(nothing.createOrVerify(KafkaConfig.of("127.0.0.1:1"), TIMEOUT))
                .isEqualTo(new TopicReport(List.of(), List.of()));
    }

    @Test
    void aTimeoutThatIsNotPositiveIsRefused() {
        TopicPlan plan = TopicPlan.of(List.of(TopicSpec.of("raw_events", 1)));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan.verify(KafkaConfig.of("127.0.0.1:1"), Duration.ZERO))
                .withMessage("timeout must be positive but was PT0S");
    }

    private static String setting(KafkaConfig kafka, String topic, String name) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = Admin.create(KafkaClients.admin(kafka, Map.of()))) {
            Config config = admin.describeConfigs(List.of(resource))
                    .all()
                    .get()
                    .values()
                    .iterator()
                    .next();
            return config.get(name).value();
        }
    }
}
