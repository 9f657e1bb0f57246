package io.eventplatform.processor;

import io.eventplatform.event.Event;
import java.time.Instant;
import java.util.Optional;

/**
 * What a processor may do with the record or timer at hand; valid during the call to {@link Processor#process} or
 * {@link Processor#onTimer}.
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

    /** The key of the Kafka record or timer at hand, which its state belongs to; empty if the record has none. */
    Optional<String> key();

    /**
     * The state of this stage and key. A record without a key has none: it fails for good, dead letter
     * {@code state.no_key}.
     *
     * @throws IllegalStateException if the stage does not declare this state
     */
    <S> S state(StateSpec<S> spec);

    /**
     * The timers of this stage and key. As to records without a key see {@link #state}.
     *
     * @throws IllegalStateException if the stage declares no state: timers are kept with it
     */
    Timers timers();

    /**
     * Up to which event time this task has come: the largest of the records it is done with, less what the source
     * allows them to be late ({@link Source#withOutOfOrderness}); with several sources, that of the one that is
     * behind. Empty before the first record. It never goes back, and a time far ahead of the wall clock does not count.
     */
    Optional<Instant> watermark();

    /**
     * A number that grows with every owner of the task: an outside system that refuses numbers below the largest it has
     * seen is safe from an instance that does not know yet that it has been replaced.
     */
    long fencingToken();

    /**
     * Where the record at hand stands in its source.
     *
     * @throws IllegalStateException if a timer is at hand
     */
    RecordPosition position();

    /** How often this record or timer was handed to the pipeline by this task, this time included: 1 at first. */
    int attempt();
}
