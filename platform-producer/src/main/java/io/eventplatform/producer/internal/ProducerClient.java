package io.eventplatform.producer.internal;

import io.eventplatform.kafka.KafkaAccessException;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.internal.KafkaClients;
import io.eventplatform.kafka.internal.TopicAdmin;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Kafka's client, set up so that it never blocks the thread that sends.
 *
 * <p>It would block for two things, and with {@code max.block.ms=0} fails instead. <em>Metadata</em> is therefore
 * loaded here and kept, however long nothing is sent and also while no broker answers; the client's default is to
 * begin anew with the bootstrap servers then, which would fail every event sent meanwhile. A user who sets
 * {@code metadata.recovery.strategy} has that. Of <em>memory</em> it gets more than admission lets in: a batch buffer
 * can be half empty (an event that did not fit opened the next one), and each partition can have batches that
 * went out before they were full.
 */
final class ProducerClient {

    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final Duration FOR_EVER = Duration.ofDays(3650);

    /** Kafka's client keeps at most 5 requests in flight; the rest is reserve for batches that are retried. */
    private static final int UNFILLED_BATCHES_PER_PARTITION = 16;

    private static final long MAX_REQUEST_TIMEOUT_MILLIS = 30_000;
    private static final ConfigDef CONFIG = ProducerConfig.configDef();

    private final Producer<byte[], byte[]> kafka;
    private final long maxRequestBytes;

    private ProducerClient(Producer<byte[], byte[]> kafka, long maxRequestBytes) {
        this.kafka = kafka;
        this.maxRequestBytes = maxRequestBytes;
    }

    Producer<byte[], byte[]> kafka() {
        return kafka;
    }

    /** The largest record that the client takes. */
    long maxRequestBytes() {
        return maxRequestBytes;
    }

    /** Waits at most for the delivery deadline until the cluster answers. */
    static ProducerClient start(DeliverySettings settings) {
        Map<String, Object> ours = new HashMap<>(timeouts(settings));
        long deadlineNanos = System.nanoTime() + settings.deliveryDeadline().toNanos();

        int partitions = partitions(settings);
        ours.put(ProducerConfig.ACKS_CONFIG, "all");
        ours.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        ours.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0L);
        ours.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, FOR_EVER.toMillis());
        ours.put(ProducerConfig.BUFFER_MEMORY_CONFIG, bufferBytes(settings, partitions));
        unlessSet(
                settings,
                ours,
                CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG,
                MetadataRecoveryStrategy.NONE.name);
        unlessSet(
                settings,
                ours,
                ProducerConfig.CLIENT_ID_CONFIG,
                "event-producer-" + settings.topic() + "-" + NUMBERS.incrementAndGet());
        Producer<byte[], byte[]> kafka = open(settings.kafka(), ours);
        try {
            awaitMetadata(kafka, settings, deadlineNanos);
            return new ProducerClient(kafka, number(settings.kafka(), ProducerConfig.MAX_REQUEST_SIZE_CONFIG));
        } catch (Throwable t) {
            kafka.close(Duration.ZERO);
            throw t;
        }
    }

    private static void unlessSet(DeliverySettings settings, Map<String, Object> ours, String property, Object value) {
        if (!settings.kafka().properties().containsKey(property)) {
            ours.put(property, value);
        }
    }

    private static Map<String, Object> timeouts(DeliverySettings settings) {
        long deadlineMillis = settings.deliveryDeadline().toMillis();
        long lingerMillis = number(settings.kafka(), ProducerConfig.LINGER_MS_CONFIG);
        // Several attempts fit into the deadline, unless the user says otherwise.
        long requestMillis = settings.kafka().properties().containsKey(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG)
                ? number(settings.kafka(), ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG)
                : Math.min(MAX_REQUEST_TIMEOUT_MILLIS, deadlineMillis / 3);
        if (lingerMillis + requestMillis > deadlineMillis) {
            throw new IllegalStateException("deliveryDeadline (" + settings.deliveryDeadline()
                    + ") must be at least linger.ms (" + lingerMillis + ") plus request.timeout.ms (" + requestMillis
                    + ")");
        }
        return Map.of(
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.toIntExact(requestMillis),
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Math.toIntExact(deadlineMillis));
    }

    private static int partitions(DeliverySettings settings) {
        OptionalInt partitions = TopicAdmin.partitions(settings.kafka(), settings.topic(), settings.deliveryDeadline());
        if (partitions.isEmpty()) {
            throw new KafkaAccessException(
                    "Topic " + settings.topic() + " does not exist at "
                            + settings.kafka().bootstrapServers()
                            + ". Name another with topic(…), or create it before the producer starts, for example with"
                            + " TopicPlan.of(List.of(TopicSpec.of(\"" + settings.topic()
                            + "\", partitions))).createOrVerify(kafka, timeout).",
                    false,
                    null);
        }
        return partitions.getAsInt();
    }

    private static long bufferBytes(DeliverySettings settings, int partitions) {
        long unfilled = number(settings.kafka(), ProducerConfig.BATCH_SIZE_CONFIG)
                * UNFILLED_BATCHES_PER_PARTITION
                * partitions;
        return 2 * settings.maxInFlightBytes() + unfilled;
    }

    /** What the user set, else Kafka's default. */
    private static long number(KafkaConfig kafka, String property) {
        Object value =
                kafka.properties().getOrDefault(property, CONFIG.defaultValues().get(property));
        try {
            return (Long) ConfigDef.parseType(property, String.valueOf(value), ConfigDef.Type.LONG);
        } catch (ConfigException e) {
            throw new IllegalStateException(property + " must be a number but was \"" + value + "\"", e);
        }
    }

    private static Producer<byte[], byte[]> open(KafkaConfig kafka, Map<String, Object> ours) {
        try {
            return new KafkaProducer<>(KafkaClients.producer(kafka, ours));
        } catch (KafkaException e) {
            throw KafkaClients.unacceptable(kafka, e);
        }
    }

    private static void awaitMetadata(Producer<byte[], byte[]> kafka, DeliverySettings settings, long deadlineNanos) {
        while (true) {
            try {
                kafka.partitionsFor(settings.topic());
                return;
            } catch (TimeoutException e) {
                if (System.nanoTime() - deadlineNanos >= 0) {
                    throw new KafkaAccessException(
                            "Kafka at " + settings.kafka().bootstrapServers() + " did not describe topic "
                                    + settings.topic() + " to the producer within " + settings.deliveryDeadline()
                                    + ". Check that all its brokers can be reached from here.",
                            true,
                            e);
                }
                pause(settings);
            } catch (KafkaException e) {
                throw new KafkaAccessException(
                        "Kafka at " + settings.kafka().bootstrapServers() + " did not describe topic "
                                + settings.topic() + " to the producer: " + e.getMessage()
                                + ". Check credentials and access rights.",
                        false,
                        e);
            }
        }
    }

    private static void pause(DeliverySettings settings) {
        try {
            TimeUnit.MILLISECONDS.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaAccessException(
                    "Interrupted while waiting for Kafka at " + settings.kafka().bootstrapServers() + ".", true, e);
        }
    }
}
