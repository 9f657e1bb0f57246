package io.eventplatform.processor.internal;

import io.eventplatform.event.Event;

/** What a task does with an event that is whole, valid and no duplicate. */
interface EventHandler extends AutoCloseable {

    /** Adds to the effects; what it throws decides about retry and dead letter. */
    void handle(Event<?> event, int attempt, Effects effects) throws Exception;

    @Override
    void close();
}
