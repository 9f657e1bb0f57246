package io.eventplatform.event.internal;

import io.eventplatform.contract.internal.JsonSplice;
import io.eventplatform.event.Envelope;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** The payload of an event and what its body says beside envelope and payload. Shared by the copies of an event. */
sealed interface Body<T extends Record> permits CreatedBody, ReceivedBody {

    T payload();

    Optional<Instant> processedAt();

    /** The JSON text of {@code enriched}. */
    Optional<String> enriched();

    /** The key of the Kafka record. */
    byte[] key();

    /** Whether the headers that the event came with repeat this envelope. */
    boolean cameWith(Envelope envelope);

    /** The bytes of the body with that envelope and those additions. */
    byte[] write(Envelope envelope, Additions additions);

    /** The JSON text of {@code enriched} with more entries; empty if there are none at all. */
    default Optional<String> enrichedWith(Map<String, String> entries) {
        return entries.isEmpty()
                ? enriched()
                : Optional.of(JsonSplice.with(enriched().orElse("{}"), entries));
    }
}
