package io.eventplatform.processor.internal;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Up to which offset of its changelog a state is complete. Only its owner writes there, so what it has read back and
 * what its acknowledged commits have written is all there is; records of commits that were aborted do not count.
 */
final class ChangelogEnd {

    /** Told by the producer's thread. */
    private final AtomicLong sent = new AtomicLong();

    private final AtomicLong records = new AtomicLong();
    private long offset;
    private long recordsAtSnapshot;

    /** The state is read back up to this offset. */
    void restored(long offset) {
        this.offset = offset;
    }

    /** A record was written at this offset, in a commit that is not acknowledged yet. */
    void sent(long offset) {
        sent.accumulateAndGet(offset + 1, Math::max);
        records.incrementAndGet();
    }

    void committed() {
        offset = Math.max(offset, sent.get());
    }

    long offset() {
        return offset;
    }

    long recordsSinceSnapshot() {
        return records.get() - recordsAtSnapshot;
    }

    void snapshotTaken() {
        recordsAtSnapshot = records.get();
    }
}
