package io.eventplatform.producer;

import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.internal.KafkaHeaders;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Topics of the tests, as a plain Kafka consumer sees them. */
final class Topics {

    private Topics() {}

    static String create(EmbeddedKafka broker, int partitions) {
        return create(broker, partitions, Map.of());
    }

    static String create(EmbeddedKafka broker, int partitions, Map<String, String> config) {
        String topic = EmbeddedKafka.uniqueName("events");
        broker.createTopic(topic, partitions, config);
        return topic;
    }

    static KafkaConfig connect(EmbeddedKafka broker) {
        return KafkaConfig.of(broker.bootstrapServers());
    }

    /** All that the topic holds now, in the order of each partition. */
    static List<ConsumerRecord<String, String>> read(String bootstrapServers, String topic) {
        Map<String, Object> properties = Map.of("bootstrap.servers", bootstrapServers);
        try (Consumer<String, String> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(each -> new TopicPartition(topic, each.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<String, String>> records = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }

    static Map<String, String> headers(ConsumerRecord<?, ?> record) {
        Map<String, String> texts = new LinkedHashMap<>();
        KafkaHeaders.toMap(record.headers())
                .forEach((name, value) -> texts.put(name, new String(value, StandardCharsets.UTF_8)));
        return texts;
    }

    static String eventId(ConsumerRecord<?, ?> record) {
        return headers(record).getOrDefault("event_id", "none");
    }
}
