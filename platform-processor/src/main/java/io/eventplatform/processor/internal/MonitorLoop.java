package io.eventplatform.processor.internal;

import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.internal.KafkaClients;
import io.eventplatform.telemetry.PlatformStatus;
import io.eventplatform.telemetry.StageStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks Kafka once a second how stages stand; one thread. */
public final class MonitorLoop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MonitorLoop.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final List<MonitoredStage> stages;
    private final Admin admin;
    private final DeadLetterTail deadLetters;
    private final Map<String, Rate> rates = new HashMap<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "platform-monitor");
    private volatile PlatformStatus latest = new PlatformStatus(Instant.EPOCH, List.of(), List.of());
    private boolean troubled;

    private MonitorLoop(KafkaConfig kafka, List<MonitoredStage> stages) {
        this.stages = List.copyOf(stages);
        this.admin = Admin.create(KafkaClients.admin(kafka, Map.of("client.id", "platform-monitor")));
        this.deadLetters = new DeadLetterTail(new KafkaConsumer<>(KafkaClients.consumer(
                kafka,
                Map.of(
                        "client.id", "platform-monitor",
                        "isolation.level", "read_committed",
                        "enable.auto.commit", false,
                        "auto.offset.reset", "earliest",
                        "allow.auto.create.topics", false))));
        thread.setDaemon(true);
    }

    public static MonitorLoop start(KafkaConfig kafka, List<MonitoredStage> stages) {
        MonitorLoop loop = new MonitorLoop(kafka, stages);
        loop.thread.start();
        return loop;
    }

    public PlatformStatus latest() {
        return latest;
    }

    private void run() {
        try {
            do {
                look();
            } while (!stop.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            LOG.debug("The monitor was interrupted");
        } finally {
            deadLetters.close();
            admin.close(CLOSE_TIMEOUT);
        }
    }

    private void look() throws InterruptedException {
        try {
            latest = status();
            troubled = false;
        } catch (ExecutionException | RuntimeException e) {
            if (!troubled) {
                LOG.warn("Kafka does not tell how stages stand; asking again: {}", e.getMessage());
                troubled = true;
            }
        }
    }

    private PlatformStatus status() throws ExecutionException, InterruptedException {
        Map<String, Integer> partitions = partitions();
        deadLetters.read(stages.stream()
                .flatMap(stage -> stage.deadLetterTopics().stream())
                .distinct()
                .flatMap(topic -> partitionsOf(topic, partitions))
                .toList());
        Map<String, Map<TopicPartition, OffsetAndMetadata>> committed = committed();
        Map<TopicPartition, Long> ends = ends(partitions);
        Map<String, Integer> members = members();
        List<StageStatus> all = new ArrayList<>();
        for (MonitoredStage stage : stages) {
            all.add(status(stage, committed.getOrDefault(stage.group(), Map.of()), ends, members));
        }
        return new PlatformStatus(Instant.now(), all, deadLetters.newest());
    }

    private StageStatus status(
            MonitoredStage stage,
            Map<TopicPartition, OffsetAndMetadata> committed,
            Map<TopicPartition, Long> ends,
            Map<String, Integer> members) {
        long passed = 0;
        long lag = 0;
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            if (stage.sources().contains(end.getKey().topic())) {
                OffsetAndMetadata offset = committed.get(end.getKey());
                long position = offset == null ? 0 : offset.offset();
                passed += position;
                lag += Math.max(0, end.getValue() - position);
            }
        }
        boolean known = stage.sources().stream().allMatch(source -> ends.keySet().stream()
                .anyMatch(end -> end.topic().equals(source)));
        return new StageStatus(
                stage.name(),
                stage.kind(),
                stage.sources(),
                stage.targets(),
                passed,
                known ? lag : StageStatus.UNKNOWN_LAG,
                rates.computeIfAbsent(stage.group(), group -> new Rate()).next(System.nanoTime(), passed),
                stage.deadLetterTopics().stream().mapToLong(deadLetters::count).sum(),
                stage.describeHealth().orElseGet(() -> describe(members.getOrDefault(stage.group(), 0))));
    }

    private static String describe(int members) {
        return members == 0 ? "no member" : members == 1 ? "running, 1 member" : "running, " + members + " members";
    }

    /** How many partitions each topic has; those that do not exist are left out. */
    private Map<String, Integer> partitions() throws ExecutionException, InterruptedException {
        List<String> topics = stages.stream()
                .flatMap(stage -> Stream.concat(stage.sources().stream(), stage.deadLetterTopics().stream()))
                .distinct()
                .toList();
        Map<String, Integer> partitions = new HashMap<>();
        for (var answer : admin.describeTopics(topics).topicNameValues().entrySet()) {
            try {
                TopicDescription description = answer.getValue().get();
                partitions.put(answer.getKey(), description.partitions().size());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
        return partitions;
    }

    private static Stream<TopicPartition> partitionsOf(String topic, Map<String, Integer> partitions) {
        return Stream.iterate(0, number -> number + 1)
                .limit(partitions.getOrDefault(topic, 0))
                .map(number -> new TopicPartition(topic, number));
    }

    private Map<String, Map<TopicPartition, OffsetAndMetadata>> committed()
            throws ExecutionException, InterruptedException {
        Map<String, ListConsumerGroupOffsetsSpec> groups = new HashMap<>();
        stages.forEach(stage -> groups.put(stage.group(), new ListConsumerGroupOffsetsSpec()));
        return admin.listConsumerGroupOffsets(groups).all().get();
    }

    /** As far as records are committed. */
    private Map<TopicPartition, Long> ends(Map<String, Integer> partitions)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        stages.stream()
                .flatMap(stage -> stage.sources().stream())
                .flatMap(source -> partitionsOf(source, partitions))
                .forEach(partition -> wanted.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .get()
                .forEach((partition, info) -> ends.put(partition, info.offset()));
        return ends;
    }

    /** Of the stages that run elsewhere. */
    private Map<String, Integer> members() throws InterruptedException {
        Collection<String> groups = stages.stream()
                .filter(stage -> stage.health().isEmpty())
                .map(MonitoredStage::group)
                .toList();
        Map<String, Integer> members = new HashMap<>();
        for (var answer : admin.describeConsumerGroups(groups).describedGroups().entrySet()) {
            try {
                ConsumerGroupDescription description = answer.getValue().get();
                members.put(answer.getKey(), description.members().size());
            } catch (ExecutionException e) {
                LOG.debug("Group {} cannot be described", answer.getKey(), e);
            }
        }
        return members;
    }

    @Override
    public void close() {
        stop.countDown();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join(CLOSE_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
