package io.eventplatform.processor.internal;

import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;

/** Partitions as the consumer group shares them out. */
final class GroupIntake implements Intake {

    private final String topic;
    private final TopicWatch watch;

    GroupIntake(String topic, TopicWatch watch) {
        this.topic = topic;
        this.watch = watch;
    }

    @Override
    public void start(Consumer<byte[], byte[]> consumer, ConsumerRebalanceListener assignments) {
        consumer.subscribe(List.of(topic), assignments);
    }

    @Override
    @SuppressWarnings("ReturnValueIgnored") // the group finds new partitions by itself
    public void refresh(long nowMillis) {
        watch.look(nowMillis);
    }

    @Override
    public void requireSameTopic() {
        watch.requireSameTopic();
    }

    @Override
    public void close() {
        watch.close();
    }
}
