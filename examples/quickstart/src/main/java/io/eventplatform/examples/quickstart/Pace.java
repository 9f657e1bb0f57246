package io.eventplatform.examples.quickstart;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Spreads records evenly over time; whoever falls behind catches up, but by no more than {@link #MOST_BEHIND_NANOS}. */
final class Pace {

    private static final long MOST_BEHIND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long nanosBetween;
    private final CountDownLatch stop;
    private final LongSupplier ticker;
    private long nextNanos;

    /** @param perSecond 0 for no limit */
    Pace(int perSecond, CountDownLatch stop, LongSupplier ticker) {
        this.nanosBetween = perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.stop = stop;
        this.ticker = ticker;
        this.nextNanos = ticker.getAsLong();
    }

    /** Waits until the next record is due; false, and at once, if it is time to stop. */
    boolean awaitTurn() throws InterruptedException {
        if (nanosBetween == 0) {
            return stop.getCount() > 0;
        }
        long wait = nextNanos - ticker.getAsLong();
        nextNanos += nanosBetween + Math.max(0, -wait - MOST_BEHIND_NANOS);
        return !stop.await(wait, TimeUnit.NANOSECONDS);
    }
}
