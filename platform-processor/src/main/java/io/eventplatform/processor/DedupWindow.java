package io.eventplatform.processor;

import java.time.Duration;

/**
 * For how long an event id is remembered: a later record with the same id is dropped.
 *
 * <p>The window runs on the partition's event-time clock, the largest timestamp seen, never beyond the
 * wall clock plus {@code maxSkew}. An id is remembered for at least {@code length} of that clock from its
 * arrival, at most {@code length + bucket}. It costs about 32 bytes of memory per id. Duplicates meet only
 * within one partition, so producers key by contract.
 *
 * @param length how long an id is remembered at least
 * @param bucket how coarsely ids are forgotten; shorter than {@code length}
 * @param maxSkew how far a timestamp may lie ahead of the wall clock and still move the clock
 */
public record DedupWindow(Duration length, Duration bucket, Duration maxSkew) {

    /** An eighth of the length. */
    private static final int DEFAULT_BUCKETS = 8;

    /** 10 minutes. */
    public static final Duration DEFAULT_MAX_SKEW = Duration.ofMinutes(10);

    public DedupWindow {
        if (length.isNegative() || length.isZero()) {
            throw new IllegalArgumentException("length must be positive but was " + length);
        }
        if (bucket.toMillis() < 1) {
            throw new IllegalArgumentException("bucket must be at least 1 ms but was " + bucket);
        }
        if (bucket.compareTo(length) >= 0) {
            throw new IllegalArgumentException("bucket must be shorter than length (" + length + ") but was " + bucket);
        }
        if (maxSkew.isNegative()) {
            throw new IllegalArgumentException("maxSkew must not be negative but was " + maxSkew);
        }
    }

    /** A window of this length with the default bucket and skew; at least 8 ms. */
    public static DedupWindow of(Duration length) {
        return new DedupWindow(length, length.dividedBy(DEFAULT_BUCKETS), DEFAULT_MAX_SKEW);
    }
}
