package io.eventplatform.processor.internal;

import io.eventplatform.codec.EventCodec;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.internal.KafkaClients;
import io.eventplatform.processor.DedupWindow;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.RunnerOptions.GroupProtocol;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.sink.StoreSink;
import io.eventplatform.storage.Capability;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.telemetry.internal.MessagingSpans;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/** Puts the parts of a worker together: which clients, with which settings, and why. Not final: tests plant defects here. */
class Wiring {

    private static final String SCOPE = "io.eventplatform.processor";

    /** A dead process holds back readers of committed records this long at most. */
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(15);

    /** After this long without a heartbeat the group gives partitions to others. */
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

    /** Longest wait inside one call to a producer. */
    private static final Duration MAX_BLOCK = Duration.ofSeconds(10);

    private static final int MAX_POLL_RECORDS = 2_000;

    /** What a batch of one record has beside key and value, rounded up. */
    private static final int BATCH_OVERHEAD = 200;

    /** What a producer sends at most unless it is told otherwise. */
    private static final Object MAX_REQUEST_SIZE = Objects.requireNonNull(
            ProducerConfig.configDef().defaultValues().get(ProducerConfig.MAX_REQUEST_SIZE_CONFIG));

    private final Clients clients;
    private final KafkaConfig kafka;
    private final RunnerOptions options;
    private final Host host;

    Wiring(Clients clients, KafkaConfig kafka, RunnerOptions options, Host host) {
        this.clients = clients;
        this.kafka = kafka;
        this.options = options;
        this.host = host;
    }

    Parts pipeline(Pipeline pipeline) {
        String group = pipeline.name();
        String clientId = clientId(group);
        List<String> sources = pipeline.sources().stream().map(Source::topic).toList();
        try (Unwind unwind = new Unwind()) {
            Admin admin = unwind.onFailure(admin(clientId + "-watch"));
            Topics topics = Topics.at(
                    admin,
                    kafka.bootstrapServers(),
                    "pipeline.topics(partitions).createOrVerify(kafka, timeout)",
                    sources,
                    companions(pipeline));
            pipeline.dedupTopics().forEach(topics::requireCompacted);
            if (pipeline.hasState()) {
                topics.requireCompacted(pipeline.stateTopic());
            }
            Snapshots snapshots = snapshots(pipeline, topics);
            if (snapshots != null) {
                unwind.onFailure(snapshots);
            }
            Consumer<byte[], byte[]> consumer =
                    unwind.onFailure(consumer(groupMember(group, clientId, admin, sources.size())));
            Map<String, Object> producerSettings = KafkaClients.producer(
                    kafka, pipeline.isAtLeastOnce() ? idempotent(clientId) : transactional(clientId));
            int maxRequestSize = maxRequestSize(producerSettings);
            ToIntFunction<String> maxOutputBytes = target -> Math.min(maxRequestSize, topics.maxMessageBytes(target));
            OutputFinish outputs = new OutputFinish(spans(), maxOutputBytes);
            Map<String, DeadLetters> letters = new HashMap<>();
            Map<String, PipelineTasks.Intaken> intaken = new HashMap<>();
            for (Source source : pipeline.sources()) {
                DeadLetters ofSource = deadLetters(pipeline.deadLetterTopic(source), group, topics, producerSettings);
                letters.put(source.topic(), ofSource);
                RecordRunner runner = recordRunner(source, ofSource, group, outputs);
                intaken.put(source.topic(), new PipelineTasks.Intaken(source, runner, pipeline.dedupTopic(source)));
            }
            PipelineTasks tasks = new PipelineTasks(
                    pipeline,
                    topics,
                    intaken,
                    Objects.requireNonNull(letters.get(sources.get(0))),
                    outputs,
                    pipeline.hasState() ? maxOutputBytes.applyAsInt(pipeline.stateTopic()) - BATCH_OVERHEAD : 0,
                    options,
                    host);
            Committer committer = pipeline.isAtLeastOnce()
                    ? new OffsetsCommitter(group, consumer, unwind.onFailure(clients.producer(producerSettings)), host)
                    : new TransactionCommitter(
                            group, consumer, () -> clients.producer(producerSettings), TRANSACTION_TIMEOUT, host);
            Parts parts = new Parts(
                    consumer,
                    new GroupIntake(sources, new TopicWatch(admin, topics.sourceIds())),
                    tasks,
                    restorer(clientId, snapshots),
                    committer,
                    snapshots);
            unwind.succeeded();
            return parts;
        }
    }

    private static List<String> companions(Pipeline pipeline) {
        List<String> companions = new ArrayList<>(pipeline.targetTopics());
        companions.addAll(pipeline.deadLetterTopics());
        companions.addAll(pipeline.dedupTopics());
        if (pipeline.hasState()) {
            companions.add(pipeline.stateTopic());
        }
        return companions;
    }

    Parts sink(StoreSink sink) {
        String clientId = clientId(sink.group());
        String topic = sink.source().topic();
        try (Unwind unwind = new Unwind()) {
            Admin admin = unwind.onFailure(admin(clientId + "-watch"));
            Topics topics = Topics.at(
                    admin,
                    kafka.bootstrapServers(),
                    "sink.topics(partitions).createOrVerify(kafka, timeout)",
                    List.of(topic),
                    List.of(sink.deadLetterTopic()));
            String topicId = topics.id(topic).toString();
            TopicWatch watch = new TopicWatch(admin, topics.sourceIds());
            boolean shared = sink.store().capabilities().contains(Capability.SHARED);
            Map<String, Object> settings = groupMember(sink.group(), clientId, admin, 1);
            if (!shared) {
                settings.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG); // the group then only shows progress
            }
            Consumer<byte[], byte[]> consumer = unwind.onFailure(consumer(settings));
            Map<String, Object> producerSettings = KafkaClients.producer(kafka, idempotent(clientId));
            DeadLetters deadLetters = deadLetters(sink.deadLetterTopic(), sink.group(), topics, producerSettings);
            Producer<byte[], byte[]> producer = unwind.onFailure(clients.producer(producerSettings));
            StoreCommitter committer = new StoreCommitter(
                    sink,
                    partition -> new SourceShard(topicId, partition.topic(), partition.partition()),
                    consumer,
                    deadLetters,
                    new DeadLetterSender(producer),
                    MessagingSpans.of(options.telemetry(), SCOPE),
                    host);
            OutputFinish outputs = new OutputFinish(spans(), target -> Integer.MAX_VALUE);
            RecordRunner runner = recordRunner(sink.source(), deadLetters, sink.group(), outputs);
            Parts parts = new Parts(
                    consumer,
                    shared
                            ? new GroupIntake(List.of(topic), watch)
                            : new WholeTopicIntake(topic, topics.partitions(topic), watch),
                    new Parts.TaskFactory() {
                        @Override
                        public void requireCompanions(TopicPartition partition) {
                            topics.requireCompanions(partition);
                        }

                        @Override
                        public Task create(int number) {
                            Projections rows = new Projections(topicId, sink.tables(), sink.viewProjections());
                            return new Task(
                                    number, rows, options.retryPolicy(), host.counters(), Ownership.unclaimed(), null);
                        }

                        @Override
                        public Input addInput(Task task, TopicPartition partition) {
                            Input input = new Input(partition, runner, null, Duration.ZERO);
                            task.add(input);
                            return input;
                        }
                    },
                    restorer(clientId, null),
                    committer,
                    null);
            unwind.succeeded();
            return parts;
        }
    }

    private Restorer restorer(String clientId, @Nullable Snapshots snapshots) {
        return new Restorer(
                () -> consumer(reader(clientId + "-restore")), () -> admin(clientId + "-restore"), host, snapshots);
    }

    private @Nullable Snapshots snapshots(Pipeline pipeline, Topics topics) {
        Path directory = options.stateDirectory().orElse(null);
        if (directory == null || !pipeline.hasState()) {
            return null;
        }
        String topic = pipeline.stateTopic();
        return Snapshots.open(
                directory, Map.of(topic, topics.id(topic)), topics.deleteRetention(topic), options.clock());
    }

    /** Makes room in the producer for records that are as large as their dead letter topic allows. */
    private static DeadLetters deadLetters(
            String topic, String group, Topics topics, Map<String, Object> producerSettings) {
        int largest = topics.maxMessageBytes(topic);
        producerSettings.put(
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Math.max(maxRequestSize(producerSettings), largest));
        return new DeadLetters(topic, group, largest);
    }

    RecordRunner recordRunner(Source source, DeadLetters deadLetters, String group, OutputFinish outputs) {
        return new RecordRunner(
                EventCodec.of(source.contracts()),
                deadLetters,
                options.retryPolicy(),
                spans(),
                options.clock(),
                host.uptime(),
                group,
                outputs,
                source.dedupWindow().map(DedupWindow::maxSkew).orElse(DedupWindow.DEFAULT_MAX_SKEW),
                host.closing());
    }

    private MessagingSpans spans() {
        return MessagingSpans.of(options.telemetry(), SCOPE);
    }

    private String clientId(String group) {
        // A group of ours holds no dot but the sink's own, so that no two pairs join to the same id.
        return group + "."
                + options.instance().orElseGet(() -> UUID.randomUUID().toString());
    }

    private Map<String, Object> groupMember(String group, String clientId, Admin admin, int sources) {
        Map<String, Object> settings = reader(clientId);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        settings.put(
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Math.min(maxPollRecords(), options.maxQueuedRecords() / 2));
        if (options.groupProtocol() == GroupProtocol.CONSUMER) {
            BrokerFeatures.requireConsumerProtocol(admin);
            settings.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer");
            if (sources > 1) {
                settings.put(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG, "range"); // keeps equal numbers together
            }
        } else {
            unlessSet(settings, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int) SESSION_TIMEOUT.toMillis());
            settings.put(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, List.of(CoPartitionAssignor.class.getName()));
        }
        // A named instance is a static member: its restart takes the place of the one that died at once.
        options.instance().ifPresent(name -> settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, clientId));
        return settings;
    }

    /** A failed look-up of an offset must never turn into a jump to one end of the topic: reset is always none. */
    private Map<String, Object> reader(String clientId) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, maxPollRecords());
        return settings;
    }

    private int maxPollRecords() {
        Object chosen = kafka.properties().get(ConsumerConfig.MAX_POLL_RECORDS_CONFIG);
        return chosen == null
                ? MAX_POLL_RECORDS
                : Integer.parseInt(chosen.toString().trim());
    }

    /** A default of ours, which the user may change. */
    private void unlessSet(Map<String, Object> settings, String property, Object value) {
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
        Object bytes = producerSettings.getOrDefault(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_SIZE);
        return (Integer) Objects.requireNonNull(
                ConfigDef.parseType(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, bytes, ConfigDef.Type.INT));
    }

    private Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        return clients.consumer(KafkaClients.consumer(kafka, settings));
    }

    private Admin admin(String clientId) {
        return clients.admin(KafkaClients.admin(
                kafka,
                Map.of(
                        AdminClientConfig.CLIENT_ID_CONFIG,
                        clientId,
                        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        (int) options.startTimeout().toMillis(),
                        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        (int) options.startTimeout().toMillis())));
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
