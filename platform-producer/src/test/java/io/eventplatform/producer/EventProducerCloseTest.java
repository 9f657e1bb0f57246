package io.eventplatform.producer;

import static io.eventplatform.producer.EventProducerTest.failureOf;
import static io.eventplatform.producer.EventProducerTest.holding;
import static io.eventplatform.producer.EventProducerTest.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.eventplatform.contract.Contracts;
import io.eventplatform.event.Event;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.testkit.ApiKind;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.FaultProxy;
import io.eventplatform.kafka.testkit.KafkaExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@ExtendWith(KafkaExtension.class)
class EventProducerCloseTest {

    private static final Duration DRAIN = Duration.ofSeconds(30);

    @Test
    void closingDeliversWhatIsInFlight(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 3);
        EventProducer producer = holding(broker, topic).build();
        List<CompletionStage<SendReceipt>> stages = IntStream.range(0, 50)
                .mapToObj(i -> producer.send(UserSignup.of("user-" + i)))
                .toList();

        CloseReport report = producer.close(DRAIN);

        assertThat(report).isEqualTo(new CloseReport(50, 0, 0));
        assertThat(report.complete()).isTrue();
        assertThat(stages).allMatch(stage -> stage.toCompletableFuture().isDone());
        assertThat(Topics.read(broker.bootstrapServers(), topic)).hasSize(50);
    }

    @Test
    void aClosedProducerRefusesEventsAndReportsTheSameAgain(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1);
        EventProducer producer = holding(broker, topic).build();
        producer.send(UserSignup.of("user-123"));
        CloseReport report = producer.close(DRAIN);

        SendException.Closed failure = failureOf(
                producer.send(Event.of(UserSignup.of("user-123")).withId("event-1")), SendException.Closed.class);

        assertThat(failure)
                .hasMessage("[" + topic
                        + " id=event-1] Not sent, for the producer is closed. Send it with another producer.");
        assertThat(producer.close(Duration.ZERO)).isEqualTo(report);
        producer.close();
    }

    @Test
    void aSenderThatWaitsForRoomIsRefused(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1);
        EventProducer producer = holding(broker, topic)
                .maxInFlightEvents(1)
                .whenFull(WhenFull.waitUpTo(Duration.ofHours(1)))
                .build();
        producer.send(UserSignup.of("a"));
        CompletableFuture<CompletionStage<SendReceipt>> waiting =
                CompletableFuture.supplyAsync(() -> producer.send(UserSignup.of("b")));

        CloseReport report = producer.close(DRAIN);

        failureOf(waiting.join(), SendException.Closed.class);
        assertThat(report).isEqualTo(new CloseReport(1, 0, 0));
    }

    @Test
    void withoutABrokerWhatIsInFlightIsAbandonedWhenTheTimeIsOver() {
        EventProducer producer;
        CompletionStage<SendReceipt> stage;
        try (EmbeddedKafka broker = EmbeddedKafka.start()) {
            producer = EventProducerTest.producer(broker, Topics.create(broker, 1));
        }
        stage = producer.send(Event.of(UserSignup.of("a")).withId("event-1"));
        producer.send(UserSignup.of("b"));

        long start = System.nanoTime();
        CloseReport report = producer.close(Duration.ofMillis(500));
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(report).isEqualTo(new CloseReport(0, 0, 2));
        assertThat(took).isLessThan(Duration.ofSeconds(10));
        assertThat(stage.toCompletableFuture()).isDone();
        SendException.OutcomeUnknown failure = failureOf(stage, SendException.OutcomeUnknown.class);
        assertThat(failure)
                .hasMessageEndingWith(" id=event-1] Not acknowledged before the producer was closed, so it is unknown"
                        + " whether it was written. Send the same event again: if it was written, its id tells the"
                        + " duplicate.");
        assertThat(failure.outcomeUnknown()).isTrue();
        assertThat(failure.retryable()).isTrue();
        assertThat(producer.inFlightEvents()).isZero();
        assertThat(producer.inFlightBytes()).isZero();
    }

    @Test
    void withoutABrokerAnEventsOutcomeIsUnknownAtItsDeadline() {
        EventProducer producer;
        try (EmbeddedKafka broker = EmbeddedKafka.start()) {
            producer = EventProducer.builder(Topics.connect(broker))
                    .topic(Topics.create(broker, 1))
                    .contracts(Contracts.of(UserSignup.class))
                    .deliveryDeadline(Duration.ofSeconds(2))
                    .build();
        }

        CompletionStage<SendReceipt> stage = producer.send(UserSignup.of("a"));

        assertThat(failureOf(stage, SendException.OutcomeUnknown.class))
                .hasMessageContaining("Not acknowledged within PT2S, so it is unknown whether it was written (");
        assertThat(producer.close(Duration.ZERO)).isEqualTo(new CloseReport(0, 0, 0));
    }

    @Test
    void aBrokerThatLeavesBeforeItGaveAProducerIdLeavesNoStageOpen() {
        EventProducer producer;
        try (FaultProxy proxy = FaultProxy.listen();
                EmbeddedKafka broker = EmbeddedKafka.builder().behind(proxy).start()) {
            proxy.dropRequests(ApiKind.INIT_PRODUCER_ID);
            producer = EventProducer.builder(KafkaConfig.of(proxy.bootstrapServers()))
                    .topic(Topics.create(broker, 1))
                    .contracts(Contracts.of(UserSignup.class))
                    .deliveryDeadline(Duration.ofSeconds(2))
                    .build();
        }

        CompletionStage<SendReceipt> stage = producer.send(UserSignup.of("a"));

        assertThat(failureOf(stage, SendException.OutcomeUnknown.class))
                .hasMessageContaining(
                        "Not acknowledged within PT2S, so it is unknown whether it was written (Kafka at ")
                .hasMessageContaining("does not answer). Send the same event again");
        producer.send(UserSignup.of("b"));
        producer.flush(); // returns, though Kafka's client has an answer for none of both
        assertThat(producer.inFlightEvents()).isZero();
        assertThat(producer.inFlightBytes()).isPositive();
        assertThat(producer.close(Duration.ZERO)).isEqualTo(new CloseReport(0, 0, 0));
        assertThat(producer.inFlightBytes()).isZero();
    }

    @Test
    void eventsSentWhileTheBrokerIsAwayAreWrittenOnceAndInOrder(@TempDir Path data) {
        List<String> ids = IntStream.range(0, 100).mapToObj(i -> "event-" + i).toList();
        EventProducer producer;
        int port;
        try (EmbeddedKafka broker = EmbeddedKafka.builder().dataDirectory(data).start()) {
            port = Integer.parseInt(broker.bootstrapServers().replaceFirst(".*:", ""));
            broker.createTopic("raw_events", 1, Map.of());
            producer = EventProducer.builder(Topics.connect(broker))
                    .contracts(Contracts.of(UserSignup.class))
                    .deliveryDeadline(Duration.ofMinutes(2))
                    .build();
            ids.subList(0, 50)
                    .forEach(id -> producer.send(Event.of(UserSignup.of("a")).withId(id)));
        }
        List<CompletionStage<SendReceipt>> whileAway = ids.subList(50, 100).stream()
                .map(id -> producer.send(Event.of(UserSignup.of("a")).withId(id)))
                .toList();

        try (EmbeddedKafka broker =
                EmbeddedKafka.builder().dataDirectory(data).port(port).start()) {
            whileAway.forEach(EventProducerTest::join);
            producer.close(DRAIN);

            assertThat(Topics.read(broker.bootstrapServers(), "raw_events"))
                    .map(Topics::eventId)
                    .isEqualTo(ids);
        }
    }

    @Test
    void anActionOnAStageMayCloseTheProducer(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1);
        EventProducer producer = holding(broker, topic).build();
        CompletableFuture<CloseReport> fromAction = producer.send(UserSignup.of("a"))
                .thenApply(receipt -> {
                    producer.send(UserSignup.of("b"));
                    return producer.close(DRAIN);
                })
                .toCompletableFuture();

        producer.flush();

        assertThat(fromAction.join()).isEqualTo(new CloseReport(1, 0, 0));
        assertThat(producer.close(DRAIN)).isEqualTo(new CloseReport(1, 0, 0));
        assertThat(Topics.read(broker.bootstrapServers(), topic)).hasSize(2);
    }

    @Test
    void anActionMayCloseTheProducerThatIsBeingClosed(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1);
        EventProducer producer = holding(broker, topic).build();
        CompletableFuture<CloseReport> fromAction = producer.send(UserSignup.of("a"))
                .thenApply(receipt -> producer.close(DRAIN))
                .toCompletableFuture();

        CloseReport report = producer.close(DRAIN);

        assertThat(report).isEqualTo(new CloseReport(1, 0, 0));
        assertThat(fromAction.join()).isEqualTo(report);
    }

    @Test
    void anActionThatDoesNotEndDoesNotHoldUpClosing(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1);
        EventProducer producer = holding(broker, topic).build();
        CountDownLatch never = new CountDownLatch(1);
        CompletionStage<Void> stuck = producer.send(UserSignup.of("a")).thenRun(() -> awaitQuietly(never));
        CompletionStage<SendReceipt> behind = producer.send(UserSignup.of("b"));

        CloseReport report = producer.close(Duration.ofSeconds(2));

        assertThat(report).isEqualTo(new CloseReport(2, 0, 0));
        assertThat(stuck.toCompletableFuture()).isNotDone();
        never.countDown();
        assertThat(join(behind).offset()).isEqualTo(1);
    }

    @Test
    void anInterruptEndsTheWaitButNotTheClosing() {
        EventProducer producer;
        try (EmbeddedKafka broker = EmbeddedKafka.start()) {
            producer = EventProducerTest.producer(broker, Topics.create(broker, 1));
        }
        CompletionStage<SendReceipt> stage = producer.send(UserSignup.of("a"));

        Thread.currentThread().interrupt();
        CloseReport report = producer.close(Duration.ofHours(1));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(report).isEqualTo(new CloseReport(0, 0, 1));
        failureOf(stage, SendException.OutcomeUnknown.class);
    }

    @Test
    void anInterruptedFlushLeavesTheEventsAlone(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1);
        EventProducer producer = holding(broker, topic).build();
        CompletionStage<SendReceipt> stage = producer.send(UserSignup.of("a"));

        Thread.currentThread().interrupt();
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(producer::flush)
                .withMessage("Interrupted while flushing " + topic + "; the events are still being delivered.");

        assertThat(Thread.interrupted()).isTrue();
        producer.close(DRAIN);
        assertThat(join(stage).offset()).isZero();
    }

    @Test
    void aNegativeTimeIsRefused(EmbeddedKafka broker) {
        try (EventProducer producer = EventProducerTest.producer(broker, Topics.create(broker, 1))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> producer.close(Duration.ofMillis(-1)))
                    .withMessage("drain must not be negative but was PT-0.001S");
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
