package io.eventplatform.processor.internal;

import io.eventplatform.processor.Health;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.Step;
import io.eventplatform.processor.internal.KafkaFailures.Action;
import io.eventplatform.processor.internal.KafkaFailures.Call;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker does, a turn at a time: poll; hand the records to their tasks; read state back where a task
 * still lacks it; run the tasks; commit if it is time. Confined to one thread, which calls {@link #open},
 * {@link #turn} again and again, {@link #drain} unless it failed, and {@link #close}.
 *
 * <p>Partitions come by one of two ways ({@link Intake}): from the consumer group, or all of a topic for a
 * store that is private to this process. Records are fetched ahead, up to a bound for each partition; a record
 * that waits for another attempt holds back its own partition alone. While a commit fails, finished work is kept
 * up to the commit bounds, then all partitions are paused, and polling goes on so that the group keeps us. Only a
 * question that Kafka does not answer holds up a turn; the host is told of it.
 */
final class WorkerLoop {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerLoop.class);
    private static final Duration MAX_POLL = Duration.ofMillis(100);
    private static final Duration MAX_TURN = Duration.ofSeconds(1);
    static final Duration CONSUMER_CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final String name;
    private final RunnerOptions options;
    private final Host host;
    private final Parts parts;
    private final Consumer<byte[], byte[]> consumer;
    private final Committer committer;
    private final CommitPace pace;
    private final Activity activity = new Activity();
    private final TreeMap<Integer, Task> tasks = new TreeMap<>();
    private int lastRun = -1;

    /** Assigned, but paused: another partition of their number is missing. */
    private final Set<TopicPartition> waiting = new HashSet<>();

    private boolean assignedOnce;
    private boolean ready;
    /** Nothing is committed any more; partitions that leave are only dropped. */
    private boolean ending;

    /** What went wrong in a change of the assignment; Kafka passes it on out of poll, wrapped or not. */
    private @Nullable RuntimeException assignmentFailure;

    WorkerLoop(String name, RunnerOptions options, Host host, Parts parts) {
        this.name = name;
        this.options = options;
        this.host = host;
        this.parts = parts;
        this.consumer = parts.consumer();
        this.committer = parts.committer();
        this.pace = new CommitPace(
                options.commitInterval().toMillis(), options.maxCommitRecords(), options.maxCommitBytes());
    }

    void open() {
        committer.open();
        parts.intake().start(consumer, new Assignments());
    }

    void turn() {
        take(poll());
        parts.intake().refresh(now());
        parts.restorer().step();
        claimTasks();
        runTasks();
        skipGaps();
        if (pace.isDue(now()) || (pausing() && hasProgress())) {
            commit();
        }
        flowControl();
        host.counters().publish(lag());
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        long now = now();
        boolean busy = !stopping() && pace.hasRoom() && tasks.values().stream().anyMatch(task -> task.canRun(now));
        long wait = busy || parts.restorer().isReading() ? 0 : Math.min(pace.untilDue(now), MAX_POLL.toMillis());
        try {
            return consumer.poll(Duration.ofMillis(wait));
        } catch (KafkaException e) {
            RuntimeException ours = assignmentFailure;
            if (ours != null) {
                throw ours;
            }
            if (KafkaFailures.actionFor(e, Call.POLL) == Action.AGAIN) {
                host.trouble().accept("poll failed: " + e);
                LOG.warn("Poll failed and is repeated: {}", e.toString());
                return ConsumerRecords.empty();
            }
            throw stopped(e);
        }
    }

    private StoppedException stopped(KafkaException failure) {
        if (failure instanceof FencedInstanceIdException) {
            return new StoppedException(
                    "another process runs as instance " + options.instance().orElse("") + " of " + name
                            + " and has taken over. Give each instance a name of its own: RunnerOptions.instance",
                    failure);
        }
        if (failure instanceof OffsetOutOfRangeException gone) {
            parts.intake().requireSameTopic();
            return new StoppedException(
                    "offsets " + gone.offsetOutOfRangePartitions() + " are no longer in the topic, which holds "
                            + ranges(gone.partitions()) + ": records were deleted before they were processed. Keep them"
                            + " longer, or use a new name to start over",
                    failure);
        }
        return new StoppedException(
                name + " cannot read its sources (" + failure.getMessage() + "). " + KafkaFailures.fix(failure),
                failure);
    }

    /** What Kafka still has of these partitions, as far as it answers. */
    private Map<TopicPartition, String> ranges(Set<TopicPartition> partitions) {
        Map<TopicPartition, String> ranges = new HashMap<>();
        try {
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.beginningOffsets(partitions)
                    .forEach((partition, beginning) ->
                            ranges.put(partition, beginning + " to " + ends.getOrDefault(partition, beginning)));
        } catch (KafkaException e) {
            LOG.debug("{} does not tell its range", partitions, e);
        }
        return ranges;
    }

    private void take(ConsumerRecords<byte[], byte[]> records) {
        if (records.isEmpty()) {
            return;
        }
        host.steps().reached(Step.POLLED);
        for (Task task : tasks.values()) {
            task.inputs().forEach(input -> input.enqueue(records.records(input.partition())));
        }
    }

    /** At once, since no record of a task may run before it is known to be ours. */
    private void claimTasks() {
        if (tasks.values().stream().anyMatch(Task::needsClaim)) {
            commit();
        }
    }

    /** For a while at most, and not past a commit that failed: the group and the health want to hear of us. */
    private void runTasks() {
        long end = now() + MAX_TURN.toMillis();
        Deque<Task> queue = fromTheNextOn();
        while (!queue.isEmpty() && !stopping() && pace.hasRoom() && now() < end) {
            Task task = queue.remove();
            Effects effects = task.canRun(now()) ? run(task) : null;
            if (effects == null) {
                continue;
            }
            queue.add(task);
            pace.finished(effects, now());
            host.steps().reached(Step.PROCESSED);
            committer.release(effects);
            if (pace.isDue(now()) && !commit()) {
                return;
            }
        }
    }

    /** Begins behind the task that ran last: tasks take turns, or one that always has records would starve the others. */
    private Deque<Task> fromTheNextOn() {
        Deque<Task> queue = new ArrayDeque<>(tasks.tailMap(lastRun, false).values());
        queue.addAll(tasks.headMap(lastRun, true).values());
        return queue;
    }

    private @Nullable Effects run(Task task) {
        lastRun = task.number();
        activity.begin(task, now());
        try {
            return task.runNext(now());
        } finally {
            activity.end();
        }
    }

    private void skipGaps() {
        for (Task task : tasks.values()) {
            if (!task.isRestored()) {
                continue;
            }
            for (Input input : task.inputs()) {
                if (!input.hasQueued()) {
                    input.skipTo(position(input));
                }
            }
            if (task.hasProgress()) {
                pace.moved(now());
            }
        }
    }

    /** What the consumer will fetch next; the input's own frontier while Kafka does not tell. */
    private long position(Input input) {
        try {
            return consumer.position(input.partition(), Duration.ZERO);
        } catch (TimeoutException e) {
            return input.frontier();
        }
    }

    private boolean commit() {
        List<Task> restored = tasks.values().stream().filter(Task::isRestored).toList();
        boolean all = committer.commit(restored);
        Snapshots snapshots = parts.snapshots();
        if (all && snapshots != null) {
            snapshots.committed(restored);
        }
        pace.committed(all, tasks.values(), now());
        return all;
    }

    /** Fetches ahead for each partition, up to its bounds. */
    private void flowControl() {
        boolean room = pace.hasRoom();
        Set<TopicPartition> paused = consumer.paused();
        for (Task task : tasks.values()) {
            for (Input input : task.inputs()) {
                boolean full = input.isFull(options.maxQueuedRecords(), options.maxQueuedBytes());
                boolean pause = !room || pausing() || !task.isRestored() || full;
                if (pause != paused.contains(input.partition())) {
                    List<TopicPartition> one = List.of(input.partition());
                    if (pause) {
                        consumer.pause(one);
                    } else {
                        consumer.resume(one);
                    }
                }
            }
        }
    }

    private long lag() {
        long lag = 0;
        for (Input input : inputs()) {
            OptionalLong behind = consumer.currentLag(input.partition());
            if (behind.isEmpty()) {
                return -1;
            }
            lag += behind.getAsLong() + Math.max(0, position(input) - input.committedOffset());
        }
        return tasks.isEmpty() ? -1 : lag;
    }

    private List<Input> inputs() {
        return tasks.values().stream().flatMap(task -> task.inputs().stream()).toList();
    }

    private long now() {
        return host.uptime().millis();
    }

    /** Whether it is to take up no further record. */
    private boolean stopping() {
        return host.closing().getAsBoolean() || pausing();
    }

    private boolean pausing() {
        return host.pausing().getAsBoolean();
    }

    private boolean hasProgress() {
        return tasks.values().stream().anyMatch(Task::hasProgress);
    }

    // ---- what others see

    /** Whether it has joined and had, once, the state of every partition it was given. */
    boolean isReady() {
        if (!ready && assignedOnce && !isRestoring()) {
            ready = true;
            LOG.info(
                    "Ready, partitions {}",
                    inputs().stream().map(Input::partition).toList());
        }
        return ready;
    }

    boolean isRestoring() {
        return !tasks.values().stream().allMatch(Task::isRestored);
    }

    Health health() {
        if (!isReady()) {
            String restoring = parts.restorer().progress();
            return new Health.Starting(restoring == null ? "joining the group" : restoring);
        }
        Optional<String> trouble = committer.retrying().or(parts.intake()::trouble);
        if (trouble.isEmpty() && pausing()) {
            return hasProgress() ? new Health.Running() : new Health.Paused();
        }
        return trouble.or(this::failingRecord).<Health>map(Health.Retrying::new).orElseGet(Health.Running::new);
    }

    private Optional<String> failingRecord() {
        return tasks.values().stream()
                .map(task -> task.retrying(now()))
                .filter(Objects::nonNull)
                .findFirst();
    }

    /** The call of user code under way, if it began at least so long ago; any thread may ask. */
    Optional<Health.Stuck> stuck(Duration limit) {
        return activity.longerThan(limit, now());
    }

    /** Records that were processed and wait for a commit. */
    long uncommitted() {
        return tasks.values().stream()
                .mapToLong(task -> task.uncommitted().size())
                .sum();
    }

    /** Records that were fetched and wait to be processed. */
    long unprocessed() {
        return inputs().stream().mapToLong(Input::queuedRecords).sum();
    }

    // ---- assignment

    /** Told by the intake, on this thread, inside poll or refresh. */
    private final class Assignments implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            keepingFailure(() -> add(partitions));
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            keepingFailure(() -> {
                if (!partitions.isEmpty() && !ending) {
                    commit();
                }
                remove(partitions);
            });
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            keepingFailure(() -> remove(partitions));
        }

        private void keepingFailure(Runnable change) {
            try {
                change.run();
            } catch (RuntimeException e) {
                assignmentFailure = e;
                throw e;
            }
        }

        private void add(Collection<TopicPartition> partitions) {
            assignedOnce = true;
            if (partitions.isEmpty()) {
                return;
            }
            partitions.forEach(parts.tasks()::requireCompanions);
            consumer.pause(partitions); // until their state is restored
            waiting.addAll(partitions);
            List<Task> fresh = completeTasks();
            waiting.stream()
                    .filter(partitions::contains)
                    .forEach(partition -> consumer.seek(partition, 0)); // paused, but poll insists on a position
            place(fresh.stream().flatMap(task -> task.inputs().stream()).toList());
            parts.restorer().begin(fresh);
        }

        /** Makes a task of each number that has all its partitions. */
        private List<Task> completeTasks() {
            Map<Integer, List<TopicPartition>> byNumber =
                    waiting.stream().collect(Collectors.groupingBy(TopicPartition::partition));
            byNumber.values()
                    .removeIf(together -> together.size() < parts.intake().topics());
            List<Task> complete = new ArrayList<>();
            byNumber.forEach((number, together) -> {
                Task task = parts.tasks().create(number);
                together.forEach(partition -> parts.tasks().addInput(task, partition));
                together.forEach(waiting::remove);
                tasks.put(number, task);
                complete.add(task);
            });
            return complete;
        }

        private void place(List<Input> fresh) {
            if (fresh.isEmpty()) {
                return;
            }
            Collection<Input> placed = committer.placeAtCommitted(fresh);
            List<Input> unplaced =
                    fresh.stream().filter(input -> !placed.contains(input)).toList();
            List<TopicPartition> partitions =
                    unplaced.stream().map(Input::partition).toList();
            Map<TopicPartition, Long> beginnings = partitions.isEmpty()
                    ? Map.of()
                    : host.patiently("beginning of " + partitions, () -> consumer.beginningOffsets(partitions));
            for (Input input : unplaced) {
                long beginning = beginnings.getOrDefault(input.partition(), 0L);
                input.startAt(committer.startOffset(input.partition(), beginning), OffsetMetadata.NONE);
            }
            fresh.forEach(input -> consumer.seek(input.partition(), input.frontier()));
        }

        /** A task goes with the first of its inputs; what is left of it waits until the number is complete again. */
        private void remove(Collection<TopicPartition> partitions) {
            List<Task> gone = new ArrayList<>();
            for (TopicPartition partition : partitions) {
                Task task = tasks.remove(partition.partition());
                if (task != null) {
                    gone.add(task);
                    task.inputs().forEach(input -> waiting.add(input.partition()));
                }
            }
            waiting.removeAll(partitions);
            if (!ending) {
                consumer.pause(waiting);
            }
            pace.recount(tasks.values());
            parts.restorer().abandon(gone);
            if (!ending) {
                committer.lost(gone);
            }
            gone.forEach(Task::close);
        }
    }

    // ---- the end

    /** Commits what is finished; a commit that fails is tried until the deadline. */
    void drain(BooleanSupplier overdue) {
        if (committer.retrying().isPresent()) {
            hearOfTheGroup(); // it may have slept since the last poll, and what it cannot commit be another's by now
        }
        while (!commit() && !overdue.getAsBoolean()) {
            hearOfTheGroup();
        }
        Snapshots snapshots = parts.snapshots();
        if (snapshots != null && tasks.values().stream().noneMatch(Task::hasProgress)) {
            snapshots.writeAll(tasks.values());
        }
    }

    private void hearOfTheGroup() {
        consumer.pause(consumer.assignment());
        poll();
    }

    /** Releases everything; what is not committed by now is processed again after a restart. */
    void close() {
        ending = true;
        quietly("committer", committer::close);
        quietly("consumer", () -> consumer.close(CloseOptions.timeout(CONSUMER_CLOSE_TIMEOUT)));
        quietly("restorer", parts.restorer()::close);
        quietly("intake", parts.intake()::close);
        Snapshots snapshots = parts.snapshots();
        if (snapshots != null) {
            quietly("state directory", snapshots::close);
        }
        tasks.values().forEach(task -> quietly("task", task::close));
        host.counters().publish(host.counters().lastLag());
    }

    private static void quietly(String what, Runnable close) {
        try {
            close.run();
        } catch (RuntimeException | Error e) { // the rest has to be released all the same
            LOG.warn("The {} did not close cleanly", what, e);
        }
    }
}
