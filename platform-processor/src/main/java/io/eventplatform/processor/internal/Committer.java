package io.eventplatform.processor.internal;

import java.util.Collection;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * Makes what tasks have done durable, together with how far they have come. One runtime, several of these:
 * a Kafka transaction for pipelines, offsets alone for those that do without, a position in the store for sinks.
 *
 * <p>All methods are called by the worker thread. What they throw stops the worker; failures that pass are
 * handled inside.
 */
interface Committer extends AutoCloseable {

    /** Gets ready to commit; fences predecessors where there can be any. */
    void open();

    /** Places each input at its committed offset; inputs that never committed stay out of the result. */
    Collection<Input> placeAtCommitted(Collection<Input> inputs);

    /** Where a partition starts that has no committed offset; {@code beginning} is the oldest offset it still holds. */
    long startOffset(TopicPartition partition, long beginning);

    /**
     * A record or timer succeeded. Its effects may travel ahead of the commit, where nobody can see them or a
     * second writing is allowed.
     */
    void release(Effects effects);

    /**
     * Commits all that these tasks have done, and tells them.
     *
     * @return false if it did not work this time; the effects stay with the tasks, to be committed later
     */
    boolean commit(Collection<Task> tasks);

    /** What keeps it from committing, while it tries again. */
    Optional<String> retrying();

    /** These tasks were taken away; whatever of theirs is not committed never will be by us. */
    void lost(Collection<Task> tasks);

    /** Releases what it holds; nothing that is not committed becomes so. */
    @Override
    void close();
}
