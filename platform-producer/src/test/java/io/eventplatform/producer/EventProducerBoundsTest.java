package io.eventplatform.producer;

import static io.eventplatform.producer.EventProducerTest.failureOf;
import static io.eventplatform.producer.EventProducerTest.holding;
import static io.eventplatform.producer.EventProducerTest.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.eventplatform.contract.Contracts;
import io.eventplatform.event.Event;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(120)
@ExtendWith(KafkaExtension.class)
class EventProducerBoundsTest {

    private static final KafkaConfig NOWHERE = KafkaConfig.of("127.0.0.1:1");

    @Test
    void atTheBoundOfEventsASenderIsRefusedAtOnce(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1);

        try (EventProducer producer = holding(broker, topic)
                .maxInFlightEvents(2)
                .whenFull(WhenFull.refuse())
                .build()) {
            CompletionStage<SendReceipt> first = producer.send(UserSignup.of("a"));
            CompletionStage<SendReceipt> second = producer.send(UserSignup.of("b"));
            long bytes = producer.inFlightBytes();
            SendException.Full failure =
                    failureOf(producer.send(Event.of(UserSignup.of("c")).withId("event-3")), SendException.Full.class);

            assertThat(failure)
                    .hasMessageMatching(
                            "\\[" + topic + " id=event-3] Not sent, for there is no room for its \\d+ bytes:"
                                    + " 2 of 2 events and " + bytes + " of 33554432 bytes are in flight."
                                    + " Send it again later, or raise the bounds\\.");
            assertThat(failure.retryable()).isTrue();
            assertThat(failure.outcomeUnknown()).isFalse();
            assertThat(failure.eventId()).isEqualTo("event-3");
            assertThat(failure.topic()).isEqualTo(topic);

            producer.flush();
            assertThat(join(first).offset()).isZero();
            assertThat(join(second).offset()).isEqualTo(1);
        }
        assertThat(Topics.read(broker.bootstrapServers(), topic)).hasSize(2);
    }

    @Test
    void atTheBoundOfBytesASenderIsRefusedToo(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1);

        try (EventProducer producer = holding(broker, topic)
                .maxInFlightBytes(1_000)
                .whenFull(WhenFull.refuse())
                .build()) {
            producer.send(UserSignup.of("a"));

            failureOf(producer.send(new UserSignup("b", "x".repeat(300), "premium")), SendException.Full.class);
            assertThat(failureOf(
                            producer.send(new UserSignup("c", "x".repeat(1_000), "premium")),
                            SendException.TooLarge.class))
                    .hasMessageContaining(" bytes and maxInFlightBytes is 1000.");
        }
    }

    @Test
    void aSenderThatWaitsIsRefusedAfterItsTime(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1);

        try (EventProducer producer = holding(broker, topic)
                .maxInFlightEvents(1)
                .whenFull(WhenFull.waitUpTo(Duration.ofMillis(50)))
                .build()) {
            producer.send(UserSignup.of("a"));

            assertThat(failureOf(producer.send(UserSignup.of("b")), SendException.Full.class))
                    .hasMessageContaining(" bytes are in flight, and it waited for PT0.05S. Send it again later");
        }
    }

    @Test
    void aSenderThatWaitsIsAdmittedWhenAnEventIsAcknowledged(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1);

        try (EventProducer producer = holding(broker, topic)
                .maxInFlightEvents(1)
                .whenFull(WhenFull.waitUpTo(Duration.ofHours(1)))
                .build()) {
            producer.send(UserSignup.of("a"));
            CompletableFuture<CompletionStage<SendReceipt>> second =
                    CompletableFuture.supplyAsync(() -> producer.send(UserSignup.of("b")));
            producer.flush();
            CompletionStage<SendReceipt> admitted = second.join();
            producer.flush();

            assertThat(join(admitted).offset()).isEqualTo(1);
        }
    }

    @Test
    void anActionOnAStageMaySendIntoTheRoomOfItsOwnEventButNeverWaits(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1);

        try (EventProducer producer = holding(broker, topic)
                .maxInFlightEvents(1)
                .whenFull(WhenFull.waitUpTo(Duration.ofHours(1)))
                .build()) {
            CompletableFuture<CompletionStage<SendReceipt>> next = new CompletableFuture<>();
            CompletableFuture<CompletionStage<SendReceipt>> oneTooMany = new CompletableFuture<>();
            producer.send(UserSignup.of("a")).thenRun(() -> {
                next.complete(producer.send(UserSignup.of("b")));
                oneTooMany.complete(producer.send(UserSignup.of("c")));
            });
            producer.flush();
            failureOf(join(oneTooMany), SendException.Full.class);
            producer.flush();

            assertThat(join(join(next)).offset()).isEqualTo(1);
        }
    }

    @Test
    void anActionOnAStageMayFlush(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1);

        try (EventProducer producer = holding(broker, topic).build()) {
            CompletableFuture<SendReceipt> second = new CompletableFuture<>();
            producer.send(UserSignup.of("a")).thenRun(() -> {
                producer.send(UserSignup.of("b")).thenAccept(second::complete);
                producer.flush();
            });
            producer.flush();

            assertThat(second.join().offset()).isEqualTo(1);
        }
    }

    @Test
    void optionsOutOfBoundsAreRefusedByTheirSetters() {
        EventProducer.Builder builder = EventProducer.builder(NOWHERE);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.deliveryDeadline(Duration.ofMillis(99)))
                .withMessage("deliveryDeadline must be from PT0.1S to PT24H but was PT0.099S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.maxInFlightBytes(0))
                .withMessage("maxInFlightBytes must be from 1 to 2305843009213693951 but was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.maxInFlightEvents(0))
                .withMessage("maxInFlightEvents must be at least 1 but was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WhenFull.waitUpTo(Duration.ZERO))
                .withMessage("maxWait must be positive and at most PT24H but was PT0S;"
                        + " not to wait at all use WhenFull.refuse()");
    }

    @Test
    void combinationsThatCannotWorkAreRefusedWhenBuilding() {
        Contracts contracts = Contracts.of(UserSignup.class);

        assertThatIllegalStateException()
                .isThrownBy(() -> EventProducer.builder(NOWHERE).build())
                .withMessage("contracts are missing: name the events that will be sent, as in"
                        + " contracts(Contracts.of(UserSignup.class))");
        assertThatIllegalStateException()
                .isThrownBy(() -> EventProducer.builder(NOWHERE.with("linger.ms", "800"))
                        .contracts(contracts)
                        .deliveryDeadline(Duration.ofSeconds(1))
                        .build())
                .withMessage("deliveryDeadline (PT1S) must be at least linger.ms (800) plus request.timeout.ms (333)");
        assertThatIllegalStateException()
                .isThrownBy(() -> EventProducer.builder(NOWHERE.with("request.timeout.ms", 60_000))
                        .contracts(contracts)
                        .build())
                .withMessage("deliveryDeadline (PT30S) must be at least linger.ms (5) plus request.timeout.ms (60000)");
        assertThatIllegalStateException()
                .isThrownBy(() -> EventProducer.builder(NOWHERE.with("linger.ms", "soon"))
                        .contracts(contracts)
                        .build())
                .withMessage("linger.ms must be a number but was \"soon\"");
    }
}
