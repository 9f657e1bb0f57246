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
     * Called once, before the first event; what it throws stops the runner. It is called while the group's partitions
     * are handed out, so it should not take long.
     */
    default void open(TaskInfo task) throws Exception {}

    /**
     * Handles one event. Returning normally means success; an exception takes back everything this call
     * forwarded and wrote to its state, and the record is tried again or dead-lettered by the pipeline's
     * {@link RetryPolicy}.
     */
    void process(Event<I> event, ProcessorContext<O> context) throws Exception;

    /**
     * Handles a timer that this stage has set and that is due. It is handled like an event: an exception takes back
     * what the call did, and it is called again by the {@link RetryPolicy}; then the timer becomes a dead letter,
     * reason {@code timer.failed}, and is gone. Until that is settled the task waits. Events that are forwarded get
     * ids derived from stage, key, timer and time, the same at each replay, whatever ids they had.
     */
    default void onTimer(Timer timer, ProcessorContext<O> context) throws Exception {}

    /** Called once when the task ends, also after a failure; must not throw. */
    default void close() {}
}
