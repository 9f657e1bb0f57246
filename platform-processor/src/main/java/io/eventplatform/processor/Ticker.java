package io.eventplatform.processor;

/**
 * Tells how time passes: nanoseconds from an origin of its own, which never go back. Durations are measured
 * with it, since a wall clock may be set at any moment.
 */
@FunctionalInterface
public interface Ticker {

    /** {@link System#nanoTime}. */
    Ticker SYSTEM = System::nanoTime;

    long nanos();
}
