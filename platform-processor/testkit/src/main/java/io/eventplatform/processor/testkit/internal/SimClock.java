package io.eventplatform.processor.testkit.internal;

import java.time.Instant;
import java.time.InstantSource;

/** A clock that goes on only when something waits or the test says so. */
final class SimClock implements InstantSource {

    private long millis;

    SimClock(Instant start) {
        this.millis = start.toEpochMilli();
    }

    void advance(long by) {
        millis = Math.addExact(millis, by);
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis);
    }

    @Override
    public long millis() {
        return millis;
    }
}
