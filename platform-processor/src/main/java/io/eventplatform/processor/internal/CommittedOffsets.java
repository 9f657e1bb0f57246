package io.eventplatform.processor.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** What a pipeline's group has committed, and what its next commit says. */
final class CommittedOffsets {

    private final String group;
    private final Consumer<byte[], byte[]> consumer;
    private final Host host;

    CommittedOffsets(String group, Consumer<byte[], byte[]> consumer, Host host) {
        this.group = group;
        this.consumer = consumer;
        this.host = host;
    }

    /** Places each input at its committed offset; inputs that never committed stay out of the result. */
    Collection<Input> place(Collection<Input> inputs) {
        Map<TopicPartition, OffsetAndMetadata> offsets = fetch(inputs);
        List<Input> placed = new ArrayList<>();
        for (Input input : inputs) {
            OffsetAndMetadata offset = offsets.get(input.partition());
            if (offset != null) {
                input.startAt(offset.offset(), metadata(input.partition(), offset));
                input.known();
                placed.add(input);
            }
        }
        return placed;
    }

    /** Waits for offsets to be stable, so that no commit under way is missed. */
    Map<TopicPartition, OffsetAndMetadata> fetch(Collection<Input> inputs) {
        Set<TopicPartition> partitions = new HashSet<>();
        inputs.forEach(input -> partitions.add(input.partition()));
        return host.patiently("committed offsets of " + group, () -> consumer.committed(partitions));
    }

    OffsetMetadata metadata(TopicPartition partition, OffsetAndMetadata offset) {
        try {
            return OffsetMetadata.parse(offset.metadata());
        } catch (IllegalArgumentException e) {
            throw new StoppedException(
                    partition + ": group " + group + " has committed offset " + offset.offset() + " with metadata "
                            + e.getMessage() + ", written by another program or a newer version of this library."
                            + " Run that version, use another pipeline name, or delete the group's offsets to start over",
                    e);
        }
    }

    /** What the next commit of these tasks says, also of inputs that have not moved. */
    static Map<TopicPartition, OffsetAndMetadata> next(Collection<Task> tasks) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (Task task : tasks) {
            for (Input input : task.inputs()) {
                offsets.put(
                        input.partition(),
                        new OffsetAndMetadata(
                                input.frontier(), task.nextMetadata(input).toString()));
            }
        }
        return offsets;
    }
}
