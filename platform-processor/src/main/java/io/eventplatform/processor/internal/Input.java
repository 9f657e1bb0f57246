package io.eventplatform.processor.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One source partition of a task: its queue, its dedup window, its event time, and how far it has come.
 * {@code frontier} is the offset of the next record to process; what lies between {@code committed} and it waits
 * for a commit.
 * Confined to the worker thread.
 */
final class Input {

    private final TopicPartition partition;
    private final RecordRunner runner;
    private final @Nullable DedupIndex dedup;
    private final long outOfOrdernessMillis;

    private final ArrayDeque<ConsumerRecord<byte[], byte[]>> queue = new ArrayDeque<>();
    private long queuedBytes;
    private boolean full;
    private long frontier;
    private long committed;
    private long sequence;
    private boolean known;
    private OffsetMetadata placed = OffsetMetadata.NONE;
    private long clock = OffsetMetadata.NO_CLOCK;
    private int failedAttempts;
    private long retryAtMillis;
    private long failingSinceMillis;

    /** @param runner knows the contracts and dead letters of the source */
    Input(TopicPartition partition, RecordRunner runner, @Nullable DedupIndex dedup, Duration outOfOrderness) {
        this.partition = partition;
        this.runner = runner;
        this.dedup = dedup;
        this.outOfOrdernessMillis = outOfOrderness.toMillis();
    }

    TopicPartition partition() {
        return partition;
    }

    @Nullable
    DedupIndex dedup() {
        return dedup;
    }

    /** Places it at a committed offset, before any record; what was queued is dropped. */
    void startAt(long offset, OffsetMetadata metadata) {
        queue.clear();
        queuedBytes = 0;
        frontier = offset;
        committed = offset;
        sequence = metadata.sequence();
        known = false;
        placed = metadata;
        clock = metadata.clock();
        failedAttempts = 0;
    }

    /** What was committed with the offset where it was placed. */
    OffsetMetadata placed() {
        return placed;
    }

    /** Runs the head; null if it failed and is to be tried again. */
    @Nullable
    Effects runHead(EventHandler handler, Unit.Opener units) {
        return runner.run(head(), nextAttempt(), handler, dedup, units);
    }

    // ---- the queue

    void enqueue(List<ConsumerRecord<byte[], byte[]>> records) {
        queue.addAll(records);
        records.forEach(record -> queuedBytes += Effects.bytes(record));
    }

    boolean hasQueued() {
        return !queue.isEmpty();
    }

    int queuedRecords() {
        return queue.size();
    }

    /**
     * Whether nothing more is to be fetched for now: from above half of so many records, since a poll brings up to the
     * other half, or so many bytes, down to half of that.
     */
    boolean isFull(int maxRecords, long maxBytes) {
        int high = maxRecords / 2;
        if (queue.size() > high || queuedBytes >= maxBytes) {
            full = true;
        } else if (queue.size() <= high / 2 && queuedBytes <= maxBytes / 2) {
            full = false;
        }
        return full;
    }

    boolean canRun(long nowMillis) {
        return !queue.isEmpty() && (failedAttempts == 0 || nowMillis >= retryAtMillis);
    }

    /** The record to run next. */
    ConsumerRecord<byte[], byte[]> head() {
        return queue.element();
    }

    /** Which attempt at the head comes next: 1 at first. */
    int nextAttempt() {
        return failedAttempts + 1;
    }

    void headFailed(long nowMillis, long backoffMillis) {
        if (failedAttempts == 0) {
            failingSinceMillis = nowMillis;
        }
        failedAttempts++;
        retryAtMillis = nowMillis + backoffMillis;
    }

    void headDone(Effects effects) {
        clock = Math.max(clock, effects.eventMillis());
        ConsumerRecord<byte[], byte[]> done = queue.remove();
        queuedBytes -= Effects.bytes(done);
        failedAttempts = 0;
        frontier = done.offset() + 1;
    }

    /** The record that is waiting to be tried again, if there is one. */
    @Nullable
    String retrying(long nowMillis) {
        ConsumerRecord<byte[], byte[]> head = queue.peek();
        return failedAttempts == 0 || head == null
                ? null
                : partition + "@" + head.offset() + " failed in " + runner.lastFailed() + ", " + failedAttempts
                        + " failed attempts since " + Duration.ofMillis(nowMillis - failingSinceMillis) + " ago";
    }

    // ---- how far it has come

    /** Moves over offsets that Kafka never returns: transaction markers, aborted and compacted records. */
    void skipTo(long position) {
        if (queue.isEmpty() && position > frontier) {
            frontier = position;
        }
    }

    long frontier() {
        return frontier;
    }

    long committedOffset() {
        return committed;
    }

    /** The group has an offset for it. */
    void known() {
        known = true;
    }

    boolean isKnown() {
        return known;
    }

    /** The sequence of a commit that may have arrived is not used again. */
    void skipSequence() {
        sequence++;
    }

    /** The sequence number of the last acknowledged commit, or of a later one that may have arrived. */
    long sequence() {
        return sequence;
    }

    boolean hasProgress() {
        return frontier > committed;
    }

    // ---- event time

    /** The largest event time of its finished records, {@link OffsetMetadata#NO_CLOCK} before the first. */
    long clock() {
        return clock;
    }

    /** Up to which event time its records have come, when its clock stands there. */
    long watermarkAt(long clock) {
        return clock == OffsetMetadata.NO_CLOCK ? clock : clock - outOfOrdernessMillis;
    }

    /** Offsets below {@code next} are acknowledged. */
    void committed(long next) {
        committed = next;
        known = true;
        sequence++;
    }
}
