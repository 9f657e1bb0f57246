package io.eventplatform.producer.internal;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What Kafka's client has not answered, looked through now and then.
 *
 * <p>The client gets a second more than the deadline, for its own answer names the cause.
 */
final class Deadlines {

    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_MILLIS = 500;

    /** An event in flight. */
    interface Waiting {

        /** Whether its outcome is known, or given up. */
        boolean isSettled();

        /** Since when, by {@link System#nanoTime}. */
        long sinceNanos();

        /** The deadline has passed; may be called more than once. */
        void overdue();
    }

    private final long maxAgeNanos;
    private final Executor later;
    private final Set<Waiting> all = ConcurrentHashMap.newKeySet();

    Deadlines(Duration deadline) {
        this.maxAgeNanos = deadline.toNanos() + GRACE_NANOS;
        // Not on the completion thread, which may itself wait for an event.
        this.later = CompletableFuture.delayedExecutor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    void add(Waiting event) {
        all.add(event);
    }

    void remove(Waiting event) {
        all.remove(event);
    }

    /** Waits for the events that are in flight now; at most until they are overdue. */
    void awaitAllSettled() throws InterruptedException {
        for (Waiting event : List.copyOf(all)) {
            while (!event.isSettled()) {
                Thread.sleep(1); // nobody is told when an event settles: few flush, all send
            }
        }
    }

    /** Begins, and goes on until told to stop. */
    void watch(BooleanSupplier ended) {
        later.execute(() -> {
            if (!ended.getAsBoolean()) {
                look();
                watch(ended);
            }
        });
    }

    private void look() {
        long now = System.nanoTime();
        for (Waiting event : all) {
            if (now - event.sinceNanos() > maxAgeNanos) {
                event.overdue();
            }
        }
    }
}
