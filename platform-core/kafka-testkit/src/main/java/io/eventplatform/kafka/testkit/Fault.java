package io.eventplatform.kafka.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A fault placed with {@link Faults}: tells how often it has struck, and ends it.
 *
 * <p>Thread-safe.
 */
public final class Fault {

    private final Traffic traffic;
    private final FaultRule rule;
    private long left;
    private long strikes;

    Fault(Traffic traffic, FaultRule rule) {
        this.traffic = traffic;
        this.rule = rule;
        this.left = rule.times();
    }

    /** How many connections were broken or refused, requests or responses dropped, or responses held back so far. */
    public synchronized long strikes() {
        return strikes;
    }

    /**
     * Waits until the fault has struck so often since it was placed.
     *
     * <p>A request counts as dropped when it can no longer arrive. A response counts as dropped when the broker has
     * carried out its request and the client can no longer learn of it.
     *
     * @throws TimeoutException if that takes longer
     * @throws InterruptedException if the thread is interrupted
     */
    public synchronized void awaitStrikes(long count, Duration timeout) throws TimeoutException, InterruptedException {
        long limitNanos = TimeUnit.NANOSECONDS.convert(requireNonNull(timeout, "timeout"));
        long start = System.nanoTime();
        while (strikes < count) {
            long restNanos = limitNanos - (System.nanoTime() - start);
            if (restNanos <= 0) {
                throw new TimeoutException(
                        "After " + timeout + " " + rule.describe() + " has struck " + strikes + " times, not " + count
                                + ". Check that the client connects to the proxy and sends such requests.");
            }
            TimeUnit.NANOSECONDS.timedWait(this, restNanos);
        }
    }

    /** Ends this fault alone; does nothing when it has ended already. Responses held back are delivered at once. */
    public void end() {
        synchronized (this) {
            left = 0;
        }
        traffic.ended(this);
    }

    FaultRule rule() {
        return rule;
    }

    synchronized boolean hasEnded() {
        return left == 0;
    }

    /** Reserves one strike, unless there are none left. */
    boolean claim() {
        boolean last;
        synchronized (this) {
            if (left == 0) {
                return false;
            }
            left--;
            last = left == 0;
        }
        if (last) {
            traffic.ended(this);
        }
        return true;
    }

    /** A reserved strike has taken effect. */
    synchronized void struck() {
        strikes++;
        notifyAll();
    }
}
