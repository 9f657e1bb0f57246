package io.eventplatform.serving.internal;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs an HTTP server's exchanges on a few threads, each exchange for a limited time.
 *
 * <p>An exchange reads the request and writes the answer with blocking calls, so a client that stalls holds
 * its thread. When the limit passes the thread is interrupted, which closes its channel.
 */
public final class RequestPool implements Executor {

    private static final Logger log = LoggerFactory.getLogger(RequestPool.class);

    private final ThreadPoolExecutor workers;
    private final ScheduledThreadPoolExecutor alarms;
    private final Duration limit;

    public RequestPool(String name, int threads, int queued, Duration limit) {
        this.limit = limit;
        workers = new ThreadPoolExecutor(
                threads, threads, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queued), threads(name));
        workers.allowCoreThreadTimeOut(true);
        // Discards: an exchange that starts while the pool stops has no use for an alarm.
        alarms = new ScheduledThreadPoolExecutor(1, threads(name + "-limit"), new ThreadPoolExecutor.DiscardPolicy());
        alarms.setRemoveOnCancelPolicy(true);
    }

    /**
     * Runs an exchange soon.
     *
     * @throws RejectedExecutionException if too many wait, or after {@link #drain}; the HTTP server then
     *     closes the connection
     */
    @Override
    public void execute(Runnable exchange) {
        workers.execute(() -> runLimited(exchange));
    }

    /** Takes no more, and waits until what it has is done, for at most this long. */
    public void drain(Duration patience) {
        workers.shutdown();
        try {
            workers.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Interrupts what still runs. */
    public void stop() {
        workers.shutdownNow();
        alarms.shutdownNow();
    }

    private void runLimited(Runnable exchange) {
        Alarm alarm = new Alarm(Thread.currentThread());
        ScheduledFuture<?> scheduled = alarms.schedule(alarm, limit.toMillis(), TimeUnit.MILLISECONDS);
        try {
            exchange.run();
        } finally {
            scheduled.cancel(false);
            alarm.disarm();
        }
    }

    private static ThreadFactory threads(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler((t, e) -> log.error("Thread {} died", t.getName(), e));
            return thread;
        };
    }

    /**
     * Interrupts a thread, never once that thread moved on to the next exchange: the lock orders the two,
     * and the pool clears a late flag before the next task.
     */
    private static final class Alarm implements Runnable {

        private @Nullable Thread thread;

        Alarm(Thread thread) {
            this.thread = thread;
        }

        @Override
        public synchronized void run() {
            if (thread != null) {
                thread.interrupt();
            }
        }

        synchronized void disarm() {
            thread = null;
        }
    }
}
