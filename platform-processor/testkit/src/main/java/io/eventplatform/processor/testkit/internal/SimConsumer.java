package io.eventplatform.processor.testkit.internal;

import io.eventplatform.processor.testkit.internal.SimProcess.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * A consumer, behind {@link Modelled}: with {@code subscribe} a member of its group, with {@code assign} on its own.
 * {@code auto.offset.reset} is {@code none}.
 */
final class SimConsumer {

    private static final long API_TIMEOUT_MILLIS = 60_000;
    private static final int DEFAULT_MAX_POLL_RECORDS = 500;
    private static final int DEFAULT_SESSION_TIMEOUT_MILLIS = 45_000;

    private final SimKafka kafka;
    private final SimProcess process;
    private final @Nullable String groupId;
    private final Optional<String> instanceId;
    private final boolean committedOnly;
    private final int maxPollRecords;
    private final int sessionTimeoutMillis;

    private final Map<TopicPartition, Cursor> assigned = new LinkedHashMap<>();
    private Set<String> topics = Set.of();
    private @Nullable ConsumerRebalanceListener listener;
    private Group.@Nullable Member member;
    private int generation = -1;
    private int assignedGeneration = -1;
    private boolean closed;

    /** Where it stands in a partition. */
    private static final class Cursor {
        private @Nullable Long position;
        private boolean paused;
        private boolean fetched;
    }

    SimConsumer(SimKafka kafka, SimProcess process, Map<String, Object> settings) {
        this.kafka = kafka;
        this.process = process;
        this.groupId = (String) settings.get(ConsumerConfig.GROUP_ID_CONFIG);
        this.instanceId = Optional.ofNullable((String) settings.get(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG));
        this.committedOnly = "read_committed".equals(settings.get(ConsumerConfig.ISOLATION_LEVEL_CONFIG));
        this.maxPollRecords = intOf(settings, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, DEFAULT_MAX_POLL_RECORDS);
        this.sessionTimeoutMillis =
                intOf(settings, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, DEFAULT_SESSION_TIMEOUT_MILLIS);
    }

    private static int intOf(Map<String, Object> settings, String name, int otherwise) {
        Object value = settings.get(name);
        return value == null ? otherwise : Integer.parseInt(value.toString());
    }

    // ---- the group

    public void subscribe(Collection<String> names, ConsumerRebalanceListener told) {
        requireOpen();
        topics = new LinkedHashSet<>(names);
        listener = told;
    }

    /** Does at most one round of the protocol, then fetches; a poll that finds nothing lets its time pass. */
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        requireOpen();
        if (listener != null) {
            takePartInGroup(listener);
        }
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = fetch();
        if (records.isEmpty()) {
            kafka.pass(timeout.toMillis());
        }
        return new ConsumerRecords<>(records, Map.of());
    }

    private void takePartInGroup(ConsumerRebalanceListener told) {
        Group group = group();
        Group.Member me = member;
        if (me != null && me.isFenced()) {
            throw new FencedInstanceIdException("another member has joined " + groupId + " as instance " + instanceId);
        }
        if (me != null && me.isRemoved()) {
            forgetAll(told);
            me = null;
        }
        if (me == null) {
            me = group.join(instanceId, topics, sessionTimeoutMillis);
            member = me;
            assignedGeneration = -1;
        }
        group.rejoin(me, assigned.keySet());
        generation = me.generation(); // also while the next rebalance is under way already
        if (!group.isRebalancing() && assignedGeneration != generation) {
            assignedGeneration = generation;
            me.informed();
            takeAssignment(me.assignment(), told);
            group.rejoin(me, assigned.keySet());
        }
    }

    private void forgetAll(ConsumerRebalanceListener told) {
        Set<TopicPartition> lost = Set.copyOf(assigned.keySet());
        member = null;
        generation = -1;
        if (!lost.isEmpty()) {
            tell(() -> told.onPartitionsLost(lost));
        }
        assigned.clear();
    }

    private void takeAssignment(Set<TopicPartition> mine, ConsumerRebalanceListener told) {
        Set<TopicPartition> revoked = new LinkedHashSet<>(assigned.keySet());
        revoked.removeAll(mine);
        Set<TopicPartition> added = new LinkedHashSet<>(mine);
        added.removeAll(assigned.keySet());
        if (!revoked.isEmpty()) {
            tell(() -> told.onPartitionsRevoked(revoked));
            assigned.keySet().removeAll(revoked);
        }
        added.forEach(partition -> assigned.put(partition, new Cursor()));
        tell(() -> told.onPartitionsAssigned(added));
        if (!revoked.isEmpty()) {
            group().startRebalance(); // what was let go of can now be given to others
        }
    }

    private static void tell(Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException e) {
            throw new KafkaException("User rebalance callback throws an error", e);
        }
    }

    @SuppressWarnings("removal") // no other way to make one yet
    public ConsumerGroupMetadata groupMetadata() {
        Group.Member me = member;
        return new ConsumerGroupMetadata(requireGroupId(), generation, me == null ? "" : me.id(), instanceId);
    }

    /** The group goes on without it, which it learns at its next poll. */
    void expel() {
        if (member != null) {
            group().remove(member);
        }
    }

    /** Its process died. */
    void silent() {
        if (member != null) {
            group().silent(member);
        }
    }

    private Group group() {
        return kafka.group(requireGroupId());
    }

    private String requireGroupId() {
        String id = groupId;
        if (id == null) {
            throw new IllegalStateException("the consumer has no group.id");
        }
        return id;
    }

    // ---- assignment

    public void assign(Collection<TopicPartition> partitions) {
        requireOpen();
        assigned.keySet().retainAll(Set.copyOf(partitions));
        partitions.forEach(partition -> assigned.computeIfAbsent(partition, absent -> new Cursor()));
    }

    public Set<TopicPartition> assignment() {
        return Set.copyOf(assigned.keySet());
    }

    public void pause(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> cursor(partition).paused = true);
    }

    public void resume(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> cursor(partition).paused = false);
    }

    public Set<TopicPartition> paused() {
        Set<TopicPartition> paused = new HashSet<>();
        assigned.forEach((partition, cursor) -> {
            if (cursor.paused) {
                paused.add(partition);
            }
        });
        return paused;
    }

    private Cursor cursor(TopicPartition partition) {
        Cursor cursor = assigned.get(partition);
        if (cursor == null) {
            throw new IllegalStateException("No current assignment for partition " + partition);
        }
        return cursor;
    }

    // ---- records

    private Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> fetch() {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new LinkedHashMap<>();
        int room = maxPollRecords;
        for (Map.Entry<TopicPartition, Cursor> each : assigned.entrySet()) {
            TopicPartition partition = each.getKey();
            Cursor cursor = each.getValue();
            if (cursor.paused || room == 0) {
                continue;
            }
            Log log = kafka.log(partition);
            long position = position(partition);
            if (position < log.start() || position > log.end()) {
                throw new OffsetOutOfRangeException(Map.of(partition, position));
            }
            Log.Fetched fetched = log.fetch(position, room, committedOnly);
            cursor.position = fetched.next();
            cursor.fetched = true;
            room -= fetched.records().size();
            if (!fetched.records().isEmpty()) {
                records.put(
                        partition,
                        fetched.records().stream()
                                .map(entry -> record(partition, entry))
                                .toList());
            }
        }
        return records;
    }

    @SuppressWarnings("NullAway") // Kafka takes null for key and value; its types do not say so
    private static ConsumerRecord<byte[], byte[]> record(TopicPartition partition, Log.Entry entry) {
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                entry.offset(),
                entry.timestamp(),
                TimestampType.CREATE_TIME,
                entry.key() == null ? -1 : entry.key().length,
                entry.value() == null ? -1 : entry.value().length,
                entry.key(),
                entry.value(),
                new org.apache.kafka.common.header.internals.RecordHeaders(
                        entry.headers().toArray()),
                Optional.empty());
    }

    public void seek(TopicPartition partition, long offset) {
        Cursor cursor = cursor(partition);
        cursor.position = offset;
        cursor.fetched = false;
    }

    public void seekToBeginning(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> seek(partition, kafka.log(partition).start()));
    }

    public long position(TopicPartition partition) {
        Cursor cursor = cursor(partition);
        Long position = cursor.position;
        if (position == null) {
            OffsetAndMetadata committed =
                    groupId == null ? null : committed(Set.of(partition)).get(partition);
            if (committed == null) {
                throw new NoOffsetForPartitionException(partition);
            }
            position = committed.offset();
            cursor.position = position;
        }
        return position;
    }

    public long position(TopicPartition partition, Duration timeout) {
        return position(partition);
    }

    public OptionalLong currentLag(TopicPartition partition) {
        Cursor cursor = cursor(partition);
        Long position = cursor.position;
        if (position == null || !cursor.fetched) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Math.max(0, kafka.log(partition).end(committedOnly) - position));
    }

    public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        partitions.forEach(
                partition -> offsets.put(partition, kafka.log(partition).start()));
        return offsets;
    }

    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        partitions.forEach(
                partition -> offsets.put(partition, kafka.log(partition).end(committedOnly)));
        return offsets;
    }

    // ---- offsets

    @SuppressWarnings("NullAway") // Kafka answers null for a partition without an offset; its types do not say so
    public Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
        requireOpen();
        Group group = group();
        if (!kafka.awaitStable(group, partitions, API_TIMEOUT_MILLIS)) {
            throw new TimeoutException("offsets of " + partitions + " are held back by an open transaction");
        }
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        partitions.forEach(partition -> offsets.put(partition, group.committed(partition)));
        return offsets;
    }

    public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
        commitSync(offsets, Duration.ofMillis(API_TIMEOUT_MILLIS));
    }

    public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
        requireOpen();
        Fault fault = process.take(true);
        if (fault != Fault.COMMIT_NEVER_ARRIVES) {
            group().requireCurrent(groupMetadata());
            group().commit(offsets);
            kafka.wrote();
        }
        if (fault != null) {
            kafka.pass(timeout.toMillis());
            throw new TimeoutException("no answer within " + timeout.toMillis() + " ms");
        }
    }

    // ---- the end

    public void close(CloseOptions options) {
        close();
    }

    public void close(Duration timeout) {
        close();
    }

    /** Lets its partitions go; a named member does not leave, but is given up after the session timeout. */
    public void close() {
        if (closed) {
            return;
        }
        Group.Member me = member;
        ConsumerRebalanceListener told = listener;
        if (me != null && told != null && !process.isDead()) {
            Set<TopicPartition> owned = Set.copyOf(new ArrayList<>(assigned.keySet()));
            tell(() -> {
                if (me.isRemoved() || me.isFenced()) {
                    told.onPartitionsLost(owned);
                } else {
                    told.onPartitionsRevoked(owned);
                }
            });
            if (instanceId.isPresent()) {
                group().silent(me);
            } else {
                group().remove(me);
            }
        }
        assigned.clear();
        closed = true;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("This consumer has already been closed.");
        }
    }
}
