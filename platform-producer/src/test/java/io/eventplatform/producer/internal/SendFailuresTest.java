package io.eventplatform.producer.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.eventplatform.contract.Contracts;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.producer.SendException;
import io.eventplatform.producer.UserSignup;
import io.eventplatform.producer.WhenFull;
import io.eventplatform.telemetry.Telemetry;
import java.time.Duration;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SendFailuresTest {

    private final SendFailures failures = new SendFailures(new DeliverySettings(
            KafkaConfig.of("broker:9092"),
            "raw_events",
            Contracts.of(UserSignup.class),
            Telemetry.noop(),
            Duration.ofSeconds(30),
            1_000,
            10,
            WhenFull.waitUpTo(Duration.ofSeconds(10))));

    static Stream<Arguments> failuresAfterKafkasClientTookOver() {
        return Stream.of(
                arguments(new TimeoutException("expired"), SendException.OutcomeUnknown.class),
                arguments(new NotEnoughReplicasException("few"), SendException.OutcomeUnknown.class),
                arguments(new OutOfOrderSequenceException("gap"), SendException.OutcomeUnknown.class),
                arguments(new UnknownServerException("odd"), SendException.OutcomeUnknown.class),
                arguments(new RecordTooLargeException("large"), SendException.TooLarge.class),
                arguments(new TopicAuthorizationException("denied"), SendException.Rejected.class),
                arguments(new SaslAuthenticationException("denied"), SendException.Rejected.class),
                arguments(new InvalidRecordException("bad"), SendException.Rejected.class));
    }

    @ParameterizedTest
    @MethodSource("failuresAfterKafkasClientTookOver")
    void onlyWhatABrokerCertainlyRefusedCountsAsNotWritten(Exception cause, Class<? extends SendException> meaning) {
        SendException failure = failures.notAcknowledged("event-1", 100, cause);

        assertThat(failure).isExactlyInstanceOf(meaning).hasCause(cause);
        assertThat(failure.outcomeUnknown()).isEqualTo(meaning == SendException.OutcomeUnknown.class);
        assertThat(failure.retryable()).isEqualTo(failure.outcomeUnknown());
    }

    static Stream<Arguments> failuresBeforeKafkasClientTookOver() {
        return Stream.of(
                arguments(new TimeoutException("no metadata"), SendException.Unavailable.class),
                arguments(new BufferExhaustedException("no memory"), SendException.Unavailable.class),
                arguments(new RecordTooLargeException("large"), SendException.TooLarge.class),
                arguments(new TopicAuthorizationException("denied"), SendException.Rejected.class),
                arguments(new KafkaException("odd"), SendException.Rejected.class));
    }

    @ParameterizedTest
    @MethodSource("failuresBeforeKafkasClientTookOver")
    void whatNeverReachedKafkasClientIsNotWritten(Exception cause, Class<? extends SendException> meaning) {
        SendException failure = failures.notTakenOver("event-1", 100, cause, false);

        assertThat(failure).isExactlyInstanceOf(meaning).hasCause(cause);
        assertThat(failure.outcomeUnknown()).isFalse();
        assertThat(failure.retryable()).isEqualTo(meaning == SendException.Unavailable.class);
    }

    @Test
    void aSenderThatLosesTheRaceAgainstCloseIsToldSo() {
        assertThat(failures.notTakenOver("event-1", 100, new IllegalStateException("closed"), true))
                .isExactlyInstanceOf(SendException.Closed.class);
    }

    @Test
    void everyMessageSaysWhichEventWhatHappenedAndWhatToDo() {
        assertThat(failures.notAcknowledged("event-1", 100, new TimeoutException("Expiring 1 record.")))
                .hasMessage(
                        "[raw_events id=event-1] Not acknowledged within PT30S, so it is unknown whether it was written"
                                + " (Expiring 1 record). Send the same event again: if it was written, its id tells the"
                                + " duplicate.");
        assertThat(failures.notTakenOver("event-1", 100, new TimeoutException("no metadata"), false))
                .hasMessage("[raw_events id=event-1] Not sent, for Kafka at broker:9092 has not answered for a while"
                        + " (no metadata). Send it again later.");
        assertThat(failures.notAcknowledged("event-1", 100, new TopicAuthorizationException("Not authorized.")))
                .hasMessage("[raw_events id=event-1] Not written, for Kafka rejected the event: Not authorized."
                        + " Check access rights and the settings of the topic.");
        assertThat(failures.full("event-1", 100, 10, 950, true))
                .hasMessage(
                        "[raw_events id=event-1] Not sent, for there is no room for its 100 bytes: 10 of 10 events and"
                                + " 950 of 1000 bytes are in flight, and it waited for PT10S. Send it again later, or raise"
                                + " the bounds.");
        assertThat(failures.writtenSomewhere("event-1"))
                .hasMessage(
                        "[raw_events id=event-1] Written, but the broker does not say where, so there is no receipt. To"
                                + " get one, send the same event again: its id tells the duplicate.");
        assertThat(failures.interrupted("event-1", null))
                .hasMessage("[raw_events id=event-1] Not sent, for the thread was interrupted while it waited for room."
                        + " Send it again later.");
    }
}
