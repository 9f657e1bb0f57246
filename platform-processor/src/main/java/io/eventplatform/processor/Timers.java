package io.eventplatform.processor;

import java.time.Instant;

/**
 * The timers of the stage and key at hand; valid during the call that it was got in.
 *
 * <p>A timer is named, and there is one of each name: setting it again moves it, also to the other clock. When it is due
 * it is gone, and {@link Processor#onTimer} is called with its key, between two records. Setting and firing are state:
 * taken back when the call fails, durable with its commit, there again after a crash or on another instance. Times are
 * kept in milliseconds; finer parts are cut off.
 */
public interface Timers {

    /** Fires when the watermark of the task has reached this time; at once after this record if it has. */
    void atEventTime(String name, Instant time);

    /** Fires when the wall clock has reached this time, also while no events arrive. */
    void atWallClock(String name, Instant time);

    /** Does nothing if there is no such timer. */
    void cancel(String name);
}
