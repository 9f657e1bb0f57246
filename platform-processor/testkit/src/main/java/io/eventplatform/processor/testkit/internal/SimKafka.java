package io.eventplatform.processor.testkit.internal;

import io.eventplatform.kafka.TopicPlan;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka in memory, for one thread and without real time: what the runtime relies on, and nothing else.
 *
 * <p>Modelled: topics with ids, partitions, compaction and deletion on demand; offsets, with those that markers and
 * compacted records take; idempotent and transactional producers, their epochs and fencing; transactions, open ones
 * hold back readers of committed records, old ones are aborted by the coordinator, markers may come late; offsets
 * and metadata inside transactions, unstable until those are decided; consumer groups of the classic protocol with
 * cooperative rebalances inside {@code poll}, generations, static members, session timeouts by this clock; pause,
 * seek, positions, lag.
 *
 * <p>Not modelled: brokers, replication, elections, batches and their sequence numbers, authorisation, quotas, the
 * KIP-848 protocol, assignors other than by partition number, a member that is expelled because it polls too
 * seldom, a new epoch for each transaction (KIP-890). A client method that is not modelled throws
 * {@link UnsupportedOperationException}.
 *
 * <p>Nothing blocks. A call that would wait lets the clock go on by as long as it would have waited: a poll that
 * finds nothing, a call that times out, a question for offsets that a transaction holds back.
 */
public final class SimKafka {

    private final SimClock clock;
    private final Map<String, Topic> topics = new TreeMap<>();
    private final Map<String, Group> groups = new HashMap<>();
    private final Map<String, TransactionalId> transactionalIds = new LinkedHashMap<>();
    private boolean markersLate;
    private long topicIds;
    private long writes;

    public SimKafka(Instant start) {
        clock = new SimClock(start);
    }

    // ---- time

    public InstantSource clock() {
        return clock;
    }

    long nowMillis() {
        return clock.millis();
    }

    SimClock simClock() {
        return clock;
    }

    /** Lets time pass; what is too old by then expires. */
    public void pass(long millis) {
        if (millis <= 0) {
            return;
        }
        clock.advance(millis);
        transactionalIds.values().forEach(TransactionalId::expire);
        groups.values().forEach(group -> group.expire(clock.millis()));
    }

    // ---- topics

    public void create(TopicPlan plan) {
        plan.topics().forEach(topic -> create(topic.name(), topic.partitions(), topic.config()));
    }

    /** Creates a topic; one of this name that exists is gone, with all its records. */
    public void create(String name, int partitions, Map<String, String> config) {
        topics.put(name, new Topic(name, new Uuid(1, ++topicIds), partitions, config));
    }

    public void recreate(String name) {
        Topic old = topic(name);
        create(name, old.logs().size(), old.config());
    }

    public void growTo(int partitions) {
        topics.values().forEach(topic -> topic.growTo(partitions));
        groups.values().forEach(Group::startRebalance);
    }

    public boolean hasTopic(String name) {
        return topics.containsKey(name);
    }

    public Set<String> topicNames() {
        return topics.keySet();
    }

    public int partitions(String topic) {
        return topic(topic).logs().size();
    }

    Topic topic(String name) {
        Topic topic = topics.get(name);
        if (topic == null) {
            throw new UnknownTopicOrPartitionException("there is no topic " + name);
        }
        return topic;
    }

    Log log(TopicPartition partition) {
        List<Log> logs = topic(partition.topic()).logs();
        if (partition.partition() >= logs.size()) {
            throw new UnknownTopicOrPartitionException(
                    partition.topic() + " has " + logs.size() + " partitions, none of number " + partition.partition());
        }
        return logs.get(partition.partition());
    }

    List<TopicPartition> partitionsOf(Set<String> names) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String name : names) {
            for (int partition = 0; partition < topic(name).logs().size(); partition++) {
                partitions.add(new TopicPartition(name, partition));
            }
        }
        return partitions;
    }

    // ---- records

    /** A record as a test sees it. */
    @SuppressWarnings("ArrayRecordComponent") // bytes as they lie in a log; never compared
    public record SimRecord(
            String topic,
            int partition,
            long offset,
            byte @Nullable [] key,
            byte @Nullable [] value,
            Map<String, byte[]> headers) {}

    /** The partition that Kafka's producer takes for a key. */
    public int partitionOf(String topic, byte @Nullable [] key) {
        return key == null ? 0 : Utils.toPositive(Utils.murmur2(key)) % partitions(topic);
    }

    /** Appends a record outside of any transaction; its offset. */
    public long append(
            String topic, int partition, byte @Nullable [] key, byte @Nullable [] value, Map<String, byte[]> headers) {
        Headers kafkaHeaders = new RecordHeaders();
        headers.forEach(kafkaHeaders::add);
        return append(new TopicPartition(topic, partition), key, value, kafkaHeaders, null);
    }

    long append(
            TopicPartition partition,
            byte @Nullable [] key,
            byte @Nullable [] value,
            Headers headers,
            @Nullable Transaction transaction) {
        writes++;
        return log(partition).append(clock.millis(), key, value, headers, transaction);
    }

    /** Appends a record in a transaction of a foreign producer that ends at once; the record and its marker take an offset each. */
    public long appendInTransaction(
            String topic, int partition, byte @Nullable [] key, byte @Nullable [] value, boolean commit) {
        Transaction transaction = new Transaction(clock);
        long offset = append(new TopicPartition(topic, partition), key, value, new RecordHeaders(), transaction);
        transaction.end(commit, false);
        return offset;
    }

    /** Leaves out offsets, as of records that were compacted before anyone read them. */
    public void skip(String topic, int partition, int offsets) {
        log(new TopicPartition(topic, partition)).skip(offsets);
    }

    public void compact(String topic) {
        topic(topic).logs().forEach(Log::compact);
    }

    public void deleteBefore(String topic, int partition, long offset) {
        log(new TopicPartition(topic, partition)).deleteBefore(offset);
    }

    /** What a reader of committed records finds in a partition from an offset on. */
    public List<SimRecord> committed(String topic, int partition, long from) {
        return log(new TopicPartition(topic, partition)).committed(from).stream()
                .map(entry -> new SimRecord(
                        topic,
                        partition,
                        entry.offset(),
                        entry.key(),
                        entry.value(),
                        io.eventplatform.kafka.internal.KafkaHeaders.toMap(entry.headers())))
                .toList();
    }

    // ---- groups and transactions

    Group group(String id) {
        return groups.computeIfAbsent(id, absent -> new Group(absent, this));
    }

    /** The offset a group has committed, -1 if none. */
    public long committedOffset(String group, String topic, int partition) {
        var offset = group(group).committed(new TopicPartition(topic, partition));
        return offset == null ? -1 : offset.offset();
    }

    /** The group for people. */
    public String describe(String group) {
        return group(group).toString();
    }

    /** Whether no partition of a group is on its way from one member to another. */
    public boolean isSettled(String group) {
        return group(group).isSettled();
    }

    /** Deals a group's partitions out anew. */
    public void shuffle(String group) {
        group(group).shuffle();
    }

    TransactionalId transactionalId(String id) {
        return transactionalIds.computeIfAbsent(id, absent -> new TransactionalId(clock));
    }

    /** Whether a transaction is open, which may hold back readers until its producer goes on or it times out. */
    public boolean hasOpenTransaction() {
        return transactionalIds.values().stream().anyMatch(TransactionalId::isOpen);
    }

    /** From now on markers reach the partitions of a transaction only when a reader has waited for them. */
    public void markersLate(boolean late) {
        markersLate = late;
    }

    /** Writes the markers that are late. */
    public void writeLateMarkers() {
        transactionalIds.values().forEach(TransactionalId::markDecided);
    }

    boolean markersLate() {
        return markersLate;
    }

    /** A write or commit has happened. */
    void wrote() {
        writes++;
    }

    /** Grows with every write and commit. */
    public long writes() {
        return writes;
    }

    /** Waits until no open transaction holds an offset of these partitions back, or for so long. */
    boolean awaitStable(Group group, Set<TopicPartition> partitions, long timeoutMillis) {
        long deadline = clock.millis() + timeoutMillis;
        while (true) {
            long expires = transactionalIds.values().stream()
                    .filter(id -> holds(id.current(), group, partitions))
                    .mapToLong(TransactionalId::expiresAtMillis)
                    .max()
                    .orElse(-1);
            if (expires < 0) {
                return true;
            }
            pass(Math.max(1, Math.min(expires, deadline) - clock.millis()));
            if (clock.millis() >= deadline && expires > deadline) {
                return false;
            }
        }
    }

    private static boolean holds(@Nullable Transaction transaction, Group group, Set<TopicPartition> partitions) {
        return transaction != null
                && partitions.stream().anyMatch(partition -> transaction.holdsOffset(group, partition));
    }
}
