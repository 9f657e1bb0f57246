package io.eventplatform.processor.internal;

import io.eventplatform.kafka.KafkaAccessException;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.internal.KafkaClients;
import io.eventplatform.processor.Reset.Emptied;
import io.eventplatform.processor.Reset.Move;
import io.eventplatform.processor.Reset.Offset;
import io.eventplatform.processor.Reset.Plan;
import io.eventplatform.processor.Reset.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * One reset of a pipeline: new offsets, and a tombstone for every key of its changelogs, in one transaction.
 *
 * <p>Why nobody can come in between: the committed offsets are asked for first, which does not answer before the last
 * transaction of an instance that died is settled. Then the transaction puts the new offsets first. From here on an instance
 * that starts waits for them to be settled before it reads state; one that started before is a member of the group by
 * then, which is looked at next, and makes this give up. The transactional id is fixed, so another run settles what an
 * interrupted one left open.
 *
 * <p>The new offsets carry sequence 0, as if nothing had been committed, so that empty changelogs are right; and the
 * epoch that was there, so that the fencing token goes on growing.
 */
public final class ResetRun implements AutoCloseable {

    private static final Duration TRANSACTION_TIMEOUT = Duration.ofMinutes(10);
    private static final Duration POLL = Duration.ofMillis(100);

    private final String pipeline;
    private final List<String> sources;
    private final Target target;
    private final KafkaConfig kafka;
    private final Duration timeout;
    private final Admin admin;
    private final Consumer<byte[], byte[]> consumer;

    public ResetRun(String pipeline, List<String> sources, Target target, KafkaConfig kafka, Duration timeout) {
        this.pipeline = pipeline;
        this.sources = sources;
        this.target = target;
        this.kafka = kafka;
        this.timeout = timeout;
        this.admin = Admin.create(KafkaClients.admin(kafka, Map.of()));
        this.consumer = new KafkaConsumer<>(KafkaClients.consumer(kafka, consumerSettings()));
    }

    private Map<String, Object> consumerSettings() {
        return Map.of(
                ConsumerConfig.GROUP_ID_CONFIG,
                pipeline,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "none",
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                (int) timeout.toMillis());
    }

    /** What it would do. */
    public Plan plan() {
        return asked("be asked what a reset would do", () -> {
            int members = members();
            Map<TopicPartition, OffsetAndMetadata> before = committed(false);
            Map<TopicPartition, OffsetAndMetadata> offsets = newOffsets(before);
            requireEverySource(before.keySet());
            Set<TopicPartition> changelogs = changelogs(offsets.keySet());
            requireTraces(before, changelogs);
            return new Plan(
                    moves(before, offsets), emptied(keys(changelogs, IsolationLevel.READ_COMMITTED)), members, false);
        });
    }

    /** Does it. */
    public Plan execute() {
        return asked("reset " + pipeline, () -> {
            try (Producer<byte[], byte[]> producer = new KafkaProducer<>(KafkaClients.producer(
                    kafka,
                    Map.of(
                            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                            pipeline + ".reset",
                            ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                            (int) TRANSACTION_TIMEOUT.toMillis(),
                            ProducerConfig.MAX_BLOCK_MS_CONFIG,
                            timeout.toMillis())))) {
                producer.initTransactions();
                requireStopped();
                Map<TopicPartition, OffsetAndMetadata> before = committed(true);
                Map<TopicPartition, OffsetAndMetadata> offsets = newOffsets(before);
                requireEverySource(before.keySet());
                Set<TopicPartition> changelogs = changelogs(offsets.keySet());
                requireTraces(before, changelogs);
                producer.beginTransaction();
                try {
                    producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
                    requireStopped();
                    Map<TopicPartition, Set<StateKey>> keys = keys(changelogs, IsolationLevel.READ_UNCOMMITTED);
                    empty(keys, producer);
                    producer.commitTransaction();
                    return new Plan(moves(before, offsets), emptied(keys), 0, true);
                } catch (IllegalStateException e) {
                    producer.abortTransaction();
                    throw e;
                }
            }
        });
    }

    private static List<Move> moves(
            Map<TopicPartition, OffsetAndMetadata> before, Map<TopicPartition, OffsetAndMetadata> offsets) {
        List<Move> moves = new ArrayList<>();
        offsets.forEach((partition, to) -> {
            OffsetAndMetadata from = before.get(partition);
            moves.add(new Move(
                    partition.topic(),
                    partition.partition(),
                    from == null ? OptionalLong.empty() : OptionalLong.of(from.offset()),
                    to.offset()));
        });
        return moves;
    }

    private static List<Emptied> emptied(Map<TopicPartition, Set<StateKey>> keys) {
        List<Emptied> emptied = new ArrayList<>();
        keys.forEach((partition, ofPartition) ->
                emptied.add(new Emptied(partition.topic(), partition.partition(), ofPartition.size())));
        return emptied;
    }

    // ---- the group

    private void requireStopped() throws ExecutionException, InterruptedException, TimeoutException {
        int members = members();
        if (members > 0) {
            throw new IllegalStateException("pipeline " + pipeline + " runs: its group has " + members
                    + (members == 1 ? " member" : " members") + ". Stop every instance first; one with a name"
                    + " (RunnerOptions.instance) stays a member until its session times out, 10 s after it stopped");
        }
    }

    private int members() throws ExecutionException, InterruptedException, TimeoutException {
        try {
            Map<String, ConsumerGroupDescription> groups =
                    answer(admin.describeConsumerGroups(List.of(pipeline)).all());
            return groups.values().stream()
                    .mapToInt(group -> group.members().size())
                    .sum();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof GroupIdNotFoundException)) {
                throw e;
            }
            return 0;
        }
    }

    /** @param stable whether to wait for a transaction that an instance left open, so that it is settled */
    private Map<TopicPartition, OffsetAndMetadata> committed(boolean stable)
            throws ExecutionException, InterruptedException, TimeoutException {
        ListConsumerGroupOffsetsOptions options =
                new ListConsumerGroupOffsetsOptions().requireStable(stable).timeoutMs((int) timeout.toMillis());
        Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
        try {
            answer(admin.listConsumerGroupOffsets(pipeline, options).partitionsToOffsetAndMetadata())
                    .forEach((partition, offset) -> {
                        if (offset != null) {
                            committed.put(partition, offset);
                        }
                    });
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof GroupIdNotFoundException)) {
                throw e;
            }
        }
        return committed;
    }

    /** Sources share state: emptied for one of them, it would lack what the others have put into it. */
    private void requireEverySource(Set<TopicPartition> committed) {
        Set<String> leftOut = new TreeSet<>();
        committed.forEach(partition -> leftOut.add(partition.topic()));
        sources.forEach(leftOut::remove);
        if (!leftOut.isEmpty()) {
            throw new IllegalStateException("group " + pipeline + " has committed offsets of " + leftOut
                    + " too, but the sources named are " + sources
                    + ". Sources share state, which a reset empties: name"
                    + " every source. If the pipeline no longer reads a topic, delete its offsets first"
                    + " (kafka-consumer-groups --delete-offsets)");
        }
    }

    /** Offsets expire, and then the state that stays is to be emptied; a name without either is a wrong one. */
    private void requireTraces(Map<TopicPartition, OffsetAndMetadata> committed, Set<TopicPartition> changelogs) {
        if (committed.isEmpty() && changelogs.isEmpty()) {
            throw new IllegalStateException(
                    "group " + pipeline + " has never committed an offset. Is the name right? There"
                            + " is no topic of its state either, so if its offsets expired, there is nothing to reset");
        }
    }

    // ---- offsets

    private Map<TopicPartition, OffsetAndMetadata> newOffsets(Map<TopicPartition, OffsetAndMetadata> committed)
            throws ExecutionException, InterruptedException, TimeoutException {
        Set<TopicPartition> all = new LinkedHashSet<>();
        for (String source : sources) {
            for (int partition = 0; partition < partitions(source); partition++) {
                all.add(new TopicPartition(source, partition));
            }
        }
        Map<TopicPartition, Long> places = places(all);
        Map<TopicPartition, OffsetAndMetadata> offsets = new TreeMap<>(ResetRun::compare);
        places.forEach((partition, place) -> offsets.put(
                partition,
                new OffsetAndMetadata(
                        place, metadata(partition, committed.get(partition)).toString())));
        return offsets;
    }

    private static OffsetMetadata metadata(TopicPartition partition, @Nullable OffsetAndMetadata committed) {
        if (committed == null) {
            return OffsetMetadata.NONE;
        }
        try {
            long epoch = OffsetMetadata.parse(committed.metadata()).epoch();
            return new OffsetMetadata(0, epoch, OffsetMetadata.NO_CLOCK, OffsetMetadata.NO_CLOCK, false);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    partition + " has a committed offset with metadata " + e.getMessage() + ", of another program or a"
                            + " newer version of this library. Check the pipeline's name, or run that version's reset",
                    e);
        }
    }

    private int partitions(String source) throws ExecutionException, InterruptedException, TimeoutException {
        TopicDescription found = describe(source);
        if (found == null) {
            throw new IllegalStateException(
                    "there is no topic " + source + " to set offsets of. Name the sources of pipeline " + pipeline);
        }
        return found.partitions().size();
    }

    private @Nullable TopicDescription describe(String topic)
            throws ExecutionException, InterruptedException, TimeoutException {
        try {
            return answer(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw e;
        }
    }

    private Map<TopicPartition, Long> places(Set<TopicPartition> all)
            throws ExecutionException, InterruptedException, TimeoutException {
        if (target instanceof Target.Time at) {
            return atTime(all, at.time());
        }
        Map<TopicPartition, Long> beginnings = list(all, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED);
        return target instanceof Target.Offsets given ? given(given.offsets(), all, beginnings) : beginnings;
    }

    private Map<TopicPartition, Long> atTime(Set<TopicPartition> all, Instant time)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, Long> ends = list(all, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
        Map<TopicPartition, Long> places =
                list(all, OffsetSpec.forTimestamp(time.toEpochMilli()), IsolationLevel.READ_COMMITTED);
        places.replaceAll((partition, place) -> place < 0 ? Objects.requireNonNull(ends.get(partition)) : place);
        return places;
    }

    private Map<TopicPartition, Long> given(
            List<Offset> offsets, Set<TopicPartition> all, Map<TopicPartition, Long> beginnings)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, Long> ends = list(all, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
        Map<TopicPartition, Long> places = new HashMap<>();
        Set<Integer> numbers = new TreeSet<>();
        for (Offset offset : offsets) {
            TopicPartition partition = new TopicPartition(offset.topic(), offset.partition());
            Long beginning = beginnings.get(partition);
            if (beginning == null) {
                throw new IllegalStateException(
                        "pipeline " + pipeline + " does not read " + partition + ". Its sources are " + sources);
            }
            long end = Objects.requireNonNull(ends.get(partition));
            if (offset.offset() < beginning || offset.offset() > end) {
                throw new IllegalStateException(partition + " has offsets " + beginning + " to " + end + ", not "
                        + offset.offset() + ". Choose one of these");
            }
            places.put(partition, offset.offset());
            numbers.add(offset.partition());
        }
        for (TopicPartition partition : all) {
            if (numbers.contains(partition.partition()) && !places.containsKey(partition)) {
                throw new IllegalStateException("an offset is given for another source of partition number "
                        + partition.partition() + " but not for " + partition
                        + ", which shares its state. Give one for each source");
            }
        }
        return places;
    }

    private Map<TopicPartition, Long> list(Set<TopicPartition> partitions, OffsetSpec spec, IsolationLevel isolation)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetSpec> question = new HashMap<>();
        partitions.forEach(partition -> question.put(partition, spec));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        answer(admin.listOffsets(question, new ListOffsetsOptions(isolation)).all())
                .forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }

    // ---- changelogs

    /** Those partitions of dedup and state topics that go with these inputs. */
    private Set<TopicPartition> changelogs(Set<TopicPartition> inputs)
            throws ExecutionException, InterruptedException, TimeoutException {
        Set<TopicPartition> changelogs = new TreeSet<>(ResetRun::compare);
        for (String source : sources) {
            addExisting(source + "." + pipeline + ".dedup", inputs, changelogs);
        }
        addExisting(pipeline + ".state", inputs, changelogs);
        return changelogs;
    }

    private void addExisting(String topic, Set<TopicPartition> inputs, Set<TopicPartition> to)
            throws ExecutionException, InterruptedException, TimeoutException {
        TopicDescription found = describe(topic);
        if (found != null) {
            Set<Integer> numbers = new HashSet<>();
            inputs.forEach(input -> numbers.add(input.partition()));
            found.partitions().stream()
                    .filter(partition -> numbers.contains(partition.partition()))
                    .forEach(partition -> to.add(new TopicPartition(topic, partition.partition())));
        }
    }

    /**
     * The keys that stand for something. A reset reads up to the end that counts uncommitted records too, as a restore
     * does.
     */
    private Map<TopicPartition, Set<StateKey>> keys(Set<TopicPartition> changelogs, IsolationLevel upTo)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, Set<StateKey>> keys = new TreeMap<>(ResetRun::compare);
        if (changelogs.isEmpty()) {
            return keys;
        }
        changelogs.forEach(partition -> keys.put(partition, new LinkedHashSet<>()));
        Map<TopicPartition, Long> ends = list(changelogs, OffsetSpec.latest(), upTo);
        consumer.assign(changelogs);
        consumer.seekToBeginning(changelogs);
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            if (!records.isEmpty()) {
                deadlineNanos = System.nanoTime() + timeout.toNanos();
            } else if (System.nanoTime() - deadlineNanos > 0) {
                throw new TimeoutException("no further record of " + ends.keySet());
            }
            for (ConsumerRecord<byte[], byte[]> record : records) {
                Set<StateKey> ofPartition =
                        Objects.requireNonNull(keys.get(new TopicPartition(record.topic(), record.partition())));
                if (record.value() == null) {
                    ofPartition.remove(new StateKey(record.key()));
                } else {
                    ofPartition.add(new StateKey(record.key()));
                }
            }
        }
        return keys;
    }

    @SuppressWarnings({"NullAway", "FutureReturnValueIgnored"}) // a tombstone; the callback keeps the failure
    private static void empty(Map<TopicPartition, Set<StateKey>> keys, Producer<byte[], byte[]> producer) {
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        keys.forEach((partition, ofPartition) -> ofPartition.forEach(key -> producer.send(
                new ProducerRecord<>(partition.topic(), partition.partition(), key.bytes(), null),
                (metadata, failed) -> failure.compareAndSet(null, failed))));
        producer.flush();
        Exception failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException(
                    "state could not be emptied: " + failed.getMessage()
                            + ". Nothing was changed; mend the cause and run it again",
                    failed);
        }
    }

    // ---- asking

    private interface Question<T> {
        T ask() throws ExecutionException, InterruptedException, TimeoutException;
    }

    private <T> T asked(String what, Question<T> question) {
        String refusal = "Kafka at " + kafka.bootstrapServers() + " could not " + what;
        try {
            return question.ask();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaAccessException(refusal + ": interrupted. Run it again.", true, e);
        } catch (TimeoutException e) {
            throw new KafkaAccessException(refusal + " within " + timeout + ". Run it again.", true, e);
        } catch (ExecutionException e) {
            throw refused(refusal, Objects.requireNonNull(e.getCause()));
        } catch (KafkaException e) {
            throw refused(refusal, e);
        }
    }

    private static KafkaAccessException refused(String refusal, Throwable cause) {
        return new KafkaAccessException(
                refusal + ": " + cause.getMessage()
                        + ". Check address, credentials and access rights, and run it again.",
                cause instanceof RetriableException,
                cause);
    }

    private <T> T answer(KafkaFuture<T> future) throws ExecutionException, InterruptedException, TimeoutException {
        return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static int compare(TopicPartition a, TopicPartition b) {
        int byTopic = a.topic().compareTo(b.topic());
        return byTopic != 0 ? byTopic : Integer.compare(a.partition(), b.partition());
    }

    @Override
    public void close() {
        consumer.close();
        admin.close();
    }
}
