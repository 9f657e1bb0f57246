package io.eventplatform.processor.internal;

import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApplicationRecoverableException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.FencedMemberEpochException;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.TransactionCoordinatorFencedException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownProducerIdException;

/**
 * Exactly one action for each failure of a transaction. Read {@link #actionFor} as a table, from top to
 * bottom; the groups follow Kafka's own categories (KIP-1050).
 */
final class KafkaFailures {

    private KafkaFailures() {}

    enum Action {
        /** Abort the transaction; its effects are sent again in the next one, if the partitions are still ours by then. */
        ABORT,
        /** The producer is of no more use: a new one with the same id settles the open transaction. */
        REPLACE_PRODUCER,
        /** The commit may have happened: repeat it, then settle. Never abort. */
        UNKNOWN_OUTCOME,
        /** Repeating cannot help: stop and say why. */
        STOP
    }

    /** @param committing whether the failed call was the commit itself */
    static Action actionFor(Throwable failure, boolean committing) {
        if (failure instanceof TimeoutException) {
            return committing ? Action.UNKNOWN_OUTCOME : Action.ABORT;
        }
        // Another process runs under our instance name, or an operator interrupted us.
        if (failure instanceof FencedInstanceIdException || failure instanceof InterruptException) {
            return Action.STOP;
        }
        // The group moved on without us; the next poll tells which partitions are still ours.
        if (failure instanceof CommitFailedException
                || failure instanceof RebalanceInProgressException
                || failure instanceof UnknownMemberIdException
                || failure instanceof IllegalGenerationException
                || failure instanceof StaleMemberEpochException
                || failure instanceof FencedMemberEpochException
                || failure instanceof TransactionAbortableException) {
            return Action.ABORT;
        }
        if (failure instanceof InvalidConfigurationException) {
            return Action.STOP;
        }
        // Fenced, or timed out by the coordinator: producer fenced, invalid epoch, invalid id mapping.
        if (failure instanceof ApplicationRecoverableException
                || failure instanceof InvalidTxnStateException
                || failure instanceof OutOfOrderSequenceException
                || failure instanceof UnknownProducerIdException
                || failure instanceof TransactionCoordinatorFencedException) {
            return Action.REPLACE_PRODUCER;
        }
        if (failure instanceof RetriableException) {
            return committing ? Action.UNKNOWN_OUTCOME : Action.ABORT;
        }
        // The producer wraps the error that broke it.
        if (failure.getClass() == KafkaException.class && failure.getCause() instanceof KafkaException cause) {
            Action action = actionFor(cause, committing);
            return action == Action.UNKNOWN_OUTCOME ? Action.REPLACE_PRODUCER : action;
        }
        return Action.STOP;
    }
}
