package io.eventplatform.producer.internal;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread on which stages complete, in the order in which their outcomes arrived. */
final class Completions {

    private static final Logger LOG = LoggerFactory.getLogger(Completions.class);

    private final String threadName;
    private final ThreadPoolExecutor executor;
    private volatile @Nullable Thread thread;

    Completions(String threadName) {
        this.threadName = threadName;
        // After shutdown a late outcome completes on the thread that reports it: no stage stays open for ever.
        this.executor = new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), this::newThread, (task, pool) -> task.run());
    }

    private Thread newThread(Runnable work) {
        Thread created = new Thread(work, threadName);
        created.setDaemon(true);
        created.setUncaughtExceptionHandler(
                (dead, failure) -> LOG.error("Thread {} ended by an error; another takes over", threadName, failure));
        thread = created;
        return created;
    }

    void execute(Runnable completion) {
        executor.execute(completion);
    }

    boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    /** Waits until everything given so far has run; returns at once on the completion thread itself. */
    void awaitAllSoFar() throws InterruptedException {
        if (isCurrentThread()) {
            return;
        }
        FutureTask<@Nullable Void> marker = new FutureTask<>(() -> null);
        executor.execute(marker);
        try {
            marker.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** Takes no more and, unless called on the completion thread itself, waits for what was given. */
    void shutdown(long maxWaitNanos) throws InterruptedException {
        executor.shutdown();
        if (!isCurrentThread() && !executor.awaitTermination(maxWaitNanos, TimeUnit.NANOSECONDS)) {
            LOG.warn("Thread {} still runs a callback; the rest of the callbacks follow after it", threadName);
        }
    }
}
