package io.eventplatform.processor.internal;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;

/**
 * The edge to Kafka: every client of a worker is made here, of complete settings. Tests put faults, or a
 * Kafka of their own, in its place.
 */
public interface Clients {

    Consumer<byte[], byte[]> consumer(Map<String, Object> settings);

    Producer<byte[], byte[]> producer(Map<String, Object> settings);

    Admin admin(Map<String, Object> settings);

    /** Kafka's own clients. */
    Clients KAFKA = new Clients() {
        @Override
        public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
            return new KafkaConsumer<>(settings);
        }

        @Override
        public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
            return new KafkaProducer<>(settings);
        }

        @Override
        public Admin admin(Map<String, Object> settings) {
            return Admin.create(settings);
        }
    };
}
