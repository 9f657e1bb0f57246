package io.eventplatform.processor.internal;

import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;

/** How partitions come to a worker. */
interface Intake extends AutoCloseable {

    /** Begins; {@code assignments} is told of partitions on the worker's thread, inside its polls and refreshes. */
    void start(Consumer<byte[], byte[]> consumer, ConsumerRebalanceListener assignments);

    /** How many topics it takes in; a task needs a partition of each. */
    int topics();

    /** Looks from time to time whether the topic is still the same, and for partitions that were added. */
    void refresh(long nowMillis);

    /** Looks at once, and throws if the topic is another one now. */
    void requireSameTopic();

    /** What keeps records from coming, as of the last look. */
    Optional<String> trouble();

    @Override
    void close();
}
