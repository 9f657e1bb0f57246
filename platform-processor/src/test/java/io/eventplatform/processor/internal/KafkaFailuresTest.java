package io.eventplatform.processor.internal;

import static io.eventplatform.processor.internal.KafkaFailures.Action.ABORT;
import static io.eventplatform.processor.internal.KafkaFailures.Action.REPLACE_PRODUCER;
import static io.eventplatform.processor.internal.KafkaFailures.Action.STOP;
import static io.eventplatform.processor.internal.KafkaFailures.Action.UNKNOWN_OUTCOME;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.processor.internal.KafkaFailures.Action;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KafkaFailuresTest {

    static Stream<Arguments> table() {
        return Stream.of(
                Arguments.of(new TimeoutException(), ABORT, UNKNOWN_OUTCOME),
                Arguments.of(new CoordinatorNotAvailableException("moved"), ABORT, UNKNOWN_OUTCOME),
                Arguments.of(new CommitFailedException(), ABORT, ABORT),
                Arguments.of(new RebalanceInProgressException(), ABORT, ABORT),
                Arguments.of(new UnknownMemberIdException(), ABORT, ABORT),
                Arguments.of(new TransactionAbortableException("again"), ABORT, ABORT),
                Arguments.of(new ProducerFencedException("fenced"), REPLACE_PRODUCER, REPLACE_PRODUCER),
                Arguments.of(new InvalidProducerEpochException("old"), REPLACE_PRODUCER, REPLACE_PRODUCER),
                Arguments.of(new InvalidTxnStateException("timed out"), REPLACE_PRODUCER, REPLACE_PRODUCER),
                Arguments.of(new FencedInstanceIdException("twin"), STOP, STOP),
                Arguments.of(new TopicAuthorizationException("denied"), STOP, STOP),
                Arguments.of(new UnsupportedVersionException("old broker"), STOP, STOP),
                Arguments.of(new RecordTooLargeException("big"), STOP, STOP),
                Arguments.of(new KafkaException("bug"), STOP, STOP),
                Arguments.of(
                        new KafkaException("error state", new ProducerFencedException("fenced")),
                        REPLACE_PRODUCER,
                        REPLACE_PRODUCER));
    }

    @ParameterizedTest
    @MethodSource("table")
    void eachFailureHasOneAction(Exception failure, Action before, Action committing) {
        assertThat(KafkaFailures.actionFor(failure, false)).isEqualTo(before);
        assertThat(KafkaFailures.actionFor(failure, true)).isEqualTo(committing);
    }
}
