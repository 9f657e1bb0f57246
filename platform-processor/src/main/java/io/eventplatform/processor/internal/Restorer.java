package io.eventplatform.processor.internal;

import io.eventplatform.processor.internal.Snapshots.Snapshot;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the state of newly assigned tasks back from its changelogs, a little at each step, so that the
 * worker keeps polling; where there is a local snapshot, only what came after it.
 *
 * <p>It reads committed records only, up to the end offset that counts uncommitted ones too, taken after
 * the committed offset of the source was stable. The read_committed end would be too early: it stops before
 * a transaction that is committed but not yet marked in this partition, and its records would be missed.
 */
final class Restorer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Restorer.class);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Supplier<Admin> admins;
    private final Host host;
    private final @Nullable Snapshots snapshots;
    private final Map<TopicPartition, Restore> restores = new HashMap<>();
    private @Nullable Consumer<byte[], byte[]> changelog;
    private @Nullable Admin admin;

    /** Opens its clients when there is something to read; {@code snapshots} null if there are none. */
    Restorer(
            Supplier<Consumer<byte[], byte[]>> consumers,
            Supplier<Admin> admins,
            Host host,
            @Nullable Snapshots snapshots) {
        this.consumers = consumers;
        this.admins = admins;
        this.host = host;
        this.snapshots = snapshots;
    }

    /** Begins with these tasks, each input placed at its committed offset. */
    void begin(Collection<Task> tasks) {
        Set<TopicPartition> partitions = tasks.stream()
                .flatMap(task -> task.states().stream())
                .map(LocalState::changelog)
                .collect(Collectors.toSet());
        if (!partitions.isEmpty()) {
            Map<TopicPartition, Long> ends =
                    host.patiently("restore of " + partitions, () -> offsets(partitions, OffsetSpec.latest()));
            for (Task task : tasks) {
                for (LocalState state : task.states()) {
                    restores.put(state.changelog(), new Restore(task, state, ends.getOrDefault(state.changelog(), 0L)));
                }
            }
            assign();
            changelog().seekToBeginning(partitions);
            startAtSnapshots(partitions);
            finishComplete();
        }
        finish(tasks);
    }

    /** Takes in local snapshots, and leaves of their changelogs only what came since. */
    private void startAtSnapshots(Set<TopicPartition> partitions) {
        Snapshots files = snapshots;
        if (files == null) {
            return;
        }
        Map<TopicPartition, Long> beginnings =
                host.patiently("restore of " + partitions, () -> offsets(partitions, OffsetSpec.earliest()));
        for (TopicPartition partition : partitions) {
            Restore restore = Objects.requireNonNull(restores.get(partition));
            if (restore.state instanceof Snapshotted state) {
                Snapshot snapshot = files.read(state, beginnings.getOrDefault(partition, 0L), restore.end);
                if (snapshot != null) {
                    restore.take(snapshot);
                    changelog().seek(partition, snapshot.offset());
                }
            }
        }
    }

    private Map<TopicPartition, Long> offsets(Set<TopicPartition> partitions, OffsetSpec spec) {
        Map<TopicPartition, OffsetSpec> question = new HashMap<>();
        partitions.forEach(partition -> question.put(partition, spec));
        ListOffsetsResult result =
                admin().listOffsets(question, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED));
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (TopicPartition partition : partitions) {
            try {
                ends.put(partition, result.partitionResult(partition).get().offset());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RetriableException) {
                    throw new TimeoutException("end of " + partition, e.getCause());
                }
                throw new StoppedException(
                        "the changelog " + partition + " cannot be read (" + e.getCause()
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
        changelog().assign(new HashSet<>(restores.keySet()));
    }

    /** Whether some task still lacks state. */
    boolean isReading() {
        return !restores.isEmpty();
    }

    /** Reads on; tasks whose state is complete are told. */
    void step() {
        if (restores.isEmpty()) {
            return;
        }
        for (ConsumerRecord<byte[], byte[]> record : changelog().poll(POLL)) {
            Restore restore = restores.get(new TopicPartition(record.topic(), record.partition()));
            if (restore != null) {
                restore.take(record);
            }
        }
        finishComplete();
    }

    private void finishComplete() {
        Set<Task> advanced = new HashSet<>();
        boolean changed = restores.entrySet().removeIf(entry -> {
            boolean complete = position(entry.getKey()) >= entry.getValue().end;
            if (complete) {
                entry.getValue().finish();
                advanced.add(entry.getValue().task);
            }
            return complete;
        });
        if (changed) {
            assign();
            finish(advanced);
        }
    }

    /** Lets those tasks run of whose state nothing is missing any more. */
    private void finish(Collection<Task> tasks) {
        for (Task task : tasks) {
            if (!task.isRestored() && restores.values().stream().noneMatch(restore -> restore.task == task)) {
                task.restored();
            }
        }
    }

    private long position(TopicPartition partition) {
        return host.patiently("restore of " + partition, () -> changelog().position(partition));
    }

    /** Forgets tasks that were taken away. */
    void abandon(Collection<Task> tasks) {
        if (restores.values().removeIf(restore -> tasks.contains(restore.task))) {
            assign();
        }
    }

    /** What is being read back, and how far that has come; null if nothing is. */
    @Nullable
    String progress() {
        if (restores.isEmpty()) {
            return null;
        }
        long read = restores.keySet().stream().mapToLong(this::position).sum();
        long all = restores.values().stream().mapToLong(restore -> restore.end).sum();
        return "reading state back, at " + read + " of " + all + " changelog offsets";
    }

    private Consumer<byte[], byte[]> changelog() {
        Consumer<byte[], byte[]> open = changelog;
        if (open == null) {
            open = consumers.get();
            changelog = open;
        }
        return open;
    }

    private Admin admin() {
        Admin open = admin;
        if (open == null) {
            open = admins.get();
            admin = open;
        }
        return open;
    }

    @Override
    public void close() {
        if (changelog != null) {
            changelog.close(CloseOptions.timeout(CLOSE_TIMEOUT));
        }
        if (admin != null) {
            admin.close(CLOSE_TIMEOUT);
        }
    }

    private static final class Restore {

        private final Task task;
        private final LocalState state;
        private final long end;
        private long records;
        private long snapshotEntries;

        Restore(Task task, LocalState state, long end) {
            this.task = task;
            this.state = state;
            this.end = end;
        }

        void take(ConsumerRecord<byte[], byte[]> record) {
            if (record.offset() >= end) {
                return; // of the next owner: ours is to hear that the partition is lost, not to judge by that state
            }
            records++;
            try {
                state.restore(record.key(), record.value());
            } catch (UnreadableStateException e) {
                throw new StoppedException(
                        "the changelog holds at " + record.topic() + "-" + record.partition() + "@" + record.offset()
                                + " " + e.getMessage() + ". " + e.remedy(),
                        e);
            }
        }

        void take(Snapshot snapshot) {
            snapshotEntries = snapshot.entries().size();
            snapshot.entries().forEach(entry -> state.restore(entry.key(), entry.value()));
        }

        void finish() {
            if (state instanceof Snapshotted snapshotted) {
                snapshotted.end().restored(end);
            }
            LOG.info(
                    "{}: {} restored from {} changelog records and {} entries of a snapshot",
                    task,
                    state.restored(),
                    records,
                    snapshotEntries);
        }
    }
}
