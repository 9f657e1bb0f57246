package io.eventplatform.processor.internal;

import io.eventplatform.codec.EventCodec;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.internal.KafkaClients;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.sink.StoreSink;
import io.eventplatform.storage.Capability;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.telemetry.internal.MessagingSpans;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.Uuid;

/**
 * Puts the parts of a worker together: which clients, with which settings, and why. Tests override {@link
 * #newProducer} to put faults between a worker and Kafka.
 */
class Wiring {

    private static final String SCOPE = "io.eventplatform.processor";

    /** A dead process holds back readers of committed records this long at most. */
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(15);

    /** After this long without a heartbeat the group gives partitions to others. */
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

    /** Longest wait inside one call to a producer. */
    private static final Duration MAX_BLOCK = Duration.ofSeconds(10);

    private static final int MAX_POLL_RECORDS = 2_000;

    Producer<byte[], byte[]> newProducer(Map<String, Object> settings) {
        return new KafkaProducer<>(settings);
    }

    Parts pipeline(Pipeline pipeline, KafkaConfig kafka, RunnerOptions options, Host host) {
        String group = pipeline.name();
        String clientId = clientId(group, options);
        Source source = pipeline.source();
        try (Unwind unwind = new Unwind()) {
            Admin admin = unwind.onFailure(admin(kafka, clientId + "-watch"));
            Topics topics = Topics.at(
                    admin,
                    "pipeline.topics(partitions).createOrVerify(kafka, timeout)",
                    source.topic(),
                    companions(pipeline));
            Consumer<byte[], byte[]> consumer =
                    unwind.onFailure(consumer(kafka, groupMember(kafka, group, options, clientId)));
            Map<String, Object> producerSettings = KafkaClients.producer(kafka, transactional(clientId));
            int maxRequestSize = maxRequestSize(producerSettings);
            DeadLetters deadLetters = deadLetters(pipeline.deadLetterTopic(), group, topics, producerSettings);
            TransactionCommitter committer = new TransactionCommitter(
                    group,
                    source.dedupWindow().isPresent() ? pipeline.dedupTopic() : null,
                    consumer,
                    () -> newProducer(producerSettings),
                    TRANSACTION_TIMEOUT,
                    host);
            EventCodec codec = EventCodec.of(source.contracts());
            RecordRunner runner = recordRunner(
                    codec,
                    deadLetters,
                    group,
                    options,
                    target -> Math.min(maxRequestSize, topics.maxMessageBytes(target)));
            Parts parts = new Parts(
                    consumer,
                    new GroupIntake(
                            source.topic(),
                            new TopicWatch(
                                    admin, source.topic(), topics.source().topicId())),
                    partition -> {
                        topics.requireCompanions(partition.partition());
                        return new Task(
                                partition,
                                new StageChain(pipeline.stages(), pipeline.targets(), codec),
                                source.dedupWindow().map(DedupIndex::new).orElse(null),
                                runner,
                                options.retryPolicy(),
                                host.counters());
                    },
                    restorer(pipeline, kafka, clientId, topics, host, unwind),
                    committer);
            unwind.succeeded();
            return parts;
        }
    }

    private static List<String> companions(Pipeline pipeline) {
        List<String> companions = new ArrayList<>(pipeline.targetTopics());
        companions.add(pipeline.deadLetterTopic());
        if (pipeline.source().dedupWindow().isPresent()) {
            companions.add(pipeline.dedupTopic());
        }
        return companions;
    }

    private static Restorer restorer(
            Pipeline pipeline, KafkaConfig kafka, String clientId, Topics topics, Host host, Unwind unwind) {
        if (pipeline.source().dedupWindow().isEmpty()) {
            return Restorer.NOTHING_TO_RESTORE;
        }
        topics.requireCompacted(pipeline.dedupTopic());
        Consumer<byte[], byte[]> changelog = unwind.onFailure(consumer(kafka, reader(kafka, clientId + "-restore")));
        Admin admin = unwind.onFailure(admin(kafka, clientId + "-restore"));
        return new DedupRestorer(pipeline.dedupTopic(), changelog, admin, host);
    }

    Parts sink(StoreSink sink, KafkaConfig kafka, RunnerOptions options, Host host) {
        String clientId = clientId(sink.group(), options);
        String topic = sink.source().topic();
        try (Unwind unwind = new Unwind()) {
            Admin admin = unwind.onFailure(admin(kafka, clientId + "-watch"));
            Topics topics = Topics.at(
                    admin,
                    "sink.topics(partitions).createOrVerify(kafka, timeout)",
                    topic,
                    List.of(sink.deadLetterTopic()));
            Uuid topicId = topics.source().topicId();
            TopicWatch watch = new TopicWatch(admin, topic, topicId);
            boolean shared = sink.store().capabilities().contains(Capability.SHARED);
            Map<String, Object> settings = groupMember(kafka, sink.group(), options, clientId);
            if (!shared) {
                settings.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG); // the group then only shows progress
            }
            Consumer<byte[], byte[]> consumer = unwind.onFailure(consumer(kafka, settings));
            Map<String, Object> producerSettings = KafkaClients.producer(kafka, idempotent(clientId));
            DeadLetters deadLetters = deadLetters(sink.deadLetterTopic(), sink.group(), topics, producerSettings);
            Producer<byte[], byte[]> producer = unwind.onFailure(newProducer(producerSettings));
            StoreCommitter committer = new StoreCommitter(
                    sink,
                    partition -> new SourceShard(topicId.toString(), partition.topic(), partition.partition()),
                    consumer,
                    deadLetters,
                    new DeadLetterSender(producer),
                    MessagingSpans.of(options.telemetry(), SCOPE),
                    host);
            EventCodec codec = EventCodec.of(sink.source().contracts());
            RecordRunner runner = recordRunner(codec, deadLetters, sink.group(), options, target -> Integer.MAX_VALUE);
            Parts parts = new Parts(
                    consumer,
                    shared
                            ? new GroupIntake(topic, watch)
                            : new WholeTopicIntake(topic, topics.partitions(topic), watch),
                    partition -> {
                        topics.requireCompanions(partition.partition());
                        return new Task(
                                partition,
                                new Projections(topicId.toString(), sink.tables(), sink.viewProjections()),
                                null,
                                runner,
                                options.retryPolicy(),
                                host.counters());
                    },
                    Restorer.NOTHING_TO_RESTORE,
                    committer);
            unwind.succeeded();
            return parts;
        }
    }

    /** Makes room in the producer for records that are as large as their dead letter topic allows. */
    private static DeadLetters deadLetters(
            String topic, String group, Topics topics, Map<String, Object> producerSettings) {
        int largest = topics.maxMessageBytes(topic);
        producerSettings.put(
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Math.max(maxRequestSize(producerSettings), largest));
        return new DeadLetters(topic, group, largest);
    }

    private static RecordRunner recordRunner(
            EventCodec codec,
            DeadLetters deadLetters,
            String group,
            RunnerOptions options,
            ToIntFunction<String> maxOutputBytes) {
        return new RecordRunner(
                codec,
                deadLetters,
                options.retryPolicy(),
                MessagingSpans.of(options.telemetry(), SCOPE),
                options.clock(),
                group,
                maxOutputBytes);
    }

    private static String clientId(String group, RunnerOptions options) {
        // A group of ours holds no dot but the sink's own, so that no two pairs join to the same id.
        return group + "."
                + options.instance().orElseGet(() -> UUID.randomUUID().toString());
    }

    private static Map<String, Object> groupMember(
            KafkaConfig kafka, String group, RunnerOptions options, String clientId) {
        Map<String, Object> settings = reader(kafka, clientId);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        unlessSet(kafka, settings, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int) SESSION_TIMEOUT.toMillis());
        settings.put(
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                List.of(CooperativeStickyAssignor.class.getName()));
        // A named instance is a static member: its restart takes the place of the one that died at once.
        options.instance().ifPresent(name -> settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, clientId));
        return settings;
    }

    /** A failed look-up of an offset must never turn into a jump to one end of the topic: reset is always none. */
    private static Map<String, Object> reader(KafkaConfig kafka, String clientId) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        unlessSet(kafka, settings, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
        return settings;
    }

    /** A default of ours, which the user may change. */
    private static void unlessSet(KafkaConfig kafka, Map<String, Object> settings, String property, Object value) {
        if (!kafka.properties().containsKey(property)) {
            settings.put(property, value);
        }
    }

    private static Map<String, Object> idempotent(String clientId) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK.toMillis());
        return settings;
    }

    private static Map<String, Object> transactional(String clientId) {
        Map<String, Object> settings = idempotent(clientId);
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, clientId + "-0");
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) TRANSACTION_TIMEOUT.toMillis());
        return settings;
    }

    private static int maxRequestSize(Map<String, Object> producerSettings) {
        return new ProducerConfig(producerSettings).getInt(ProducerConfig.MAX_REQUEST_SIZE_CONFIG);
    }

    private static Consumer<byte[], byte[]> consumer(KafkaConfig kafka, Map<String, Object> settings) {
        return new KafkaConsumer<>(KafkaClients.consumer(kafka, settings));
    }

    private static Admin admin(KafkaConfig kafka, String clientId) {
        return Admin.create(KafkaClients.admin(kafka, Map.of("client.id", clientId)));
    }

    /** Closes what was opened so far when wiring fails halfway. */
    private static final class Unwind implements AutoCloseable {

        private final Deque<AutoCloseable> opened = new ArrayDeque<>();

        <T extends AutoCloseable> T onFailure(T resource) {
            opened.push(resource);
            return resource;
        }

        void succeeded() {
            opened.clear();
        }

        @Override
        public void close() {
            for (AutoCloseable resource : opened) {
                try {
                    resource.close();
                } catch (Exception e) {
                    org.slf4j.LoggerFactory.getLogger(Wiring.class).debug("while unwinding", e);
                }
            }
        }
    }
}
