package io.eventplatform.producer.internal;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What Kafka's client has not answered, looked through now and then on the completion thread.
 *
 * <p>The client gets a second more than the deadline, for its own answer names the cause.
 */
final class Deadlines {

    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_MILLIS = 500;

    /** An event in flight. */
    interface Waiting {

        /** Since when, by {@link System#nanoTime}. */
        long sinceNanos();

        /** The deadline has passed; may be called more than once. */
        void overdue();
    }

    private final long maxAgeNanos;
    private final Executor later;
    private final Set<Waiting> all = ConcurrentHashMap.newKeySet();

    Deadlines(Duration deadline, Completions completions) {
        this.maxAgeNanos = deadline.toNanos() + GRACE_NANOS;
        this.later = CompletableFuture.delayedExecutor(LOOK_MILLIS, TimeUnit.MILLISECONDS, completions::execute);
    }

    void add(Waiting event) {
        all.add(event);
    }

    void remove(Waiting event) {
        all.remove(event);
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
