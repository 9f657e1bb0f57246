package io.eventplatform.kafka.testkit;

import static io.eventplatform.kafka.testkit.EmbeddedKafka.uniqueName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each fault, between Kafka's clients and a real broker. */
@Timeout(60)
class FaultProxyTest {

    @RegisterExtension
    static final KafkaExtension KAFKA = KafkaExtension.own();

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** So that clients notice quickly that the fault is over. */
    private static final Map<String, Object> EAGER =
            Map.of("reconnect.backoff.max.ms", "100", "retry.backoff.max.ms", "100");

    private final EmbeddedKafka kafka;
    private final FaultProxy proxy;
    private final String topic = uniqueName("topic");

    FaultProxyTest(EmbeddedKafka kafka, FaultProxy proxy) {
        this.kafka = kafka;
        this.proxy = proxy;
    }

    @BeforeEach
    void createTopic() {
        kafka.createTopic(topic, 1, Map.of());
    }

    @Test
    void withoutAFaultEverythingPassesUnharmed() {
        Random random = new Random(1);
        List<String> values = Stream.generate(() -> "x".repeat(random.nextInt(300_000)) + random.nextLong())
                .limit(100)
                .toList();

        Clients.write(proxy.bootstrapServers(), topic, values.toArray(String[]::new));

        assertThat(Clients.readCommitted(proxy.bootstrapServers(), topic)).isEqualTo(values);
        assertThat(Clients.readCommitted(kafka.bootstrapServers(), topic)).isEqualTo(values);
    }

    // region unknown-outcome
    @Test
    void aCommitWhoseResponsesAreDroppedIsCarriedOutThoughItsCallerTimesOut() {
        try (KafkaProducer<String, String> producer =
                producer(Map.of("transactional.id", uniqueName("tx"), "max.block.ms", "2000"))) {
            producer.initTransactions();
            producer.beginTransaction();
            Clients.send(producer, topic, "committed");

            Fault lost = proxy.dropResponses(ApiKind.END_TXN);
            assertThatThrownBy(producer::commitTransaction).isInstanceOf(TimeoutException.class);

            assertThat(lost.strikes()).isPositive();
            assertThat(Clients.readCommitted(kafka.bootstrapServers(), topic)).containsExactly("committed");
            proxy.restore();
            producer.commitTransaction(); // the same commit, now answered
        }
    }
    // endregion

    @Test
    void aDroppedRequestNeverArrives() {
        try (KafkaProducer<String, String> producer =
                producer(Map.of("transactional.id", uniqueName("tx"), "max.block.ms", "2000"))) {
            producer.initTransactions();
            producer.beginTransaction();
            Clients.send(producer, topic, "committed late");

            Fault lost = proxy.dropRequests(ApiKind.END_TXN);
            assertThatThrownBy(producer::commitTransaction).isInstanceOf(TimeoutException.class);

            assertThat(lost.strikes()).isPositive();
            assertThat(Clients.readCommitted(kafka.bootstrapServers(), topic)).isEmpty();
            lost.end();
            producer.commitTransaction();
            assertThat(Clients.readCommitted(kafka.bootstrapServers(), topic)).containsExactly("committed late");
        }
    }

    @Test
    void aRequestWhoseResponseIsDroppedOnceIsRepeatedByItsClient() {
        Fault lost = proxy.dropResponses(ApiKind.PRODUCE, 1);

        try (KafkaProducer<String, String> producer = producer(Map.of("enable.idempotence", "false"))) {
            Clients.send(producer, topic, "a");
        }

        assertThat(lost.strikes()).isEqualTo(1);
        assertThat(Clients.readCommitted(kafka.bootstrapServers(), topic)).containsExactly("a", "a");
    }

    @Test
    void anIdempotentProducerWritesOnceThoughAResponseIsDropped() throws Exception {
        Fault lost = proxy.dropResponses(ApiKind.PRODUCE, 2);

        try (KafkaProducer<String, String> producer = producer(Map.of())) {
            Clients.send(producer, topic, "a", "b");
        }

        lost.awaitStrikes(2, PATIENCE);
        assertThat(Clients.readCommitted(kafka.bootstrapServers(), topic)).containsExactly("a", "b");
    }

    @Test
    void everyStepOfATransactionIsCarriedOutOnceThoughItsResponseIsDroppedOnce() {
        List<ApiKind> steps = List.of(
                ApiKind.FIND_COORDINATOR,
                ApiKind.INIT_PRODUCER_ID,
                ApiKind.PRODUCE,
                ApiKind.TXN_OFFSET_COMMIT,
                ApiKind.END_TXN);
        List<Fault> lost =
                steps.stream().map(step -> proxy.dropResponses(step, 1)).toList();
        String group = uniqueName("group");

        try (KafkaProducer<String, String> producer = producer(Map.of("transactional.id", uniqueName("tx")));
                var consumer = Clients.consumer(proxy.bootstrapServers(), Map.of("group.id", group))) {
            producer.initTransactions();
            producer.beginTransaction();
            Clients.send(producer, topic, "a");
            producer.sendOffsetsToTransaction(
                    Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(7)), consumer.groupMetadata());
            producer.commitTransaction();

            assertThat(consumer.committed(Set.of(new TopicPartition(topic, 0))))
                    .containsValue(new OffsetAndMetadata(7));
        }
        assertThat(lost).allMatch(fault -> fault.strikes() == 1);
        assertThat(Clients.readCommitted(kafka.bootstrapServers(), topic)).containsExactly("a");
    }

    @Test
    void aGroupReadsAndCommitsThoughTheResponseToEachStepIsDroppedOnce() {
        Clients.write(kafka.bootstrapServers(), topic, "a");
        List<Fault> lost = Stream.of(
                        ApiKind.JOIN_GROUP, ApiKind.SYNC_GROUP, ApiKind.FETCH, ApiKind.OFFSET_COMMIT, ApiKind.HEARTBEAT)
                .map(step -> proxy.dropResponses(step, 1))
                .toList();

        // A member whose first answer is lost holds up its next attempt to join until its session is over.
        Map<String, Object> config = Map.of(
                "group.id",
                uniqueName("group"),
                "enable.auto.commit",
                "false",
                "session.timeout.ms",
                "6000",
                "heartbeat.interval.ms",
                "100");
        try (var consumer = Clients.consumer(proxy.bootstrapServers(), config)) {
            consumer.subscribe(List.of(topic));
            List<String> values = new ArrayList<>();
            while (values.isEmpty() || lost.stream().anyMatch(fault -> fault.strikes() == 0)) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
                consumer.commitSync();
            }

            assertThat(values).containsExactly("a");
            assertThat(consumer.committed(Set.of(new TopicPartition(topic, 0))))
                    .hasValueSatisfying(new Condition<>(committed -> committed.offset() == 1, "offset 1"));
        }
    }

    @Test
    void aCutBreaksConnectionsAndRefusesNewOnesUntilRestored() throws Exception {
        try (KafkaProducer<String, String> producer = producer(EAGER)) {
            Clients.send(producer, topic, "before");

            Fault cut = proxy.cut();
            long broken = cut.strikes();
            Future<?> answer = producer.send(new ProducerRecord<>(topic, "during"));
            cut.awaitStrikes(broken + 3, PATIENCE);

            assertThat(broken).isPositive();
            assertThat(answer.isDone()).isFalse();
            assertThat(Clients.readCommitted(kafka.bootstrapServers(), topic)).containsExactly("before");
            proxy.restore();
            answer.get();
            assertThat(Clients.readCommitted(kafka.bootstrapServers(), topic)).containsExactly("before", "during");
        }
    }

    @Test
    void aCutOfOneClientLeavesTheOtherAlone() throws Exception {
        try (KafkaProducer<String, String> one = producer(named("worker-1"));
                KafkaProducer<String, String> two = producer(named("worker-2"))) {
            Clients.send(one, topic, "one before");
            Clients.send(two, topic, "two before");

            Fault cut = proxy.clients("worker-1").cut();
            Future<?> answer = one.send(new ProducerRecord<>(topic, "one during"));
            cut.awaitStrikes(3, PATIENCE);
            Clients.send(two, topic, "two during");

            assertThat(Clients.readCommitted(kafka.bootstrapServers(), topic))
                    .containsExactly("one before", "two before", "two during");
            proxy.clients("worker-1").restore();
            answer.get();
        }
    }

    @Test
    void twoClientsHaveFaultsOfTheirOwnAtTheSameTime() throws Exception {
        try (KafkaProducer<String, String> one = producer(named("worker-1"));
                KafkaProducer<String, String> two = producer(named("worker-2"))) {
            Clients.send(one, topic, "one before");
            Clients.send(two, topic, "two before");

            Fault cut = proxy.clients("worker-1").cut();
            Fault deaf = proxy.clients("worker-2").dropRequests(ApiKind.PRODUCE);
            Future<?> first = one.send(new ProducerRecord<>(topic, "one during"));
            Future<?> second = two.send(new ProducerRecord<>(topic, "two during"));
            deaf.awaitStrikes(2, PATIENCE);
            cut.awaitStrikes(3, PATIENCE);
            proxy.clients("worker-2").restore();
            second.get();

            assertThat(first.isDone()).isFalse();
            assertThat(Clients.readCommitted(kafka.bootstrapServers(), topic))
                    .containsExactly("one before", "two before", "two during");
            proxy.restore();
            first.get();
        }
    }

    @Test
    void aDelayedResponseWaitsUntilTheDelayIsOver() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", proxy.bootstrapServers()))) {
            admin.describeCluster().nodes().get();
            Fault delay = proxy.delay(Duration.ofMillis(300), ApiKind.DESCRIBE_CLUSTER);

            long start = System.nanoTime();
            admin.describeCluster().nodes().get();
            Duration took = Duration.ofNanos(System.nanoTime() - start);

            assertThat(took).isGreaterThanOrEqualTo(Duration.ofMillis(300));
            assertThat(delay.strikes()).isEqualTo(1);
        }
    }

    @Test
    void aHeldResponseIsDeliveredWhenItsFaultEnds() throws Exception {
        try (KafkaProducer<String, String> producer = producer(Map.of())) {
            Fault silence = proxy.delay(Duration.ofDays(1_000_000), ApiKind.PRODUCE);
            Future<?> answer = producer.send(new ProducerRecord<>(topic, "a"));
            silence.awaitStrikes(1, PATIENCE);

            assertThat(Clients.readCommitted(kafka.bootstrapServers(), topic)).containsExactly("a");
            assertThat(answer.isDone()).isFalse();
            silence.end();
            answer.get();
        }
    }

    @Test
    void aDelayWithoutKindsHoldsEveryResponse() throws Exception {
        Fault silence = proxy.delay(Duration.ofHours(1));

        try (Admin admin = Admin.create(Map.of("bootstrap.servers", proxy.bootstrapServers()))) {
            Future<?> answer =
                    admin.describeCluster().nodes().toCompletionStage().toCompletableFuture();
            silence.awaitStrikes(1, PATIENCE);
            proxy.restore();
            answer.get();
        }
    }

    @Test
    void theBrokerAndWhoGoesPastTheProxyFeelNoFault() {
        proxy.cut();

        kafka.createTopic(topic + "-past", 1, Map.of());
        try (KafkaProducer<String, String> producer =
                Clients.producer(kafka.bootstrapServers(), Map.of("transactional.id", uniqueName("tx")))) {
            producer.initTransactions();
            producer.beginTransaction();
            Clients.send(producer, topic, "a");
            producer.commitTransaction();
        }

        // Only after the broker has sent itself the end of the transaction is there something to read.
        assertThat(Clients.readCommitted(kafka.bootstrapServers(), topic)).containsExactly("a");
    }

    @Test
    void aFaultThatDoesNotStrikeSaysWhatToCheck() {
        Fault fault = proxy.clients("worker-1").dropResponses(ApiKind.END_TXN, 1);

        assertThatThrownBy(() -> fault.awaitStrikes(1, Duration.ofMillis(10)))
                .isInstanceOf(java.util.concurrent.TimeoutException.class)
                .hasMessage("After PT0.01S dropResponses of [END_TXN] on clients worker-1… has struck 0 times, not 1."
                        + " Check that the client connects to the proxy and sends such requests.");
    }

    @Test
    void anArgumentThatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> proxy.dropResponses(ApiKind.PRODUCE, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("times must be at least 1 but was 0");
        assertThatThrownBy(proxy::dropRequests)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("kinds must not be empty; to drop everything use cut()");
        assertThatThrownBy(() -> proxy.delay(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("delay must be positive but was PT0S");
        assertThatThrownBy(() -> proxy.clients(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("idPrefix must not be empty; faults on all clients are the proxy's own");
    }

    private static Map<String, Object> named(String clientId) {
        Map<String, Object> config = new HashMap<>(EAGER);
        config.put("client.id", clientId);
        return config;
    }

    private KafkaProducer<String, String> producer(Map<String, Object> config) {
        return Clients.producer(proxy.bootstrapServers(), config);
    }
}
