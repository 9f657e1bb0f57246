package io.eventplatform.producer;

import java.time.Instant;
import java.util.Objects;

/**
 * Where an event was written. Whoever holds it can ask a view to be at least as new as this event.
 *
 * @param producedAt the record's timestamp in Kafka: when it was produced, not when the event happened
 */
public record SendReceipt(String eventId, String topic, int partition, long offset, Instant producedAt) {

    public SendReceipt {
        Objects.requireNonNull(eventId, "eventId");
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(producedAt, "producedAt");
        if (partition < 0) {
            throw new IllegalArgumentException("partition must not be negative but was " + partition);
        }
        if (offset < 0) {
            throw new IllegalArgumentException("offset must not be negative but was " + offset);
        }
    }
}
