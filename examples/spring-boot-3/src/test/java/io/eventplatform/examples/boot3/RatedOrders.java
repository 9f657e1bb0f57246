package io.eventplatform.examples.boot3;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads the committed records of {@code rated_orders} with a client of its own. */
final class RatedOrders {

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private RatedOrders() {}

    /** The first {@code count} values, waiting for them. */
    static List<String> await(String bootstrapServers, int count) {
        try (KafkaConsumer<String, String> consumer = open(bootstrapServers)) {
            List<String> values = new ArrayList<>();
            long end = System.nanoTime() + LONGEST_WAIT.toNanos();
            while (values.size() < count && System.nanoTime() < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
            }
            return values;
        }
    }

    /** How many are committed by now. */
    static int committed(String bootstrapServers) {
        try (KafkaConsumer<String, String> consumer = open(bootstrapServers)) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            int records = 0;
            while (consumer.assignment().stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
                records += consumer.poll(Duration.ofMillis(100)).count();
            }
            return records;
        }
    }

    private static KafkaConsumer<String, String> open(String bootstrapServers) {
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new StringDeserializer(),
                new StringDeserializer());
        consumer.assign(IntStream.range(0, 4)
                .mapToObj(partition -> new TopicPartition("rated_orders", partition))
                .toList());
        consumer.seekToBeginning(consumer.assignment());
        return consumer;
    }
}
