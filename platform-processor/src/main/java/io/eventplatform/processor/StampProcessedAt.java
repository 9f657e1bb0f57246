package io.eventplatform.processor;

import io.eventplatform.event.Event;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * Sets {@code processed_at} to the time of processing, in milliseconds.
 *
 * @param <T> payload of the events
 */
public final class StampProcessedAt<T> implements Processor<T, T> {

    private final InstantSource clock;

    /** Stamps by the given wall clock. */
    public StampProcessedAt(InstantSource clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    @Override
    public void process(Event<T> event, ProcessorContext<T> context) {
        context.forward(event.withProcessedAt(clock.instant().truncatedTo(ChronoUnit.MILLIS)));
    }
}
