package io.eventplatform.processor.internal;

import static io.eventplatform.processor.internal.KafkaFailures.Action.ABORT;
import static io.eventplatform.processor.internal.KafkaFailures.Action.AGAIN;
import static io.eventplatform.processor.internal.KafkaFailures.Action.REPLACE_PRODUCER;
import static io.eventplatform.processor.internal.KafkaFailures.Action.STOP;
import static io.eventplatform.processor.internal.KafkaFailures.Action.UNKNOWN_OUTCOME;

import java.util.List;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApplicationRecoverableException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.FencedMemberEpochException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.TransactionCoordinatorFencedException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * Exactly one action for each failure of a call to Kafka. The first row of {@link #TABLE} that names the
 * failure's class, or one it extends, decides; what no row names stops the worker. The groups follow Kafka's
 * own categories (KIP-1050).
 */
final class KafkaFailures {

    private KafkaFailures() {}

    /** What was being done. */
    enum Call {
        /** Anything inside a transaction but its commit. */
        TRANSACTION,
        /** The commit of a transaction. */
        COMMIT,
        /** Outputs outside a transaction; the producer mends itself. */
        SEND,
        /** The commit of offsets alone. */
        OFFSETS,
        /** A poll of the sources. */
        POLL
    }

    enum Action {
        /** Abort the transaction; its effects are sent again in the next one, if the partitions are still ours by then. */
        ABORT,
        /** The producer is of no more use: a new one with the same id settles the open transaction. */
        REPLACE_PRODUCER,
        /** The commit may have happened: repeat it, then settle. Never abort. */
        UNKNOWN_OUTCOME,
        /** Nothing was lost by it: do it again, after the next poll. */
        AGAIN,
        /** Repeating cannot help: stop and say why. */
        STOP
    }

    private static final List<Row> TABLE = List.of(
            // TRANSACTION, COMMIT, SEND, OFFSETS, POLL
            //
            // Asked to end, or replaced by another process under the same instance name.
            row(STOP, STOP, STOP, STOP, STOP, InterruptException.class, FencedInstanceIdException.class),
            row(STOP, STOP, STOP, STOP, AGAIN, WakeupException.class),
            // The group moved on without us; the next poll tells which partitions are still ours.
            row(
                    ABORT,
                    ABORT,
                    STOP,
                    AGAIN,
                    AGAIN,
                    CommitFailedException.class,
                    RebalanceInProgressException.class,
                    UnknownMemberIdException.class,
                    IllegalGenerationException.class,
                    StaleMemberEpochException.class,
                    FencedMemberEpochException.class),
            // Abortable: Kafka asks for it.
            row(ABORT, ABORT, STOP, STOP, STOP, TransactionAbortableException.class),
            // Configuration: access, topics, versions.
            row(STOP, STOP, STOP, STOP, STOP, InvalidConfigurationException.class),
            // Application recoverable: fenced, or timed out by the coordinator.
            row(
                    REPLACE_PRODUCER,
                    REPLACE_PRODUCER,
                    AGAIN,
                    STOP,
                    STOP,
                    ApplicationRecoverableException.class,
                    InvalidTxnStateException.class,
                    OutOfOrderSequenceException.class,
                    TransactionCoordinatorFencedException.class),
            // Data that is not there, or cannot be read; Kafka calls corruption retriable, but would retry for ever.
            row(STOP, STOP, STOP, STOP, STOP, InvalidOffsetException.class, RecordDeserializationException.class),
            row(ABORT, UNKNOWN_OUTCOME, AGAIN, AGAIN, STOP, CorruptRecordException.class),
            // Retriable.
            row(ABORT, UNKNOWN_OUTCOME, AGAIN, AGAIN, AGAIN, RetriableException.class));

    static Action actionFor(Throwable failure, Call call) {
        for (Row row : TABLE) {
            if (row.names(failure)) {
                return row.action(call);
            }
        }
        // A client that is broken wraps what broke it, and does not recover by itself.
        if (failure.getClass() == KafkaException.class && failure.getCause() instanceof KafkaException cause) {
            Action action = actionFor(cause, call);
            return switch (action) {
                case UNKNOWN_OUTCOME -> REPLACE_PRODUCER;
                case AGAIN -> call == Call.POLL ? STOP : AGAIN;
                default -> action;
            };
        }
        return STOP;
    }

    private static Row row(
            Action transaction, Action commit, Action send, Action offsets, Action poll, Class<?>... failures) {
        return new Row(transaction, commit, send, offsets, poll, List.of(failures));
    }

    private record Row(
            Action transaction, Action commit, Action send, Action offsets, Action poll, List<Class<?>> failures) {

        boolean names(Throwable failure) {
            return failures.stream().anyMatch(named -> named.isInstance(failure));
        }

        Action action(Call call) {
            return switch (call) {
                case TRANSACTION -> transaction;
                case COMMIT -> commit;
                case SEND -> send;
                case OFFSETS -> offsets;
                case POLL -> poll;
            };
        }
    }

    /** What an operator can do about a failure that stops a worker. */
    static String fix(Throwable failure) {
        if (failure instanceof FencedInstanceIdException) {
            return "Another process runs under the same name; give each instance its own: RunnerOptions.instance";
        }
        if (failure instanceof TopicAuthorizationException denied) {
            return "Grant access to topics " + denied.unauthorizedTopics()
                    + ": READ and DESCRIBE on those it reads, WRITE and DESCRIBE on those it writes";
        }
        if (failure instanceof GroupAuthorizationException denied) {
            return "Grant READ on group " + denied.groupId();
        }
        if (failure instanceof TransactionalIdAuthorizationException) {
            return "Grant WRITE and DESCRIBE on the transactional ids that start with the name of the pipeline";
        }
        if (failure instanceof AuthenticationException) {
            return "Check the client properties in KafkaConfig: security.protocol, sasl.* and ssl.*";
        }
        if (failure instanceof UnsupportedVersionException) {
            return "Brokers of Kafka 2.5 or newer are needed";
        }
        if (failure instanceof InvalidTopicException invalid) {
            return "Rename the topics " + invalid.invalidTopics();
        }
        if (failure instanceof RecordTooLargeException) {
            return "Raise max.request.size and the topic's max.message.bytes";
        }
        return failure.getCause() == null ? "Mend the cause and restart" : fix(failure.getCause());
    }
}
