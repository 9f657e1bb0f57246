package io.eventplatform.processor;

import java.time.Duration;

/** What a {@link Runner} is doing, at the moment of asking. */
public sealed interface Health {

    /**
     * Joining its group, or reading state back; no record is processed yet.
     *
     * @param what which of the two, and how far it has come
     */
    record Starting(String what) implements Health {}

    /** Processing. */
    record Running() implements Health {}

    /** Processing, but this record or commit failed and is being tried again. */
    record Retrying(String what) implements Health {}

    /**
     * A call of user code has not returned for longer than {@link RunnerOptions#stuckAfter}; nothing else is
     * processed meanwhile.
     *
     * @param record the record it works on, as {@code topic-partition@offset}, or {@code a timer in partition 3}
     * @param stage whose code it is
     * @param since how long ago it began
     */
    record Stuck(String record, String stage, Duration since) implements Health {}

    /** Holding still after {@link Runner#pause}; what was done is committed, partitions are kept. */
    record Paused() implements Health {}

    /** Stopped by {@link Runner#close}. */
    record Closed() implements Health {}

    /** Stopped by this error; nothing was lost, a restart continues at the last commit. */
    record Failed(Throwable cause) implements Health {}
}
