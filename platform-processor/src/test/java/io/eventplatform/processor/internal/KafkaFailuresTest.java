package io.eventplatform.processor.internal;

import static io.eventplatform.processor.internal.KafkaFailures.Action.ABORT;
import static io.eventplatform.processor.internal.KafkaFailures.Action.AGAIN;
import static io.eventplatform.processor.internal.KafkaFailures.Action.REPLACE_PRODUCER;
import static io.eventplatform.processor.internal.KafkaFailures.Action.STOP;
import static io.eventplatform.processor.internal.KafkaFailures.Action.UNKNOWN_OUTCOME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.eventplatform.processor.internal.KafkaFailures.Action;
import io.eventplatform.processor.internal.KafkaFailures.Call;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.FencedMemberEpochException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.RecordDeserializationException.DeserializationExceptionOrigin;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.TransactionCoordinatorFencedException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KafkaFailuresTest {

    private static final TopicPartition PARTITION = new TopicPartition("orders", 3);

    @AfterEach
    @SuppressWarnings("ReturnValueIgnored")
    void forgetInterrupt() {
        Thread.interrupted(); // an InterruptException sets the flag when it is made
    }

    /** Failure; action inside a transaction, at its commit, at a send without one, at a commit of offsets alone, at a poll. */
    static Stream<Arguments> table() {
        return Stream.of(
                arguments(new InterruptException("stop"), STOP, STOP, STOP, STOP, STOP),
                arguments(new FencedInstanceIdException("twin"), STOP, STOP, STOP, STOP, STOP),
                arguments(new WakeupException(), STOP, STOP, STOP, STOP, AGAIN),
                arguments(new CommitFailedException(), ABORT, ABORT, STOP, AGAIN, AGAIN),
                arguments(new RebalanceInProgressException(), ABORT, ABORT, STOP, AGAIN, AGAIN),
                arguments(new UnknownMemberIdException(), ABORT, ABORT, STOP, AGAIN, AGAIN),
                arguments(new IllegalGenerationException(), ABORT, ABORT, STOP, AGAIN, AGAIN),
                arguments(new StaleMemberEpochException("old"), ABORT, ABORT, STOP, AGAIN, AGAIN),
                arguments(new FencedMemberEpochException("old"), ABORT, ABORT, STOP, AGAIN, AGAIN),
                arguments(new TransactionAbortableException("again"), ABORT, ABORT, STOP, STOP, STOP),
                arguments(new TopicAuthorizationException("denied"), STOP, STOP, STOP, STOP, STOP),
                arguments(new GroupAuthorizationException("denied"), STOP, STOP, STOP, STOP, STOP),
                arguments(new TransactionalIdAuthorizationException("denied"), STOP, STOP, STOP, STOP, STOP),
                arguments(new SaslAuthenticationException("who?"), STOP, STOP, STOP, STOP, STOP),
                arguments(new InvalidTopicException("a b"), STOP, STOP, STOP, STOP, STOP),
                arguments(new UnsupportedVersionException("old broker"), STOP, STOP, STOP, STOP, STOP),
                arguments(new ProducerFencedException("fenced"), REPLACE_PRODUCER, REPLACE_PRODUCER, AGAIN, STOP, STOP),
                arguments(
                        new InvalidProducerEpochException("old"),
                        REPLACE_PRODUCER,
                        REPLACE_PRODUCER,
                        AGAIN,
                        STOP,
                        STOP),
                arguments(
                        new InvalidPidMappingException("expired"),
                        REPLACE_PRODUCER,
                        REPLACE_PRODUCER,
                        AGAIN,
                        STOP,
                        STOP),
                arguments(
                        new InvalidTxnStateException("timed out"),
                        REPLACE_PRODUCER,
                        REPLACE_PRODUCER,
                        AGAIN,
                        STOP,
                        STOP),
                arguments(
                        new OutOfOrderSequenceException("gap"), REPLACE_PRODUCER, REPLACE_PRODUCER, AGAIN, STOP, STOP),
                arguments(
                        new UnknownProducerIdException("expired"),
                        REPLACE_PRODUCER,
                        REPLACE_PRODUCER,
                        AGAIN,
                        STOP,
                        STOP),
                arguments(
                        new TransactionCoordinatorFencedException("moved"),
                        REPLACE_PRODUCER,
                        REPLACE_PRODUCER,
                        AGAIN,
                        STOP,
                        STOP),
                arguments(new OffsetOutOfRangeException(Map.of(PARTITION, 7L)), STOP, STOP, STOP, STOP, STOP),
                arguments(new LogTruncationException(Map.of(PARTITION, 7L), Map.of()), STOP, STOP, STOP, STOP, STOP),
                arguments(new NoOffsetForPartitionException(PARTITION), STOP, STOP, STOP, STOP, STOP),
                arguments(unreadable(), STOP, STOP, STOP, STOP, STOP),
                arguments(new CorruptRecordException("crc"), ABORT, UNKNOWN_OUTCOME, AGAIN, AGAIN, STOP),
                arguments(new TimeoutException(), ABORT, UNKNOWN_OUTCOME, AGAIN, AGAIN, AGAIN),
                arguments(new CoordinatorNotAvailableException("moved"), ABORT, UNKNOWN_OUTCOME, AGAIN, AGAIN, AGAIN),
                arguments(new UnknownTopicOrPartitionException("deleted"), ABORT, UNKNOWN_OUTCOME, AGAIN, AGAIN, AGAIN),
                arguments(new RecordTooLargeException("big"), STOP, STOP, STOP, STOP, STOP),
                arguments(new OffsetMetadataTooLarge("big"), STOP, STOP, STOP, STOP, STOP),
                arguments(new KafkaException("bug"), STOP, STOP, STOP, STOP, STOP),
                // Wrapped by a client that is broken.
                arguments(
                        wrapped(new ProducerFencedException("fenced")),
                        REPLACE_PRODUCER,
                        REPLACE_PRODUCER,
                        AGAIN,
                        STOP,
                        STOP),
                arguments(wrapped(new TransactionAbortableException("again")), ABORT, ABORT, STOP, STOP, STOP),
                arguments(wrapped(new TopicAuthorizationException("denied")), STOP, STOP, STOP, STOP, STOP),
                arguments(wrapped(new RebalanceInProgressException()), ABORT, ABORT, STOP, AGAIN, STOP),
                arguments(wrapped(new TimeoutException()), ABORT, REPLACE_PRODUCER, AGAIN, AGAIN, STOP),
                arguments(wrapped(new CorruptRecordException("crc")), ABORT, REPLACE_PRODUCER, AGAIN, AGAIN, STOP),
                arguments(wrapped(wrapped(new TimeoutException())), ABORT, REPLACE_PRODUCER, AGAIN, AGAIN, STOP));
    }

    private static KafkaException unreadable() {
        ByteBuffer bytes = ByteBuffer.allocate(0);
        return new RecordDeserializationException(
                DeserializationExceptionOrigin.VALUE,
                PARTITION,
                7,
                0,
                TimestampType.CREATE_TIME,
                bytes,
                bytes,
                new RecordHeaders(),
                "bad",
                new IllegalArgumentException("bad"));
    }

    private static KafkaException wrapped(KafkaException cause) {
        return new KafkaException("error state", cause);
    }

    @ParameterizedTest
    @MethodSource("table")
    void eachFailureHasOneAction(
            Exception failure, Action transaction, Action commit, Action send, Action offsets, Action poll) {
        assertThat(KafkaFailures.actionFor(failure, Call.TRANSACTION)).isEqualTo(transaction);
        assertThat(KafkaFailures.actionFor(failure, Call.COMMIT)).isEqualTo(commit);
        assertThat(KafkaFailures.actionFor(failure, Call.SEND)).isEqualTo(send);
        assertThat(KafkaFailures.actionFor(failure, Call.OFFSETS)).isEqualTo(offsets);
        assertThat(KafkaFailures.actionFor(failure, Call.POLL)).isEqualTo(poll);
    }

    static Stream<Arguments> fixes() {
        return Stream.of(
                arguments(
                        new TopicAuthorizationException(Set.of("orders")),
                        "Grant access to topics [orders]: READ and DESCRIBE on those it reads, WRITE and DESCRIBE on"
                                + " those it writes"),
                arguments(
                        new FencedInstanceIdException("twin"),
                        "Another process runs under the same name; give each instance its own: RunnerOptions.instance"),
                arguments(GroupAuthorizationException.forGroupId("g"), "Grant READ on group g"),
                arguments(
                        new TransactionalIdAuthorizationException("denied"),
                        "Grant WRITE and DESCRIBE on the transactional ids that start with the name of the pipeline"),
                arguments(
                        new SaslAuthenticationException("who?"),
                        "Check the client properties in KafkaConfig: security.protocol, sasl.* and ssl.*"),
                arguments(new UnsupportedVersionException("old"), "Brokers of Kafka 2.5 or newer are needed"),
                arguments(new InvalidTopicException(Set.of("a b")), "Rename the topics [a b]"),
                arguments(
                        new RecordTooLargeException("big"), "Raise max.request.size and the topic's max.message.bytes"),
                arguments(wrapped(GroupAuthorizationException.forGroupId("g")), "Grant READ on group g"),
                arguments(new KafkaException("bug"), "Mend the cause and restart"));
    }

    @ParameterizedTest
    @MethodSource("fixes")
    void aFailureThatStopsAWorkerNamesWhatToDo(Exception failure, String fix) {
        assertThat(KafkaFailures.fix(failure)).isEqualTo(fix);
    }
}
