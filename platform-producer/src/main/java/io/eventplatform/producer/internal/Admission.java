package io.eventplatform.producer.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bounds what is in flight, in bytes and in events. Those who wait enter in order of arrival, so that a large
 * event is not overtaken for ever by small ones.
 */
final class Admission {

    enum Outcome {
        ADMITTED,
        FULL,
        CLOSED,
        INTERRUPTED
    }

    private final long maxBytes;
    private final int maxEvents;

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private long bytes;
    private int events;
    private boolean closed;

    Admission(long maxBytes, int maxEvents) {
        this.maxBytes = maxBytes;
        this.maxEvents = maxEvents;
    }

    /**
     * Takes room for one event of this size, which must not be above the bound.
     *
     * <p>An interrupted thread that would have to wait is turned away, and stays interrupted.
     */
    Outcome enter(long eventBytes, long maxWaitNanos) {
        lock.lock();
        try {
            if (closed) {
                return Outcome.CLOSED;
            }
            if (waiters.isEmpty() && fits(eventBytes)) {
                take(eventBytes);
                return Outcome.ADMITTED;
            }
            return maxWaitNanos > 0 ? await(eventBytes, maxWaitNanos) : Outcome.FULL;
        } finally {
            lock.unlock();
        }
    }

    private Outcome await(long eventBytes, long maxWaitNanos) {
        Waiter waiter = new Waiter(eventBytes, lock.newCondition());
        waiters.addLast(waiter);
        Outcome outcome = awaitTurn(waiter, maxWaitNanos);
        if (outcome != Outcome.ADMITTED) {
            waiters.remove(waiter);
            admitWaiters(); // The one behind may need less room.
        }
        return outcome;
    }

    private Outcome awaitTurn(Waiter waiter, long maxWaitNanos) {
        long nanos = maxWaitNanos;
        while (!waiter.admitted) {
            if (closed) {
                return Outcome.CLOSED;
            }
            if (nanos <= 0) {
                return Outcome.FULL;
            }
            try {
                nanos = waiter.turn.awaitNanos(nanos);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return waiter.admitted ? Outcome.ADMITTED : Outcome.INTERRUPTED;
            }
        }
        return Outcome.ADMITTED;
    }

    /** Gives room back; bytes and the event itself may leave one after the other. */
    void leave(long leavingBytes, int leavingEvents) {
        lock.lock();
        try {
            bytes -= leavingBytes;
            events -= leavingEvents;
            admitWaiters();
        } finally {
            lock.unlock();
        }
    }

    /** Turns away everyone who waits or comes later; what is in flight may still leave. */
    void close() {
        lock.lock();
        try {
            closed = true;
            waiters.forEach(waiter -> waiter.turn.signal());
        } finally {
            lock.unlock();
        }
    }

    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    int events() {
        lock.lock();
        try {
            return events;
        } finally {
            lock.unlock();
        }
    }

    int waiting() {
        lock.lock();
        try {
            return waiters.size();
        } finally {
            lock.unlock();
        }
    }

    private void admitWaiters() {
        while (!closed && !waiters.isEmpty() && fits(waiters.getFirst().bytes)) {
            Waiter waiter = waiters.removeFirst();
            take(waiter.bytes);
            waiter.admitted = true;
            waiter.turn.signal();
        }
    }

    private boolean fits(long eventBytes) {
        return events < maxEvents && bytes + eventBytes <= maxBytes;
    }

    private void take(long eventBytes) {
        bytes += eventBytes;
        events++;
    }

    private static final class Waiter {
        private final long bytes;
        private final Condition turn;
        private boolean admitted;

        private Waiter(long bytes, Condition turn) {
            this.bytes = bytes;
            this.turn = turn;
        }
    }
}
