package io.eventplatform.processor.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventplatform.processor.OrderPlaced;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends events of a few keys at a steady rate, some twice, some that fail; from a thread of its own until closed. */
final class Feed implements AutoCloseable {

    private static final int KEYS = 40;
    private static final long EVENTS_PER_SECOND = 400;

    private final Producer<byte[], byte[]> producer;
    private final Random random;
    private final List<String> sent = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "feed");
    private volatile boolean closing;

    Feed(String bootstrapServers, long seed) {
        this.random = new Random(seed);
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "delivery.timeout.ms",
                        600_000,
                        "max.block.ms",
                        600_000,
                        "enable.idempotence",
                        true),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        thread.start();
    }

    private void run() {
        while (!closing) {
            String id = !sent.isEmpty() && random.nextInt(20) == 0 ? sent.get(random.nextInt(sent.size())) : newId();
            String key = id.substring(0, id.indexOf(':'));
            byte[] body = OrderPlaced.json(id, key, 1).getBytes(UTF_8);
            var unused = producer.send(
                    new ProducerRecord<>(ChaosPipeline.PIPELINE.sources().get(0).topic(), key.getBytes(UTF_8), body));
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1) / EVENTS_PER_SECOND);
        }
    }

    private String newId() {
        int kind = random.nextInt(100);
        String ending = kind == 0 ? ChaosPipeline.POISON : kind < 4 ? ChaosPipeline.FLAKY : "";
        String id = "key" + random.nextInt(KEYS) + ":" + sent.size() + ending;
        sent.add(id);
        return id;
    }

    /** Ends when everything that was sent is acknowledged. */
    @Override
    public void close() throws InterruptedException {
        closing = true;
        thread.join();
        producer.close();
    }
}
