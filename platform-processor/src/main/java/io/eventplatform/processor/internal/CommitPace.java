package io.eventplatform.processor.internal;

import java.util.Collection;

/**
 * When to commit: some time after the first finished record, or earlier when records or bytes reach their
 * bound. While commits fail, the same bounds hold back further work. Confined to the worker thread.
 */
final class CommitPace {

    private static final long NOT_DUE = Long.MAX_VALUE;

    private final long intervalMillis;
    private final long maxRecords;
    private final long maxBytes;
    private long records;
    private long bytes;
    private long dueMillis = NOT_DUE;

    CommitPace(long intervalMillis, long maxRecords, long maxBytes) {
        this.intervalMillis = intervalMillis;
        this.maxRecords = maxRecords;
        this.maxBytes = maxBytes;
    }

    /** A record or timer is finished and waits for a commit. */
    void finished(Effects effects, long nowMillis) {
        records++;
        bytes += effects.bytes();
        moved(nowMillis);
    }

    /** There is something to commit. */
    void moved(long nowMillis) {
        if (dueMillis == NOT_DUE) {
            dueMillis = nowMillis + intervalMillis;
        }
    }

    boolean hasRoom() {
        return records < maxRecords && bytes < maxBytes;
    }

    boolean isDue(long nowMillis) {
        return nowMillis >= dueMillis || !hasRoom();
    }

    long untilDue(long nowMillis) {
        return Math.max(0, dueMillis - nowMillis);
    }

    /** A commit was tried; {@code all} tells whether nothing is left to commit. */
    void committed(boolean all, Collection<Task> tasks, long nowMillis) {
        recount(tasks);
        dueMillis = all ? NOT_DUE : nowMillis + intervalMillis;
    }

    /** Counts what the tasks still hold. */
    void recount(Collection<Task> tasks) {
        records = 0;
        bytes = 0;
        for (Task task : tasks) {
            records += task.uncommitted().size();
            bytes += task.uncommittedBytes();
        }
    }
}
