package io.eventplatform.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventplatform.codec.EncodedEvent;
import io.eventplatform.codec.EventCodec;
import io.eventplatform.contract.InvalidEventException;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A plain Kafka client: sends bytes as they are, and does not look at what it sends. */
final class ForeignClient implements AutoCloseable {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    private final String topic;
    private final KafkaProducer<byte @Nullable [], byte[]> producer;
    private final Acknowledgements acknowledgements;

    ForeignClient(String bootstrapServers, String topic, Acknowledgements acknowledgements) {
        this.topic = topic;
        this.acknowledgements = acknowledgements;
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.CLIENT_ID_CONFIG,
                        "foreign-client"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** A line with the key that its contract says, or without one if it is not an event. */
    @SuppressWarnings("NullAway") // a record without a key has null there, which NullAway does not see in a class file
    static ForeignRecord keyedByContract(byte[] line, EventCodec codec) {
        EncodedEvent record = new EncodedEvent(null, line, Map.of());
        try {
            return new ForeignRecord(codec.encode(codec.decode(record)).key(), line, Map.of());
        } catch (InvalidEventException e) {
            return new ForeignRecord(null, line, Map.of());
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback is told the same
    void send(ForeignRecord record) {
        ProducerRecord<byte[], byte[]> sent = new ProducerRecord<>(topic, record.key(), record.value());
        record.headers().forEach((name, text) -> sent.headers().add(name, text.getBytes(UTF_8)));
        producer.send(sent, (metadata, problem) -> acknowledgements.outcome(problem));
    }

    /** Waits until Kafka has said something about every record. */
    void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        producer.close(CLOSE_TIMEOUT);
    }
}
