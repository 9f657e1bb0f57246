package io.eventplatform.processor.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventplatform.telemetry.DeadLetterSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/** Reads dead-letter topics from their start: counts the letters, and remembers the newest. Confined to one thread. */
final class DeadLetterTail implements AutoCloseable {

    private static final int REMEMBERED = 100;
    private static final Duration MAX_READ = Duration.ofMillis(500);

    private final Consumer<byte[], byte[]> consumer;
    private final Map<String, Long> counts = new HashMap<>();
    private final Deque<DeadLetterSummary> newest = new ArrayDeque<>();

    /** The consumer becomes this tail's. */
    DeadLetterTail(Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    /** Reads on for a while, also in partitions that are new. */
    void read(Collection<TopicPartition> partitions) {
        Set<TopicPartition> assigned = consumer.assignment();
        List<TopicPartition> added = partitions.stream()
                .filter(partition -> !assigned.contains(partition))
                .toList();
        if (!added.isEmpty()) {
            List<TopicPartition> all = new ArrayList<>(assigned);
            all.addAll(added);
            consumer.assign(all);
            consumer.seekToBeginning(added);
        }
        if (consumer.assignment().isEmpty()) {
            return;
        }
        long end = System.nanoTime() + MAX_READ.toNanos();
        do {
            Iterable<ConsumerRecord<byte[], byte[]>> records = consumer.poll(Duration.ofMillis(50));
            if (!records.iterator().hasNext()) {
                return;
            }
            records.forEach(this::take);
        } while (System.nanoTime() < end);
    }

    private void take(ConsumerRecord<byte[], byte[]> letter) {
        counts.merge(letter.topic(), 1L, Long::sum);
        newest.addFirst(summary(letter));
        if (newest.size() > REMEMBERED) {
            newest.removeLast();
        }
    }

    /** A record that is no letter of ours, for anybody can write to a topic, is told of by its own place. */
    private static DeadLetterSummary summary(ConsumerRecord<byte[], byte[]> letter) {
        String topic = header(letter, "topic");
        long partition = number(header(letter, "partition"));
        long offset = number(header(letter, "offset"));
        boolean ours = !topic.isEmpty() && partition >= 0 && partition <= Integer.MAX_VALUE && offset >= 0;
        return new DeadLetterSummary(
                ours ? topic : letter.topic(),
                letter.topic(),
                ours ? (int) partition : letter.partition(),
                ours ? offset : letter.offset(),
                ours ? header(letter, "reason") : "unknown",
                header(letter, "detail"),
                header(letter, "stage"),
                Instant.ofEpochMilli(letter.timestamp()));
    }

    /** Empty if it lacks. */
    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        Header header = letter.headers().lastHeader(DeadLetters.PREFIX + name);
        return header == null || header.value() == null ? "" : new String(header.value(), UTF_8);
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    long count(String topic) {
        return counts.getOrDefault(topic, 0L);
    }

    /** The newest first. */
    List<DeadLetterSummary> newest() {
        List<DeadLetterSummary> all = new ArrayList<>(newest);
        all.sort(Collections.reverseOrder(java.util.Comparator.comparing(DeadLetterSummary::at)));
        return all;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
