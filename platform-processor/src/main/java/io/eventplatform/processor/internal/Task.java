package io.eventplatform.processor.internal;

import io.eventplatform.processor.RetryPolicy;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The work on one partition: its queue, its handler with the user's processors, its dedup window, and how
 * far it has come. {@code frontier} is the offset of the next record to process; everything below it that
 * is not yet {@code committed} stands in {@link #uncommitted}. Confined to the worker thread.
 */
final class Task implements AutoCloseable {

    private final TopicPartition partition;
    private final EventHandler handler;
    private final @Nullable DedupIndex dedup;
    private final RecordRunner runner;
    private final RetryPolicy retryPolicy;
    private final Counters counters;

    private final ArrayDeque<ConsumerRecord<byte[], byte[]>> queue = new ArrayDeque<>();
    private final List<Effects> uncommitted = new ArrayList<>();
    private long uncommittedBytes;
    private long frontier;
    private long committed;
    private long sequence;
    private long restoredClock = OffsetMetadata.NO_CLOCK;
    private boolean restored;
    private int failedAttempts;
    private long retryAtMillis;

    Task(
            TopicPartition partition,
            EventHandler handler,
            @Nullable DedupIndex dedup,
            RecordRunner runner,
            RetryPolicy retryPolicy,
            Counters counters) {
        this.partition = partition;
        this.handler = handler;
        this.dedup = dedup;
        this.runner = runner;
        this.retryPolicy = retryPolicy;
        this.counters = counters;
    }

    TopicPartition partition() {
        return partition;
    }

    @Nullable
    DedupIndex dedup() {
        return dedup;
    }

    /** Places the task at a committed offset, before any record; what was queued or uncommitted is dropped. */
    void startAt(long offset, OffsetMetadata metadata) {
        queue.clear();
        uncommitted.clear();
        uncommittedBytes = 0;
        frontier = offset;
        committed = offset;
        sequence = metadata.sequence();
        restoredClock = metadata.clock();
        failedAttempts = 0;
    }

    /** Its state is complete: records may run. */
    void restored() {
        if (dedup != null) {
            dedup.restored(restoredClock);
        }
        restored = true;
    }

    boolean isRestored() {
        return restored;
    }

    void enqueue(List<ConsumerRecord<byte[], byte[]>> records) {
        queue.addAll(records);
    }

    boolean hasQueued() {
        return !queue.isEmpty();
    }

    int queued() {
        return queue.size();
    }

    boolean canRun(long nowMillis) {
        return restored && !queue.isEmpty() && (failedAttempts == 0 || nowMillis >= retryAtMillis);
    }

    /** The record that is waiting to be tried again, if there is one. */
    @Nullable
    String retrying() {
        ConsumerRecord<byte[], byte[]> head = queue.peek();
        return failedAttempts == 0 || head == null
                ? null
                : partition + "@" + head.offset() + " after " + failedAttempts + " failed attempts";
    }

    /** Runs the record at the head of the queue; null if it failed and waits for its next attempt. */
    @Nullable
    Effects runNext(InstantSource clock) {
        ConsumerRecord<byte[], byte[]> record = queue.element();
        Effects effects = runner.run(record, failedAttempts + 1, handler, dedup);
        if (effects == null) {
            failedAttempts++;
            retryAtMillis =
                    clock.millis() + retryPolicy.backoffAfter(failedAttempts).toMillis();
            return null;
        }
        queue.remove();
        failedAttempts = 0;
        frontier = record.offset() + 1;
        uncommitted.add(effects);
        uncommittedBytes += effects.recordBytes();
        return effects;
    }

    /** Moves over offsets that Kafka never returns: transaction markers, aborted and compacted records. */
    void skipTo(long position) {
        if (restored && queue.isEmpty() && position > frontier) {
            frontier = position;
        }
    }

    long frontier() {
        return frontier;
    }

    long committedOffset() {
        return committed;
    }

    /** The sequence number of the last acknowledged commit. */
    long sequence() {
        return sequence;
    }

    boolean hasProgress() {
        return frontier > committed;
    }

    List<Effects> uncommitted() {
        return uncommitted;
    }

    long uncommittedBytes() {
        return uncommittedBytes;
    }

    /** What the next commit says beside the offset. */
    OffsetMetadata nextMetadata() {
        return new OffsetMetadata(sequence + 1, dedup == null ? OffsetMetadata.NO_CLOCK : dedup.clock());
    }

    /** Everything up to the frontier is acknowledged. */
    void committed() {
        committed(uncommitted.size(), frontier);
    }

    /** The first effects, and offsets below {@code next}, are acknowledged. */
    void committed(int effects, long next) {
        List<Effects> done = uncommitted.subList(0, effects);
        for (Effects each : done) {
            uncommittedBytes -= each.recordBytes();
        }
        counters.committed(done);
        done.clear();
        committed = next;
        sequence++;
        if (dedup != null) {
            dedup.committed();
        }
    }

    @Override
    public void close() {
        handler.close();
    }
}
