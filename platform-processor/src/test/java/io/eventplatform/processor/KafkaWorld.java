package io.eventplatform.processor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.TopicPlan;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Plain Kafka clients around the pipeline or sink under test. */
public final class KafkaWorld implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String bootstrapServers;
    private final Producer<byte[], byte[]> producer;
    private final Admin admin;
    private final List<Future<RecordMetadata>> unawaited = new ArrayList<>();

    public KafkaWorld(EmbeddedKafka broker) {
        this(broker.bootstrapServers());
    }

    public KafkaWorld(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        Map<String, Object> config = Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 5);
        this.producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }

    public KafkaConfig config() {
        return KafkaConfig.of(bootstrapServers);
    }

    public Admin admin() {
        return admin;
    }

    public void create(TopicPlan plan) {
        plan.createOrVerify(config(), PATIENCE);
    }

    /** A record among dead letters that is none, with a header that has no value. */
    public void sendForeignLetter(String topic) {
        Headers headers = new RecordHeaders().add("dead_letter.reason", null);
        get(producer.send(new ProducerRecord<>(topic, 0, "k".getBytes(UTF_8), "?".getBytes(UTF_8), headers)));
    }

    public void configure(String topic, String property, String value) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        AlterConfigOp set = new AlterConfigOp(new ConfigEntry(property, value), AlterConfigOp.OpType.SET);
        get(admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all());
    }

    /** Sends without headers and waits for the acknowledgement. */
    public RecordMetadata send(String topic, @Nullable String key, String value) {
        return get(later(topic, key, value));
    }

    /** As {@link #send(String, String, String)}, with headers. */
    public RecordMetadata send(String topic, String key, String value, Headers headers) {
        return get(
                producer.send(new ProducerRecord<>(topic, null, key.getBytes(UTF_8), value.getBytes(UTF_8), headers)));
    }

    /** Sends to one partition, without a key. */
    public void sendTo(String topic, int partition, String value) {
        get(producer.send(new ProducerRecord<>(topic, partition, null, value.getBytes(UTF_8))));
    }

    /** Sends a record that is small on the wire and large when read. */
    public void sendCompressed(String topic, String value) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers", bootstrapServers, "compression.type", "gzip", "max.request.size", 10_000_000);
        try (Producer<byte[], byte[]> compressing =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            get(compressing.send(new ProducerRecord<>(topic, value.getBytes(UTF_8))));
        }
    }

    /** Creates a topic under a name that was just deleted, which brokers forget, and learn of, with a delay. */
    public void recreate(String topic, int partitions) {
        create(topic, partitions);
        await(() -> {
            try {
                admin.describeTopics(List.of(topic)).allTopicNames().get();
                return true;
            } catch (ExecutionException e) {
                return false;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private void create(String topic, int partitions) {
        await(() -> {
            try {
                admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                        .all()
                        .get();
                return true;
            } catch (ExecutionException e) {
                return false;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        await(() -> isKnown(topic));
    }

    private boolean isKnown(String topic) {
        try {
            return admin.describeTopics(List.of(topic)).allTopicNames().get().containsKey(topic);
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Sends without waiting; {@link #flush} waits for all. */
    public void sendLater(String topic, @Nullable String key, String value) {
        unawaited.add(later(topic, key, value));
    }

    /** As {@link #sendLater(String, String, String)}, to one partition, without a key. */
    public void sendLater(String topic, int partition, String value) {
        unawaited.add(producer.send(new ProducerRecord<>(topic, partition, null, value.getBytes(UTF_8))));
    }

    private Future<RecordMetadata> later(String topic, @Nullable String key, String value) {
        return producer.send(
                new ProducerRecord<>(topic, key == null ? null : key.getBytes(UTF_8), value.getBytes(UTF_8)));
    }

    public void flush() {
        producer.flush();
        unawaited.forEach(KafkaWorld::get);
        unawaited.clear();
    }

    /** Every committed record of a topic, by partition and offset. */
    public List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        return read(topic, "read_committed");
    }

    /** As {@link #read(String)}, with what was written in transactions that were aborted. */
    public List<ConsumerRecord<byte[], byte[]>> readWithAborted(String topic) {
        return read(topic, "read_uncommitted");
    }

    private List<ConsumerRecord<byte[], byte[]>> read(String topic, String isolation) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "isolation.level",
                isolation,
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                false);
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = partitions(topic);
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = ends(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError(topic + " could not be read to " + ends);
                }
                consumer.poll(Duration.ofMillis(50)).forEach(records::add);
            }
            return records;
        }
    }

    /** The values of a topic as text. */
    public List<String> values(String topic) {
        return read(topic).stream()
                .map(record -> new String(record.value(), UTF_8))
                .toList();
    }

    public List<TopicPartition> partitions(String topic) {
        return producer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    private Map<TopicPartition, Long> ends(List<TopicPartition> partitions) {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> found =
                get(admin.listOffsets(latest).all().toCompletionStage().toCompletableFuture());
        found.forEach((partition, info) -> ends.put(partition, info.offset()));
        return ends;
    }

    public Map<TopicPartition, OffsetAndMetadata> committed(String group) {
        return get(admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .toCompletionStage()
                .toCompletableFuture());
    }

    /** Waits until the group has committed everything in the topic. */
    public void awaitCommitted(String group, String topic) {
        await(() -> {
            Map<TopicPartition, OffsetAndMetadata> committed = committed(group);
            return ends(partitions(topic)).entrySet().stream().allMatch(end -> {
                OffsetAndMetadata offset = committed.get(end.getKey());
                return end.getValue() == 0 || (offset != null && offset.offset() >= end.getValue());
            });
        });
    }

    /** Waits for a condition; fails when it does not come true. */
    public static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the condition did not come true within " + PATIENCE);
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    public static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        producer.close();
        admin.close();
    }
}
