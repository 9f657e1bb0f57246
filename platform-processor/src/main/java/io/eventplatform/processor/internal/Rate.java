package io.eventplatform.processor.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** How fast a number that only grows has grown of late. */
final class Rate {

    private static final long WINDOW_NANOS = Duration.ofSeconds(10).toNanos();

    private record Sample(long nanos, long value) {}

    private final Deque<Sample> samples = new ArrayDeque<>();

    /** Takes the next value; returns the growth per second over the last ten seconds. */
    double next(long nanos, long value) {
        samples.addLast(new Sample(nanos, value));
        while (samples.size() > 2 && nanos - samples.getFirst().nanos() > WINDOW_NANOS) {
            samples.removeFirst();
        }
        Sample first = samples.getFirst();
        long elapsed = nanos - first.nanos();
        return elapsed <= 0 ? 0 : Math.max(0, value - first.value()) * 1e9 / elapsed;
    }
}
