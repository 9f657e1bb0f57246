package io.eventplatform.processor;

import io.eventplatform.event.Event;

/**
 * What a processor may do with the record at hand; valid during the call to {@link Processor#process}.
 *
 * @param <O> payload of the events that may be forwarded
 */
public interface ProcessorContext<O> {

    /**
     * Passes an event to the next step. If of all outputs of a record one carries the source's id, it keeps it;
     * if several do, each gets one derived from it, and names it as its cause. Repeated processing yields the
     * same ids, as long as it forwards in the same order.
     */
    void forward(Event<? extends O> event);

    /**
     * Passes an event to a side output of this stage, see {@link Steps#sideOutput}. Its id is dealt with as that of
     * any output. A side output that the pipeline does not declare fails the record for good: dead letter
     * {@code output.invalid}.
     */
    <S> void forward(SideOutput<S> output, Event<? extends S> event);

    /** Where the record at hand stands in its source. */
    RecordPosition position();

    /** How often this record was handed to the pipeline by this task, this time included: 1 at first. */
    int attempt();
}
