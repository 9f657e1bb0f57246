package io.eventplatform.examples.quickstart;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What Kafka said about the records that were sent. Thread-safe. */
final class Acknowledgements {

    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** One record was written, or failed. */
    void outcome(@Nullable Throwable problem) {
        if (problem == null) {
            acknowledged.incrementAndGet();
        } else {
            failure.compareAndSet(null, problem);
        }
    }

    long count() {
        return acknowledged.get();
    }

    /** The first failure. */
    Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }
}
