package io.eventplatform.producer;

import java.time.Duration;
import java.util.Objects;

/** What {@link EventProducer#send} does when as much is in flight as the bounds allow. Immutable. */
public final class WhenFull {

    private static final WhenFull REFUSE = new WhenFull(Duration.ZERO);

    private static final Duration LONGEST = Duration.ofDays(1);

    private final Duration maxWait;

    private WhenFull(Duration maxWait) {
        this.maxWait = maxWait;
    }

    /**
     * Blocks the sending thread until there is room, in order of arrival; after this time the event is
     * refused.
     *
     * @param maxWait elapsed time, more than zero and at most a day
     */
    public static WhenFull waitUpTo(Duration maxWait) {
        Objects.requireNonNull(maxWait, "maxWait");
        if (maxWait.isNegative() || maxWait.isZero() || maxWait.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("maxWait must be positive and at most " + LONGEST + " but was " + maxWait
                    + "; not to wait at all use WhenFull.refuse()");
        }
        return new WhenFull(maxWait);
    }

    /** Refuses the event at once. */
    public static WhenFull refuse() {
        return REFUSE;
    }

    /** How long an event waits for room; zero if it is refused at once. */
    public Duration maxWait() {
        return maxWait;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WhenFull that && maxWait.equals(that.maxWait);
    }

    @Override
    public int hashCode() {
        return maxWait.hashCode();
    }

    @Override
    public String toString() {
        return maxWait.isZero() ? "refuse" : "wait up to " + maxWait;
    }
}
