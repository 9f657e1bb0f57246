package io.eventplatform.processor;

import io.eventplatform.event.Event;

/**
 * One step of a pipeline: takes an event and forwards none, one or many.
 *
 * <p>An instance belongs to one task (one partition) and is called by one thread at a time. What it
 * forwards leaves the pipeline together with the record's offset, or not at all. After a crash or a lost
 * partition a record may be processed again, so calls to the outside are at least once.
 *
 * @param <I> payload of the events it takes
 * @param <O> payload of the events it forwards
 */
@FunctionalInterface
public interface Processor<I, O> {

    /**
     * Handles one event. Returning normally means success; an exception takes back everything this call
     * forwarded, and the record is tried again or dead-lettered by the pipeline's {@link RetryPolicy}.
     */
    void process(Event<I> event, ProcessorContext<O> context) throws Exception;

    /** Called once when the task ends, also after a failure; must not throw. */
    default void close() {}
}
