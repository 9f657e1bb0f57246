package io.eventplatform.processor.internal;

import io.eventplatform.event.Event;

/** What a task does with an event that is whole, valid as far as it is read, and no duplicate. */
interface EventHandler extends AutoCloseable {

    /** Whether it looks into the bodies of events of this type; others are handed to it unread and unchecked. */
    boolean reads(String eventType);

    /** Whose code is running now; any thread may ask. */
    String running();

    /** Adds to the unit's effects; what it throws decides about retry and dead letter. */
    void handle(Event<?> event, Unit unit) throws Exception;

    @Override
    void close();
}
