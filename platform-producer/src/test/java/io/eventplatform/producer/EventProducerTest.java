package io.eventplatform.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import io.eventplatform.contract.Contracts;
import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import io.eventplatform.contract.InvalidEventException;
import io.eventplatform.event.Event;
import io.eventplatform.kafka.KafkaAccessException;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
@ExtendWith(KafkaExtension.class)
class EventProducerTest {

    private static final Contracts CONTRACTS = Contracts.of(UserSignup.class);

    @EventContract(type = "unheard_of", version = 1)
    record UnheardOf(@EventKey String id) {}

    @Test
    void anEventIsFlatJsonWithItsEnvelopeInTheHeaders(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1);
        Event<UserSignup> event = Event.of(UserSignup.of("user-123"))
                .withId("event-1")
                .withTimestamp(Instant.parse("2020-11-23T10:15:30.123Z"))
                .withCorrelationId("correlation-1");

        try (EventProducer producer = producer(broker, topic)) {
            join(producer.send(event));
        }

        ConsumerRecord<String, String> record =
                Topics.read(broker.bootstrapServers(), topic).get(0);
        assertThat(record.key()).isEqualTo("user-123");
        assertThat(record.value())
                .isEqualTo("{\"event_id\":\"event-1\",\"event_type\":\"user_signup\",\"schema_version\":\"v1\","
                        + "\"timestamp\":\"2020-11-23T10:15:30.123Z\",\"correlation_id\":\"correlation-1\","
                        + "\"user_id\":\"user-123\",\"email\":\"user-123@example.com\",\"plan\":\"premium\"}");
        assertThat(Topics.headers(record))
                .containsExactly(
                        entry("event_id", "event-1"),
                        entry("event_type", "user_signup"),
                        entry("schema_version", "v1"),
                        entry("timestamp", "2020-11-23T10:15:30.123Z"),
                        entry("correlation_id", "correlation-1"));
    }

    @Test
    void theRecordsTimestampIsTheTimeOfProduceWhateverTheEventsOwnTime(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1);
        Event<UserSignup> old =
                Event.of(UserSignup.of("user-123")).withTimestamp(Instant.parse("2001-01-01T00:00:00Z"));

        long before = System.currentTimeMillis();
        SendReceipt receipt;
        try (EventProducer producer = producer(broker, topic)) {
            receipt = join(producer.send(old));
        }
        long after = System.currentTimeMillis();

        ConsumerRecord<String, String> record =
                Topics.read(broker.bootstrapServers(), topic).get(0);
        assertThat(record.timestampType()).isEqualTo(TimestampType.CREATE_TIME);
        assertThat(record.timestamp()).isBetween(before, after);
        assertThat(receipt.producedAt()).isEqualTo(Instant.ofEpochMilli(record.timestamp()));
    }

    @Test
    void aReceiptHoldsThePositionAtWhichTheEventIsFound(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 4);
        List<SendReceipt> receipts;

        try (EventProducer producer = producer(broker, topic)) {
            receipts =
                    IntStream.range(0, 200)
                            .mapToObj(i -> producer.send(UserSignup.of("user-" + i % 20)))
                            .toList()
                            .stream()
                            .map(EventProducerTest::join)
                            .toList();
        }

        assertThat(Topics.read(broker.bootstrapServers(), topic))
                .map(record -> new SendReceipt(
                        Topics.eventId(record),
                        topic,
                        record.partition(),
                        record.offset(),
                        Instant.ofEpochMilli(record.timestamp())))
                .containsExactlyInAnyOrderElementsOf(receipts);
    }

    @Test
    void eventsOfOneKeyKeepTheirOrder(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 4);
        List<String> ids = IntStream.range(0, 500).mapToObj(i -> "event-" + i).toList();

        try (EventProducer producer = producer(broker, topic)) {
            ids.forEach(id -> producer.send(Event.of(UserSignup.of("user-123")).withId(id)));
        }

        assertThat(Topics.read(broker.bootstrapServers(), topic))
                .map(Topics::eventId)
                .isEqualTo(ids);
    }

    /** The partitions follow from Kafka's published test values of murmur2. */
    @ParameterizedTest
    @CsvSource({"21,3", "foobar,0", "a-little-bit-long-string,1"})
    void theKeyChoosesThePartitionAsInAnyKafkaClient(String key, int partition, EmbeddedKafka broker) {
        String topic = Topics.create(broker, 7);

        try (EventProducer producer = producer(broker, topic)) {
            assertThat(join(producer.send(UserSignup.of(key))).partition()).isEqualTo(partition);
        }
    }

    @Test
    void stagesCompleteInOrderOnOneDaemonThreadOfTheProducer(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1);
        List<Integer> completed = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();

        try (EventProducer producer = holding(broker, topic).build()) {
            for (int i = 0; i < 5; i++) {
                int number = i;
                producer.send(UserSignup.of("user-123")).thenRun(() -> {
                    completed.add(number);
                    threads.add(Thread.currentThread());
                });
            }
            producer.flush();
        }

        assertThat(completed).containsExactly(0, 1, 2, 3, 4);
        assertThat(threads).hasSize(5).containsOnly(threads.get(0));
        assertThat(threads.get(0).getName()).isEqualTo("event-producer-" + topic + "-completions");
        assertThat(threads.get(0).isDaemon()).isTrue();
    }

    @Test
    void aCallerCannotCompleteTheStageOfAnEvent(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1);

        try (EventProducer producer = producer(broker, topic)) {
            CompletionStage<SendReceipt> stage = producer.send(UserSignup.of("user-123"));
            stage.toCompletableFuture().completeExceptionally(new IllegalStateException("not by me"));

            assertThat(join(stage).offset()).isZero();
        }
    }

    @Test
    void anEventOfAContractThatWasNotNamedIsRefusedBeforeKafka(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1);

        try (EventProducer producer = producer(broker, topic)) {
            SendException.Invalid failure = failureOf(
                    producer.send(Event.of(new UnheardOf("a")).withId("event-1")), SendException.Invalid.class);

            assertThat(failure)
                    .hasMessage("[" + topic + " id=event-1] Not sent, for this producer was not told of contract"
                            + " unheard_of v1. Add its record to the contracts of the producer.")
                    .hasCauseInstanceOf(InvalidEventException.class);
            assertThat(failure.reason()).isEqualTo(InvalidEventException.Reason.TYPE_UNKNOWN);
            assertThat(failure.retryable()).isFalse();
        }
        assertThat(Topics.read(broker.bootstrapServers(), topic)).isEmpty();
    }

    @Test
    @SuppressWarnings("NullAway") // the point
    void anEventThatBreaksItsContractIsRefusedBeforeKafka(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1);

        try (EventProducer producer = producer(broker, topic)) {
            SendException.Invalid failure = failureOf(
                    producer.send(Event.of(new UserSignup("user-123", null, "premium"))
                            .withId("event-1")),
                    SendException.Invalid.class);

            assertThat(failure)
                    .hasMessageStartingWith("[" + topic + " id=event-1] Not sent, for the event breaks its contract: ")
                    .hasMessageEndingWith(". Correct the code that makes it.")
                    .hasCauseInstanceOf(InvalidEventException.class);
            assertThat(failure.reason()).isEqualTo(InvalidEventException.Reason.CONTRACT_VIOLATED);
        }
        assertThat(Topics.read(broker.bootstrapServers(), topic)).isEmpty();
    }

    @Test
    void anEventAboveTheClientsLimitIsRefusedWithItsSize(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1);
        KafkaConfig kafka = Topics.connect(broker).with("max.request.size", 1_000);
        Event<?> large = Event.of(new UserSignup("user-123", "x".repeat(2_000), "premium"))
                .withId("event-1");

        try (EventProducer producer =
                EventProducer.builder(kafka).topic(topic).contracts(CONTRACTS).build()) {
            SendException.TooLarge failure = failureOf(producer.send(large), SendException.TooLarge.class);

            assertThat(failure.sizeBytes()).isBetween(2_000L, 3_000L);
            assertThat(failure)
                    .hasMessage("[" + topic + " id=event-1] Not sent, for the event has " + failure.sizeBytes()
                            + " bytes and max.request.size is 1000. Make it smaller: keep large content elsewhere and"
                            + " send a reference to it.");
            assertThat(producer.inFlightEvents()).isZero();
        }
    }

    @Test
    void anEventAboveTheTopicsLimitFailsAlone(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1, Map.of("max.message.bytes", "1500"));
        Event<?> large = Event.of(new UserSignup("user-123", "x".repeat(2_000), "premium"))
                .withId("large");

        try (EventProducer producer = holding(broker, topic).build()) {
            CompletionStage<SendReceipt> before = producer.send(UserSignup.of("user-123"));
            CompletionStage<SendReceipt> tooLarge = producer.send(large);
            CompletionStage<SendReceipt> after = producer.send(UserSignup.of("user-123"));
            producer.flush();

            assertThat(failureOf(tooLarge, SendException.TooLarge.class))
                    .hasMessageStartingWith("[" + topic + " id=large] Not sent, for the event has ")
                    .hasMessageContaining(" bytes, which is more than Kafka takes: ")
                    .hasMessageEndingWith(". Make it smaller, or raise the topic's max.message.bytes.");
            assertThat(join(before).offset()).isZero();
            assertThat(join(after).offset()).isEqualTo(1);
        }
    }

    @Test
    void aTopicThatDoesNotExistIsAnErrorAndIsNotCreated(EmbeddedKafka broker) {
        String topic = EmbeddedKafka.uniqueName("missing");

        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatExceptionOfType(KafkaAccessException.class)
                    .isThrownBy(() -> producer(broker, topic))
                    .withMessage("Topic " + topic + " does not exist at " + broker.bootstrapServers()
                            + ". Name another with topic(…), or create it before the producer starts, for example with"
                            + " TopicPlan.of(List.of(TopicSpec.of(\"" + topic
                            + "\", partitions))).createOrVerify(kafka, timeout).")
                    .satisfies(e -> assertThat(e.retryable()).isFalse());
        }
    }

    @Test
    void aBrokerThatDoesNotAnswerIsAnErrorWithinTheDeadline() {
        EventProducer.Builder builder = EventProducer.builder(KafkaConfig.of("127.0.0.1:1"))
                .contracts(CONTRACTS)
                .deliveryDeadline(Duration.ofMillis(200));

        assertThatExceptionOfType(KafkaAccessException.class)
                .isThrownBy(builder::build)
                .withMessageStartingWith("Kafka at 127.0.0.1:1 did not describe topic raw_events within PT0.2S.")
                .satisfies(e -> assertThat(e.retryable()).isTrue());
    }

    @Test
    void manyThreadsShareAProducerWithinTightBounds(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 3);
        List<CompletableFuture<SendReceipt>> sent = Collections.synchronizedList(new ArrayList<>());

        try (EventProducer producer = EventProducer.builder(Topics.connect(broker))
                .topic(topic)
                .contracts(CONTRACTS)
                .maxInFlightEvents(7)
                .whenFull(WhenFull.waitUpTo(Duration.ofMinutes(1)))
                .build()) {
            CompletableFuture<?>[] senders = IntStream.range(0, 4)
                    .mapToObj(sender -> CompletableFuture.runAsync(() -> {
                        for (int i = 0; i < 250; i++) {
                            sent.add(producer.send(UserSignup.of("user-" + sender))
                                    .toCompletableFuture());
                            assertThat(producer.inFlightEvents()).isLessThanOrEqualTo(7);
                        }
                    }))
                    .toArray(CompletableFuture<?>[]::new);
            CompletableFuture.allOf(senders).join();
            producer.flush();

            assertThat(producer.inFlightEvents()).isZero();
            assertThat(producer.inFlightBytes()).isZero();
        }

        assertThat(Topics.read(broker.bootstrapServers(), topic))
                .map(Topics::eventId)
                .containsExactlyInAnyOrderElementsOf(
                        sent.stream().map(each -> join(each).eventId()).toList());
    }

    static EventProducer producer(EmbeddedKafka broker, String topic) {
        return EventProducer.builder(Topics.connect(broker))
                .topic(topic)
                .contracts(CONTRACTS)
                .build();
    }

    /** A producer that keeps events in flight until it is flushed or closed. */
    static EventProducer.Builder holding(EmbeddedKafka broker, String topic) {
        return EventProducer.builder(Topics.connect(broker).with("linger.ms", 3_600_000))
                .topic(topic)
                .contracts(CONTRACTS)
                .deliveryDeadline(Duration.ofHours(2));
    }

    static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    static <E extends SendException> E failureOf(CompletionStage<SendReceipt> stage, Class<E> type) {
        try {
            SendReceipt receipt = join(stage);
            throw new AssertionError("was sent: " + receipt);
        } catch (CompletionException e) {
            assertThat(e.getCause()).isExactlyInstanceOf(type);
            return Objects.requireNonNull(type.cast(e.getCause()));
        }
    }
}
