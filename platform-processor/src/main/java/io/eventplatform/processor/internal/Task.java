package io.eventplatform.processor.internal;

import io.eventplatform.processor.Health;
import io.eventplatform.processor.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The work on one partition number: the user's processors, and an {@link Input} for each source that has a
 * partition of that number. What it has done and is not yet committed stands in {@link #uncommitted}, in
 * the order of processing. Confined to the worker thread.
 */
final class Task implements AutoCloseable {

    private final int number;
    private final EventHandler handler;
    private final RetryPolicy retryPolicy;
    private final Counters counters;

    private final Map<TopicPartition, Input> inputs = new TreeMap<>(Task::compare);
    private final List<LocalState> states = new ArrayList<>();
    private final List<Effects> uncommitted = new ArrayList<>();
    private long uncommittedBytes;
    private boolean restored;

    /** For other threads: the record whose user code runs now. */
    private volatile @Nullable ConsumerRecord<byte[], byte[]> running;

    Task(int number, EventHandler handler, RetryPolicy retryPolicy, Counters counters) {
        this.number = number;
        this.handler = handler;
        this.retryPolicy = retryPolicy;
        this.counters = counters;
    }

    int number() {
        return number;
    }

    // ---- inputs

    void add(Input input) {
        inputs.put(input.partition(), input);
    }

    void add(LocalState state) {
        states.add(state);
    }

    Collection<Input> inputs() {
        return inputs.values();
    }

    /** Its input, where the pipeline or sink has one source. */
    Input onlyInput() {
        if (inputs.size() != 1) {
            throw new IllegalStateException("task " + number + " has inputs " + inputs.keySet() + ", not one");
        }
        return inputs.values().iterator().next();
    }

    /** What has to be restored before records may run. */
    List<LocalState> states() {
        return states;
    }

    /** Its state is complete: records may run. */
    void restored() {
        restored = true;
    }

    boolean isRestored() {
        return restored;
    }

    /** Drops what it has done and starts at this offset of its only input. */
    void startOverAt(long offset) {
        uncommitted.clear();
        uncommittedBytes = 0;
        onlyInput().startAt(offset, OffsetMetadata.NONE);
    }

    // ---- records

    boolean canRun(long nowMillis) {
        return restored && next(nowMillis) != null;
    }

    /** Of the heads that may run, the one that was produced first. */
    private @Nullable Input next(long nowMillis) {
        Input next = null;
        for (Input input : inputs.values()) {
            if (input.canRun(nowMillis)
                    && (next == null || input.head().timestamp() < next.head().timestamp())) {
                next = input;
            }
        }
        return next;
    }

    /** Runs one record; null if there is none, or it failed and waits for its next attempt. */
    @Nullable
    Effects runNext(long nowMillis) {
        Input input = next(nowMillis);
        if (input == null) {
            return null;
        }
        running = input.head();
        Effects effects = input.runHead(handler);
        running = null;
        if (effects == null) {
            long backoff = retryPolicy.backoffAfter(input.nextAttempt()).toMillis();
            input.headFailed(nowMillis, backoff);
            return null;
        }
        input.headDone();
        uncommitted.add(effects);
        uncommittedBytes += effects.recordBytes();
        return effects;
    }

    /** The record that is waiting to be tried again, if there is one. */
    @Nullable
    String retrying(long nowMillis) {
        for (Input input : inputs.values()) {
            String retrying = input.retrying(nowMillis);
            if (retrying != null) {
                return retrying;
            }
        }
        return null;
    }

    /** What runs now; any thread may ask. */
    Optional<Health.Stuck> describeRunning(Duration since) {
        ConsumerRecord<byte[], byte[]> record = running;
        return record == null
                ? Optional.empty()
                : Optional.of(new Health.Stuck(
                        record.topic() + "-" + record.partition() + "@" + record.offset(), handler.running(), since));
    }

    // ---- commits

    boolean hasProgress() {
        return !uncommitted.isEmpty() || inputs.values().stream().anyMatch(Input::hasProgress);
    }

    List<Effects> uncommitted() {
        return uncommitted;
    }

    long uncommittedBytes() {
        return uncommittedBytes;
    }

    /** Everything it has done is acknowledged. */
    void committed() {
        acknowledge(uncommitted.size());
        inputs.values().forEach(input -> input.committed(input.frontier()));
        states.forEach(LocalState::committed);
    }

    /** The first effects, and offsets below {@code next} of its only input, are acknowledged. */
    void committed(int effects, long next) {
        acknowledge(effects);
        onlyInput().committed(next);
    }

    private void acknowledge(int effects) {
        List<Effects> done = uncommitted.subList(0, effects);
        for (Effects each : done) {
            uncommittedBytes -= each.recordBytes();
        }
        counters.committed(done);
        done.clear();
    }

    @Override
    public void close() {
        handler.close();
    }

    @Override
    public String toString() {
        return "task " + number + " of " + inputs.keySet();
    }

    private static int compare(TopicPartition a, TopicPartition b) {
        int byTopic = a.topic().compareTo(b.topic());
        return byTopic != 0 ? byTopic : Integer.compare(a.partition(), b.partition());
    }
}
