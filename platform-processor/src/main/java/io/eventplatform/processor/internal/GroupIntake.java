package io.eventplatform.processor.internal;

import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;

/** Partitions as the consumer group shares them out. */
final class GroupIntake implements Worker.Intake {

    private final String topic;

    GroupIntake(String topic) {
        this.topic = topic;
    }

    @Override
    public void start(Consumer<byte[], byte[]> consumer, ConsumerRebalanceListener assignments) {
        consumer.subscribe(List.of(topic), assignments);
    }

    @Override
    public void refresh(long nowMillis) {}

    @Override
    public void close() {}
}
