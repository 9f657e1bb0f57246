package io.eventplatform.processor.internal;

import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.processor.Health;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Progress;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.Step;
import io.eventplatform.processor.sink.StoreSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
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
 * One thread, one consumer, one committer and the tasks of the partitions it was given.
 *
 * <p>A turn is: poll; hand the records to their tasks; read state back where a task still lacks it; run the
 * tasks; commit if it is time. Only this thread touches consumer, committer and tasks; others see {@link
 * #health} and {@link #progress}, which it publishes, and ask it to stop by {@link #close}.
 *
 * <p>Partitions come by one of two ways ({@link Intake}): from the consumer group, or all of a topic for a
 * store that is private to this process. A task whose record waits for another attempt keeps its partition
 * paused; the others go on. While a commit fails, finished work is kept up to the commit bounds, then all
 * partitions are paused, and polling goes on so that the group keeps us. Only a question that Kafka does not
 * answer holds up a turn; {@link #health} tells of it.
 */
public final class Worker {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final Duration MAX_POLL = Duration.ofMillis(100);
    private static final Duration MAX_TURN = Duration.ofSeconds(1);
    private static final Duration CONSUMER_CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Parts parts;
    private final RunnerOptions options;
    private final Thread thread;
    private final Map<TopicPartition, Task> tasks = new TreeMap<>(Worker::compare);
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Counters counters = new Counters();
    private final CommitPace pace;
    private final Host host;

    private boolean assignedOnce;
    /** Nothing is committed any more; partitions that leave are only dropped. */
    private boolean ending;

    private volatile boolean closing;
    private volatile Health health = new Health.Starting();

    private Worker(String name, RunnerOptions options, PartsFactory factory) {
        this.options = options;
        this.host = new Host(options.clock(), options.stepListener(), counters, () -> closing, this::trouble);
        this.pace = new CommitPace(
                options.commitInterval().toMillis(), options.maxCommitRecords(), options.maxCommitBytes());
        this.parts = factory.create(host);
        this.thread = new Thread(this::run, name);
        thread.setDaemon(false);
        thread.setUncaughtExceptionHandler((died, failure) -> LOG.error("{} died", died.getName(), failure));
    }

    /** Starts a pipeline's worker. */
    public static Worker start(Pipeline pipeline, KafkaConfig kafka, RunnerOptions options) {
        return start(pipeline, kafka, options, new Wiring());
    }

    static Worker start(Pipeline pipeline, KafkaConfig kafka, RunnerOptions options, Wiring wiring) {
        return new Worker(
                        "pipeline-" + pipeline.name(), options, host -> wiring.pipeline(pipeline, kafka, options, host))
                .started();
    }

    /** Starts a sink's worker. */
    public static Worker start(StoreSink sink, KafkaConfig kafka, RunnerOptions options) {
        return start(sink, kafka, options, new Wiring());
    }

    static Worker start(StoreSink sink, KafkaConfig kafka, RunnerOptions options, Wiring wiring) {
        return new Worker("sink-" + sink.name(), options, host -> wiring.sink(sink, kafka, options, host)).started();
    }

    private Worker started() {
        thread.start();
        return this;
    }

    /** Something waits inside a turn: say so at once, since the turn may take long to end. */
    private void trouble(String what) {
        if (ready.isDone()) {
            health = new Health.Retrying(what);
        }
    }

    // ---- the thread

    private void run() {
        Throwable failure = null;
        try {
            parts.committer().open();
            parts.intake().start(parts.consumer(), new Assignments());
            while (!closing) {
                turn();
            }
            drain();
        } catch (Throwable e) {
            failure = e;
        } finally {
            end(failure);
        }
    }

    private void turn() {
        ConsumerRecords<byte[], byte[]> records = poll();
        if (!records.isEmpty()) {
            options.stepListener().reached(Step.POLLED);
            tasks.forEach((partition, task) -> task.enqueue(records.records(partition)));
        }
        parts.intake().refresh(now());
        parts.restorer().step();
        runTasks();
        skipGaps();
        if (pace.isDue(now())) {
            commit();
        }
        flowControl();
        publish();
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        long now = now();
        boolean busy = !closing && pace.hasRoom() && tasks.values().stream().anyMatch(task -> task.canRun(now));
        long wait = busy ? 0 : Math.min(pace.untilDue(now), MAX_POLL.toMillis());
        try {
            return parts.consumer().poll(Duration.ofMillis(wait));
        } catch (FencedInstanceIdException e) {
            throw new StoppedException(
                    "another process runs as instance " + options.instance().orElse("") + " of " + thread.getName()
                            + " and has taken over. Give each instance a name of its own: RunnerOptions.instance",
                    e);
        } catch (OffsetOutOfRangeException e) {
            parts.intake().requireSameTopic();
            throw new StoppedException(
                    "offsets " + e.offsetOutOfRangePartitions() + " are no longer in the topic: records were deleted"
                            + " before they were processed. Keep them longer, or use a new name to start over",
                    e);
        }
    }

    /** For a while at most, and not past a commit that failed: the group and the health want to hear of us. */
    private void runTasks() {
        long end = now() + MAX_TURN.toMillis();
        for (Task task : tasks.values()) {
            while (task.canRun(now()) && !closing && pace.hasRoom() && now() < end) {
                Effects effects = task.runNext(options.clock());
                if (effects == null) {
                    break;
                }
                pace.finished(effects, now());
                options.stepListener().reached(Step.PROCESSED);
                parts.committer().release(effects);
                if (pace.isDue(now()) && !commit()) {
                    return;
                }
            }
        }
    }

    private void skipGaps() {
        for (Task task : tasks.values()) {
            if (task.isRestored() && !task.hasQueued()) {
                task.skipTo(position(task));
                if (task.hasProgress()) {
                    pace.moved(now());
                }
            }
        }
    }

    /** What the consumer will fetch next; the task's own frontier while Kafka does not tell. */
    private long position(Task task) {
        try {
            return parts.consumer().position(task.partition(), Duration.ZERO);
        } catch (TimeoutException e) {
            return task.frontier();
        }
    }

    private boolean commit() {
        List<Task> restored = tasks.values().stream().filter(Task::isRestored).toList();
        boolean all = parts.committer().commit(restored);
        pace.committed(all, tasks.values(), now());
        return all;
    }

    private long now() {
        return options.clock().millis();
    }

    /** Fetches for a partition only what its task can take. */
    private void flowControl() {
        boolean room = pace.hasRoom();
        for (Task task : tasks.values()) {
            List<TopicPartition> one = List.of(task.partition());
            boolean pause = !room || !task.isRestored() || task.hasQueued();
            if (pause != parts.consumer().paused().contains(task.partition())) {
                if (pause) {
                    parts.consumer().pause(one);
                } else {
                    parts.consumer().resume(one);
                }
            }
        }
    }

    private void publish() {
        if (!ready.isDone() && assignedOnce && tasks.values().stream().allMatch(Task::isRestored)) {
            health = new Health.Running();
            LOG.info("Ready, partitions {}", tasks.keySet());
            ready.complete(null);
        }
        if (ready.isDone()) {
            String retrying = tasks.values().stream()
                    .map(Task::retrying)
                    .filter(text -> text != null)
                    .findFirst()
                    .or(parts.committer()::retrying)
                    .orElse(null);
            health = retrying == null ? new Health.Running() : new Health.Retrying(retrying);
        }
        counters.publish(lag());
    }

    private long lag() {
        long lag = 0;
        for (Task task : tasks.values()) {
            OptionalLong behind = parts.consumer().currentLag(task.partition());
            if (behind.isEmpty()) {
                return -1;
            }
            lag += behind.getAsLong() + Math.max(0, position(task) - task.committedOffset());
        }
        return tasks.isEmpty() ? -1 : lag;
    }

    // ---- assignment

    /** Told by the intake, on this thread, inside poll or refresh. */
    private final class Assignments implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            assignedOnce = true;
            List<Task> fresh = new ArrayList<>();
            for (TopicPartition partition : partitions) {
                Task task = parts.tasks().create(partition);
                tasks.put(partition, task);
                fresh.add(task);
            }
            if (fresh.isEmpty()) {
                return;
            }
            place(fresh);
            parts.consumer().pause(partitions); // until their state is restored
            parts.restorer().begin(fresh);
        }

        private void place(List<Task> fresh) {
            Collection<Task> placed = parts.committer().placeAtCommitted(fresh);
            List<Task> unplaced =
                    fresh.stream().filter(task -> !placed.contains(task)).toList();
            List<TopicPartition> partitions =
                    unplaced.stream().map(Task::partition).toList();
            Map<TopicPartition, Long> beginnings = host.patiently(
                    "beginning of " + partitions, () -> parts.consumer().beginningOffsets(partitions));
            for (Task task : unplaced) {
                long beginning = beginnings.getOrDefault(task.partition(), 0L);
                task.startAt(parts.committer().startOffset(task.partition(), beginning), OffsetMetadata.NONE);
            }
            fresh.forEach(task -> parts.consumer().seek(task.partition(), task.frontier()));
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            if (!partitions.isEmpty() && !ending) {
                commit();
            }
            remove(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            remove(partitions);
        }

        private void remove(Collection<TopicPartition> partitions) {
            List<Task> gone = new ArrayList<>();
            for (TopicPartition partition : partitions) {
                Task task = tasks.remove(partition);
                if (task != null) {
                    gone.add(task);
                }
            }
            pace.recount(tasks.values());
            parts.restorer().abandon(gone);
            if (!ending) {
                parts.committer().lost(gone);
            }
            gone.forEach(Task::close);
        }
    }

    // ---- the end

    /** Commits what is finished; a commit that fails is tried until {@link #close} runs out of patience. */
    private void drain() {
        while (!commit() && !Thread.currentThread().isInterrupted()) {
            parts.consumer().pause(parts.consumer().assignment());
            poll();
        }
    }

    private void end(@Nullable Throwable thrown) {
        ending = true;
        Throwable failure = unwrapped(thrown);
        if (closing && failure instanceof TimeoutException) {
            LOG.warn("Closed without an answer; what is not committed is processed again: {}", failure.getMessage());
            failure = null;
        }
        if (failure != null) {
            LOG.error("Stopped: {}", failure.getMessage(), failure);
        }
        quietly("committer", parts.committer()::close);
        quietly("consumer", () -> parts.consumer().close(CloseOptions.timeout(CONSUMER_CLOSE_TIMEOUT)));
        quietly("restorer", parts.restorer()::close);
        quietly("intake", parts.intake()::close);
        tasks.values().forEach(Task::close);
        counters.publish(counters.lastLag());
        health = failure == null ? new Health.Closed() : new Health.Failed(failure);
        if (failure == null) {
            ready.completeExceptionally(new IllegalStateException("the runner was closed before it was ready"));
        } else {
            ready.completeExceptionally(failure);
        }
        ended.countDown();
    }

    /** Kafka wraps what its rebalance callbacks throw. */
    private static @Nullable Throwable unwrapped(@Nullable Throwable thrown) {
        return thrown instanceof KafkaException && thrown.getCause() instanceof RuntimeException cause ? cause : thrown;
    }

    private static void quietly(String what, Runnable close) {
        try {
            close.run();
        } catch (RuntimeException e) {
            LOG.warn("The {} did not close cleanly", what, e);
        }
    }

    // ---- for other threads

    public CompletionStage<Void> ready() {
        return ready.minimalCompletionStage();
    }

    public Health health() {
        return health;
    }

    public Progress progress() {
        return counters.latest();
    }

    /** See {@code Runner.close}. */
    public Progress close(Duration timeout) {
        closing = true;
        if (Thread.currentThread() != thread) {
            try {
                if (!ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                    LOG.warn(
                            "Not drained within {}; what is not committed is processed again after a restart", timeout);
                    thread.interrupt();
                    ended.await(CONSUMER_CLOSE_TIMEOUT.toMillis() * 2, TimeUnit.MILLISECONDS);
                }
            } catch (InterruptedException e) {
                thread.interrupt();
                Thread.currentThread().interrupt();
            }
        }
        return progress();
    }

    private static int compare(TopicPartition a, TopicPartition b) {
        int byTopic = a.topic().compareTo(b.topic());
        return byTopic != 0 ? byTopic : Integer.compare(a.partition(), b.partition());
    }

    @FunctionalInterface
    private interface PartsFactory {
        Parts create(Host host);
    }
}
