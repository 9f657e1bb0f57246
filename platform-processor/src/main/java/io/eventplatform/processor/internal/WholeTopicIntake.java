package io.eventplatform.processor.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;

/**
 * All partitions of a topic, outside any group: for a store that is private to this process. Partitions that
 * are added later are found by the watch.
 */
final class WholeTopicIntake implements Intake {

    private final String topic;
    private final int partitionsAtStart;
    private final TopicWatch watch;
    private final Set<TopicPartition> assigned = new HashSet<>();
    private Consumer<byte[], byte[]> consumer;
    private ConsumerRebalanceListener assignments;

    @SuppressWarnings("NullAway.Init") // the worker starts an intake before it uses it
    WholeTopicIntake(String topic, int partitions, TopicWatch watch) {
        this.topic = topic;
        this.partitionsAtStart = partitions;
        this.watch = watch;
    }

    @Override
    public void start(Consumer<byte[], byte[]> consumer, ConsumerRebalanceListener assignments) {
        this.consumer = consumer;
        this.assignments = assignments;
        assignUpTo(partitionsAtStart);
    }

    @Override
    public int topics() {
        return 1;
    }

    @Override
    public void refresh(long nowMillis) {
        assignUpTo(watch.look(nowMillis).getOrDefault(topic, 0));
    }

    private void assignUpTo(int partitions) {
        List<TopicPartition> added = new ArrayList<>();
        for (int number = assigned.size(); number < partitions; number++) {
            added.add(new TopicPartition(topic, number));
        }
        if (!added.isEmpty()) {
            assigned.addAll(added);
            consumer.assign(assigned);
            assignments.onPartitionsAssigned(added);
        }
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
