package io.eventplatform.storage.duckdb;

import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableSpec;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The queries under way, and the thread that ends those whose deadline passes. */
final class Readers {

    private final DuckDbFile file;
    private final Set<DuckDbCursor> open = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor timer;
    private volatile boolean closed;

    Readers(DuckDbFile file) {
        this.file = file;
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "duckdb-deadlines-" + file.path().getFileName());
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
    }

    Cursor query(TableSpec table, Query query) {
        DuckDbCursor cursor = new DuckDbCursor(file, table, query, open);
        open.add(cursor);
        if (closed) { // only now: a close() that did not see the cursor is seen here
            open.remove(cursor);
            throw closedException();
        }
        cursor.execute(timer);
        return cursor;
    }

    void requireOpen() {
        if (closed) {
            throw closedException();
        }
    }

    /** Ends all queries; their cursors say that the store is closed. */
    void close() {
        closed = true;
        for (DuckDbCursor cursor : open) {
            while (!cursor.stop(closedException())) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
        timer.shutdownNow();
    }

    private StoreException closedException() {
        return new StoreException.Configuration(file.path() + ": the store is closed", null);
    }
}
