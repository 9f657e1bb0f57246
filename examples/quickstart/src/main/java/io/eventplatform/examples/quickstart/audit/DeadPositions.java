package io.eventplatform.examples.quickstart.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** The positions that dead letters name, each once however many letters there are. */
final class DeadPositions {

    private final Map<TopicPartition, BitSet> offsets = new HashMap<>();

    /** Whether the letter names a position of this topic. */
    boolean add(ConsumerRecord<byte[], byte[]> letter, String expectedTopic) {
        String topic = header(letter, "dead_letter.topic");
        String partition = header(letter, "dead_letter.partition");
        String offset = header(letter, "dead_letter.offset");
        if (!expectedTopic.equals(topic) || partition == null || offset == null) {
            return false;
        }
        offsets.computeIfAbsent(new TopicPartition(topic, Integer.parseInt(partition)), absent -> new BitSet())
                .set(Integer.parseInt(offset));
        return true;
    }

    /** Whether the record is dead. Its position is taken off, so that what is left at the end names no record. */
    boolean take(ConsumerRecord<byte[], byte[]> record) {
        BitSet dead = offsets.getOrDefault(new TopicPartition(record.topic(), record.partition()), new BitSet());
        boolean isDead = dead.get((int) record.offset());
        dead.clear((int) record.offset());
        return isDead;
    }

    /** How many positions were not taken, by topic; without those that have none. */
    Map<String, Integer> left() {
        Map<String, Integer> left = offsets.entrySet().stream()
                .collect(Collectors.groupingBy(
                        entry -> entry.getKey().topic(),
                        Collectors.summingInt(entry -> entry.getValue().cardinality())));
        left.values().removeIf(count -> count == 0);
        return left;
    }

    private static @Nullable String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }
}
