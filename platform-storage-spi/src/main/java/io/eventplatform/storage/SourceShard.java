package io.eventplatform.storage;

import java.util.Comparator;
import java.util.Objects;

/**
 * A partition of a source topic. {@code topicId} is Kafka's id of the topic: a topic that was deleted and
 * created again under its name is another shard, and starts anew instead of being skipped silently.
 */
public record SourceShard(String topicId, String topic, int partition) implements Comparable<SourceShard> {

    private static final Comparator<SourceShard> ORDER = Comparator.comparing(SourceShard::topic)
            .thenComparing(SourceShard::topicId)
            .thenComparingInt(SourceShard::partition);

    public SourceShard {
        Objects.requireNonNull(topicId, "topicId");
        Objects.requireNonNull(topic, "topic");
        if (partition < 0) {
            throw new IllegalArgumentException("partition must be 0 or more but was " + partition);
        }
    }

    /** By topic, id and partition: the order in which a store locks position rows. */
    @Override
    public int compareTo(SourceShard other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
