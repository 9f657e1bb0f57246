package io.eventplatform.processor;

import io.eventplatform.event.Event;

/**
 * What a processor may do with the record at hand; valid during the call to {@link Processor#process}.
 *
 * @param <O> payload of the events that may be forwarded
 */
public interface ProcessorContext<O> {

    /**
     * Passes an event to the next step. If a record ends in one output, that output keeps its id; if it
     * ends in several, those that still carry the source's id get one derived from it, and name it as
     * their cause. Repeated processing yields the same ids.
     */
    void forward(Event<? extends O> event);

    /** Where the record at hand stands in its source. */
    RecordPosition position();

    /** How often this record was handed to the pipeline by this task, this time included: 1 at first. */
    int attempt();
}
