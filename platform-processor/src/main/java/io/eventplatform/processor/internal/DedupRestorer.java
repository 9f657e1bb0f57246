package io.eventplatform.processor.internal;

import io.eventplatform.processor.internal.DedupChangelog.UnreadableStateException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads dedup windows back from the changelog.
 *
 * <p>It reads committed records only, up to the end offset that counts uncommitted ones too, taken after
 * the committed offset of the source was stable. The read_committed end would be too early: it stops before
 * a transaction that is committed but not yet marked in this partition, and its block would be missed.
 */
final class DedupRestorer implements Restorer {

    private static final Logger LOG = LoggerFactory.getLogger(DedupRestorer.class);
    private static final Duration POLL = Duration.ofMillis(20);

    private final String topic;
    private final Consumer<byte[], byte[]> changelog;
    private final Admin admin;
    private final Host host;
    private final Map<TopicPartition, Restore> restores = new HashMap<>();

    DedupRestorer(String topic, Consumer<byte[], byte[]> changelog, Admin admin, Host host) {
        this.topic = topic;
        this.changelog = changelog;
        this.admin = admin;
        this.host = host;
    }

    @Override
    public void begin(Collection<Task> tasks) {
        Set<TopicPartition> partitions = new HashSet<>();
        tasks.forEach(task -> partitions.add(changelogOf(task)));
        Map<TopicPartition, Long> ends = host.patiently("restore of " + topic, () -> endOffsets(partitions));
        tasks.forEach(
                task -> restores.put(changelogOf(task), new Restore(task, ends.getOrDefault(changelogOf(task), 0L))));
        assign();
        changelog.seekToBeginning(partitions);
        finishComplete();
    }

    private TopicPartition changelogOf(Task task) {
        return new TopicPartition(topic, task.partition().partition());
    }

    private Map<TopicPartition, Long> endOffsets(Set<TopicPartition> partitions) {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        ListOffsetsResult result = admin.listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED));
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (TopicPartition partition : partitions) {
            try {
                ends.put(partition, result.partitionResult(partition).get().offset());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RetriableException) {
                    throw new TimeoutException("end of " + partition, e.getCause());
                }
                throw new StoppedException(
                        "the dedup changelog " + partition + " cannot be read (" + e.getCause()
                                + "). Create it with the same partitions as the source: Pipeline.topics",
                        e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoppedException("interrupted while restoring " + partition, e);
            }
        }
        return ends;
    }

    private void assign() {
        changelog.assign(new HashSet<>(restores.keySet()));
    }

    @Override
    public void step() {
        if (restores.isEmpty()) {
            return;
        }
        for (ConsumerRecord<byte[], byte[]> record : changelog.poll(POLL)) {
            Restore restore = restores.get(new TopicPartition(record.topic(), record.partition()));
            if (restore != null) {
                restore.take(record);
            }
        }
        finishComplete();
    }

    private void finishComplete() {
        boolean changed = restores.entrySet().removeIf(entry -> {
            boolean complete = position(entry.getKey()) >= entry.getValue().end;
            if (complete) {
                entry.getValue().finish();
            }
            return complete;
        });
        if (changed) {
            assign();
        }
    }

    private long position(TopicPartition partition) {
        return host.patiently("restore of " + partition, () -> changelog.position(partition));
    }

    @Override
    public void abandon(Collection<Task> tasks) {
        if (restores.values().removeIf(restore -> tasks.contains(restore.task))) {
            assign();
        }
    }

    @Override
    public void close() {
        changelog.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(5)));
        admin.close(Duration.ofSeconds(5));
    }

    private static final class Restore {

        private final Task task;
        private final DedupIndex index;
        private final long end;
        private long records;

        Restore(Task task, long end) {
            this.task = task;
            this.end = end;
            DedupIndex dedup = task.dedup();
            if (dedup == null) {
                throw new IllegalStateException(task.partition() + " has no dedup window");
            }
            this.index = dedup;
        }

        void take(ConsumerRecord<byte[], byte[]> record) {
            records++;
            try {
                DedupChangelog.restore(record.key(), record.value(), index);
            } catch (UnreadableStateException e) {
                throw new StoppedException(
                        "the dedup changelog holds at " + record.topic() + "-" + record.partition() + "@"
                                + record.offset() + " " + e.getMessage() + ". Run the version that wrote it",
                        e);
            }
        }

        void finish() {
            if (task.sequence() == 0 && index.size() > 0) {
                throw new StoppedException(
                        task.partition() + " has no committed offset but a dedup window of " + index.size()
                                + " ids: the group's offsets expired or were deleted. Starting over would drop"
                                + " every event as a duplicate. Delete the dedup topic too, or use another pipeline name",
                        null);
            }
            if (task.sequence() > 0 && !index.isKeyStored()) {
                throw new StoppedException(
                        task.partition() + " has committed offsets, but its dedup changelog is empty: the topic was"
                                + " deleted, or its records expired. Going on would forward events a second time."
                                + " Restore the topic, or use another pipeline name",
                        null);
            }
            task.restored();
            LOG.info(
                    "{}: dedup window restored, {} ids from {} changelog records",
                    task.partition(),
                    index.size(),
                    records);
        }
    }
}
