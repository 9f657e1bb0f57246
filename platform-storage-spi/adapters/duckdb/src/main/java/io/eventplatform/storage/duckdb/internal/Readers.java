package io.eventplatform.storage.duckdb.internal;

import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.StoreException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The queries under way, and the thread that ends those whose deadline passes. */
public final class Readers {

    private final Database database;
    private final Set<DuckDbCursor> open = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor timer;
    private volatile boolean closed;

    public Readers(Database database, String threadName) {
        this.database = database;
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, threadName);
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
    }

    /**
     * Runs the query; the cursor has its rows.
     *
     * @param startNanos when the caller was asked, by {@link System#nanoTime}: the deadline counts from there
     */
    public Cursor query(Snapshot snapshot, Query query, long startNanos) {
        DuckDbCursor cursor = new DuckDbCursor(database, snapshot, query, startNanos, open);
        open.add(cursor);
        if (closed) { // only now: a close() that did not see the cursor is seen here
            open.remove(cursor);
            throw closedException();
        }
        cursor.execute(timer);
        return cursor;
    }

    /** Refuses if {@link #close} was called. */
    public void requireOpen() {
        if (closed) {
            throw closedException();
        }
    }

    /** Ends all queries; their cursors say that the store is closed. */
    public void close() {
        closed = true;
        for (DuckDbCursor cursor : open) {
            while (!cursor.stop(closedException())) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
        timer.shutdownNow();
    }

    private StoreException closedException() {
        return new StoreException.Configuration(database.name() + ": the store is closed", null);
    }
}
