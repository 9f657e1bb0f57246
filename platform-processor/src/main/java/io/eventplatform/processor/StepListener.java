package io.eventplatform.processor;

/**
 * Told of each {@link Step} on the worker's own thread, before the runtime goes on. Made for crash tests:
 * an implementation may halt the process. An exception it throws fails the runner.
 */
@FunctionalInterface
public interface StepListener {

    void reached(Step step);

    /** Does nothing. */
    StepListener NONE = step -> {};
}
