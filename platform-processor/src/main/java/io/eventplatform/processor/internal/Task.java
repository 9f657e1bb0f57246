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
 * The work on one partition number: the user's processors, their state and timers, and an {@link Input} for each
 * source that has a partition of that number. What it has done and is not yet committed stands in
 * {@link #uncommitted}, in the order of processing. Confined to the worker thread.
 */
final class Task implements AutoCloseable {

    private final int number;
    private final EventHandler handler;
    private final RetryPolicy retryPolicy;
    private final Counters counters;
    private final Ownership ownership;
    private final @Nullable Timekeeper keyed;

    private final Watermark watermark = new Watermark();
    private final Map<TopicPartition, Input> inputs = new TreeMap<>(Task::compare);
    private final List<LocalState> states = new ArrayList<>();
    private final List<Effects> uncommitted = new ArrayList<>();
    private long uncommittedBytes;
    private boolean restored;

    /** For other threads: the record whose user code runs now, or whether that of a timer does. */
    private volatile @Nullable ConsumerRecord<byte[], byte[]> running;

    private volatile boolean firing;

    /** @param keyed its state and timers, null if it has none */
    Task(
            int number,
            EventHandler handler,
            RetryPolicy retryPolicy,
            Counters counters,
            Ownership ownership,
            @Nullable Timekeeper keyed) {
        this.number = number;
        this.handler = handler;
        this.retryPolicy = retryPolicy;
        this.counters = counters;
        this.ownership = ownership;
        this.keyed = keyed;
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

    /** What has to be restored before records may run, and committed with them. */
    List<LocalState> states() {
        return states;
    }

    /** Its state is complete: records may run once it is known to be ours. */
    void restored() {
        restored = true;
        watermark.restore(inputs.values());
        ownership.placed(inputs.values());
    }

    boolean isRestored() {
        return restored;
    }

    /** Whether a commit has to say first that it is ours. */
    boolean needsClaim() {
        return restored && !ownership.isOurs();
    }

    /** Drops what it has done and starts at this offset of its only input. */
    void startOverAt(long offset) {
        uncommitted.clear();
        uncommittedBytes = 0;
        onlyInput().startAt(offset, OffsetMetadata.NONE);
    }

    // ---- records and timers

    boolean canRun(long nowMillis) {
        if (!restored || !ownership.isOurs()) {
            return false;
        }
        Timekeeper timers = dueTimers();
        return timers == null ? next(nowMillis) != null : timers.canFire(nowMillis);
    }

    /** What fires timers, if one is due. */
    private @Nullable Timekeeper dueTimers() {
        return keyed != null && keyed.isDue(watermark.millis()) ? keyed : null;
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

    /** Runs one timer or record; null if there is none, or it failed and waits for its next attempt. */
    @Nullable
    Effects runNext(long nowMillis) {
        Timekeeper timers = dueTimers();
        Effects effects = timers == null ? runRecord(nowMillis) : fire(timers, nowMillis);
        if (effects == null) {
            return null;
        }
        effects.applyWrites();
        watermark.advance(inputs.values());
        if (keyed != null && dueTimers() == null) {
            keyed.evict(watermark.millis());
        }
        uncommitted.add(effects);
        uncommittedBytes += effects.bytes();
        return effects;
    }

    private @Nullable Effects fire(Timekeeper timers, long nowMillis) {
        firing = true;
        Effects effects = timers.fire(watermark.millis(), nowMillis, ownership.epoch());
        firing = false;
        return effects;
    }

    private @Nullable Effects runRecord(long nowMillis) {
        Input input = next(nowMillis);
        if (input == null) {
            return null;
        }
        running = input.head();
        Effects effects = input.runHead(handler, (begun, attempt) -> unit(input, begun, attempt));
        running = null;
        if (effects == null) {
            long backoff = retryPolicy.backoffAfter(input.nextAttempt()).toMillis();
            input.headFailed(nowMillis, backoff);
            return null;
        }
        input.headDone(effects);
        return effects;
    }

    /** State is seen as of the event time that the record brings about. */
    private Unit unit(Input input, Effects effects, int attempt) {
        StateOverlay state = null;
        if (keyed != null) {
            state = keyed.stateAt(watermark.with(inputs.values(), input, effects.eventMillis()));
            effects.writeTo(state);
        }
        byte[] key = effects.record().key();
        return new Unit(attempt, key, state, watermark.millis(), ownership.epoch(), effects);
    }

    /** The record or timer that is waiting to be tried again, if there is one. */
    @Nullable
    String retrying(long nowMillis) {
        String timer = keyed == null ? null : keyed.retrying(nowMillis);
        if (timer != null) {
            return timer;
        }
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
        String what = record == null
                ? "a timer in partition " + number
                : record.topic() + "-" + record.partition() + "@" + record.offset();
        return record == null && !firing
                ? Optional.empty()
                : Optional.of(new Health.Stuck(what, handler.running(), since));
    }

    // ---- commits

    boolean hasProgress() {
        return !uncommitted.isEmpty()
                || needsClaim()
                || inputs.values().stream().anyMatch(Input::hasProgress);
    }

    /** What the next commit says beside an input's offset. */
    OffsetMetadata nextMetadata(Input input) {
        return new OffsetMetadata(
                input.sequence() + 1, ownership.epoch(), input.clock(), watermark.millis(), keyed != null);
    }

    List<Effects> uncommitted() {
        return uncommitted;
    }

    long uncommittedBytes() {
        return uncommittedBytes;
    }

    /** Everything it has done is acknowledged. */
    void committed() {
        ownership.committed();
        acknowledgeAll();
    }

    /** After doubt, everything it has done seems to be acknowledged. */
    void settled() {
        ownership.settled();
        acknowledgeAll();
    }

    private void acknowledgeAll() {
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
            uncommittedBytes -= each.bytes();
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
