package io.eventplatform.processor;

import java.time.Instant;
import java.util.Objects;

/**
 * A timer that is due, see {@link Timers}.
 *
 * @param time when it was set for, in milliseconds; it fires at that time or later
 */
public record Timer(String name, Clock clock, Instant time) {

    /** What a timer waits for. */
    public enum Clock {
        /** The task's watermark has reached its time. */
        EVENT_TIME,
        /** The wall clock has reached its time. */
        WALL_CLOCK
    }

    public Timer {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(time, "time");
    }
}
