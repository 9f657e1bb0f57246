package io.eventplatform.processor.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All partitions of a topic, outside any group: for a store that is private to this process. Partitions that
 * are added later are found within {@link #REFRESH}.
 */
final class WholeTopicIntake implements Worker.Intake {

    private static final Logger LOG = LoggerFactory.getLogger(WholeTopicIntake.class);
    private static final Duration REFRESH = Duration.ofSeconds(30);

    private final String topic;
    private final Set<TopicPartition> assigned = new HashSet<>();
    private Consumer<byte[], byte[]> consumer;
    private ConsumerRebalanceListener assignments;
    private long refreshAtMillis;

    @SuppressWarnings("NullAway.Init") // the worker starts an intake before it uses it
    WholeTopicIntake(String topic) {
        this.topic = topic;
    }

    @Override
    public void start(Consumer<byte[], byte[]> consumer, ConsumerRebalanceListener assignments) {
        this.consumer = consumer;
        this.assignments = assignments;
        assignNew();
    }

    @Override
    public void refresh(long nowMillis) {
        if (refreshAtMillis == 0) {
            refreshAtMillis = nowMillis + REFRESH.toMillis();
        } else if (nowMillis >= refreshAtMillis) {
            refreshAtMillis = nowMillis + REFRESH.toMillis();
            try {
                assignNew();
            } catch (TimeoutException e) {
                LOG.debug("The partitions of {} could not be listed now", topic, e);
            }
        }
    }

    private void assignNew() {
        List<TopicPartition> added = new ArrayList<>();
        for (PartitionInfo info : consumer.partitionsFor(topic)) {
            TopicPartition partition = new TopicPartition(topic, info.partition());
            if (assigned.add(partition)) {
                added.add(partition);
            }
        }
        if (!added.isEmpty()) {
            consumer.assign(assigned);
            assignments.onPartitionsAssigned(added);
        }
    }

    @Override
    public void close() {}
}
