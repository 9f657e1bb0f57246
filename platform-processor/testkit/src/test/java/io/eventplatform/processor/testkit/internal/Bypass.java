package io.eventplatform.processor.testkit.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Ways around what the Kafka in memory holds its clients to, for defects. */
public final class Bypass {

    private Bypass() {}

    /** Commits offsets at once, outside of any transaction. */
    public static void commit(SimKafka kafka, String group, Map<TopicPartition, OffsetAndMetadata> offsets) {
        kafka.group(group).commit(offsets);
    }

    /** Adds offsets to the open transaction, whoever sends them. */
    public static void addUnchecked(
            SimKafka kafka, String transactionalId, String group, Map<TopicPartition, OffsetAndMetadata> offsets) {
        kafka.transactionalId(transactionalId).open().add(kafka.group(group), offsets);
    }

    /** Committed offsets, without a wait for those that are on their way. */
    public static Map<TopicPartition, @Nullable OffsetAndMetadata> committed(
            SimKafka kafka, String group, Set<TopicPartition> partitions) {
        Map<TopicPartition, @Nullable OffsetAndMetadata> offsets = new HashMap<>();
        partitions.forEach(
                partition -> offsets.put(partition, kafka.group(group).committed(partition)));
        return offsets;
    }

    /** Where a partition ends. */
    public static long end(SimKafka kafka, TopicPartition partition) {
        return kafka.log(partition).end();
    }

    /** Writes a record outside of any transaction. */
    public static RecordMetadata append(SimKafka kafka, ProducerRecord<byte[], byte[]> record) {
        Integer given = record.partition();
        int partition = given == null ? kafka.partitionOf(record.topic(), record.key()) : given;
        TopicPartition to = new TopicPartition(record.topic(), partition);
        long offset = kafka.append(to, record.key(), record.value(), record.headers(), null);
        return new RecordMetadata(to, offset, 0, kafka.nowMillis(), 0, 0);
    }
}
