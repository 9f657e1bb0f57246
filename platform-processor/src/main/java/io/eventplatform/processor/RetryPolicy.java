package io.eventplatform.processor;

import java.time.Duration;

/**
 * How often a record that failed is tried again before it becomes a dead letter. Only its own partition
 * waits meanwhile. Records that break their contract are never retried.
 *
 * @param maxAttempts attempts in all, the first included
 * @param firstBackoff wait before the second attempt; doubled for each further one
 * @param maxBackoff longest wait
 */
public record RetryPolicy(int maxAttempts, Duration firstBackoff, Duration maxBackoff) {

    /** 3 attempts, after 100 ms and 200 ms. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(3, Duration.ofMillis(100), Duration.ofSeconds(5));

    public RetryPolicy {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("maxAttempts must be at least 1 but was " + maxAttempts);
        }
        if (firstBackoff.isNegative() || maxBackoff.compareTo(firstBackoff) < 0) {
            throw new IllegalArgumentException("maxBackoff (" + maxBackoff + ") must be at least firstBackoff ("
                    + firstBackoff + "), which must not be negative");
        }
    }

    /** The wait after an attempt failed: after the first, after the second and so on. */
    public Duration backoffAfter(int attempt) {
        Duration backoff = firstBackoff.multipliedBy(1L << Math.min(attempt - 1, 30));
        return backoff.compareTo(maxBackoff) > 0 ? maxBackoff : backoff;
    }
}
