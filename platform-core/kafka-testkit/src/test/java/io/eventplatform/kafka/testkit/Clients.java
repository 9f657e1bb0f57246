package io.eventplatform.kafka.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Kafka's clients, as plain as these tests need them. */
final class Clients {

    private Clients() {}

    static KafkaProducer<String, String> producer(String bootstrapServers, Map<String, Object> config) {
        Map<String, Object> all = new HashMap<>(config);
        all.put("bootstrap.servers", bootstrapServers);
        return new KafkaProducer<>(all, new StringSerializer(), new StringSerializer());
    }

    static KafkaConsumer<String, String> consumer(String bootstrapServers, Map<String, Object> config) {
        Map<String, Object> all = new HashMap<>(config);
        all.put("bootstrap.servers", bootstrapServers);
        all.put("auto.offset.reset", "earliest");
        return new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
    }

    static void write(String bootstrapServers, String topic, String... values) {
        try (KafkaProducer<String, String> producer = producer(bootstrapServers, Map.of("acks", "all"))) {
            send(producer, topic, values);
        }
    }

    /** Returns when the broker has all of the values. */
    static void send(KafkaProducer<String, String> producer, String topic, String... values) {
        var answers = new ArrayList<Future<?>>();
        for (String value : values) {
            answers.add(producer.send(new ProducerRecord<>(topic, value)));
        }
        producer.flush();
        for (var answer : answers) {
            try {
                answer.get();
            } catch (Exception e) {
                throw new AssertionError("A record was refused", e);
            }
        }
    }

    /** All values that a new reader of committed records would find up to the end of the topic, partition by partition. */
    static List<String> readCommitted(String bootstrapServers, String topic) {
        try (KafkaConsumer<String, String> consumer =
                consumer(bootstrapServers, Map.of("isolation.level", "read_committed"))) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<String> values = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    values.add(record.value());
                }
            }
            return values;
        }
    }

    static String setting(String bootstrapServers, ConfigResource resource, String name) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            Map<ConfigResource, Config> configs =
                    admin.describeConfigs(List.of(resource)).all().get();
            return requireNonNull(configs.get(resource)).get(name).value();
        }
    }
}
