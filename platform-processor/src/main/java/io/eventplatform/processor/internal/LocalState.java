package io.eventplatform.processor.internal;

import java.util.function.BiConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * State of a task that lives in memory and is kept in a partition of a compacted topic: written with each
 * commit, in its transaction if there is one, read back when the partition is given to us.
 */
interface LocalState {

    /** Where it is kept. */
    TopicPartition changelog();

    /**
     * Takes back one record of the changelog; {@code value} null is a tombstone.
     *
     * @throws UnreadableStateException if it was written by a version this one does not know
     */
    void restore(byte[] key, byte @Nullable [] value);

    /**
     * The changelog is read to its end.
     *
     * @return what was found, for the log
     * @throws StoppedException if it does not go with the committed offsets
     */
    String restored();

    /** Hands over key and value of every record that the next commit needs; asked again after one that failed. */
    void changelog(BiConsumer<byte[], byte @Nullable []> records);

    /** One of the records that {@link #changelog} handed over lies at this offset; told on the producer's thread. */
    default void sent(long offset) {}

    /** The commit that {@link #changelog} was last asked for is acknowledged. */
    void committed();
}
