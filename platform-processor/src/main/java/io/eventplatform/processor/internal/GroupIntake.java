package io.eventplatform.processor.internal;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;

/** Partitions as the consumer group shares them out. */
final class GroupIntake implements Intake {

    private final List<String> topics;
    private final TopicWatch watch;

    GroupIntake(List<String> topics, TopicWatch watch) {
        this.topics = topics;
        this.watch = watch;
    }

    @Override
    public void start(Consumer<byte[], byte[]> consumer, ConsumerRebalanceListener assignments) {
        consumer.subscribe(topics, assignments);
    }

    @Override
    public int topics() {
        return topics.size();
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
    public Optional<String> trouble() {
        return watch.trouble();
    }

    @Override
    public void close() {
        watch.close();
    }
}
