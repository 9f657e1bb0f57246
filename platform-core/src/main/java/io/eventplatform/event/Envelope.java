package io.eventplatform.event;

import io.eventplatform.contract.internal.EnvelopeFields;
import io.eventplatform.contract.internal.Timestamps;
import io.eventplatform.contract.internal.WireText;
import java.time.Instant;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What every event says about itself, whatever its payload.
 *
 * @param eventId 1 to 128 characters; deliveries with the same id are the same event
 * @param eventType 1 to 128 printable ASCII characters without space
 * @param schemaVersion from 1; {@code "v1"} on the wire
 * @param timestamp when it happened (event time), in the years 0000 to 9999
 * @param correlationId what ties this event to others of the same story; 1 to 128 characters
 * @param causationId the id of the event that led to this one; 1 to 128 characters
 */
public record Envelope(
        String eventId,
        String eventType,
        int schemaVersion,
        Instant timestamp,
        @Nullable String correlationId,
        @Nullable String causationId) {

    private static final Pattern TYPE = Pattern.compile("[!-~]{1,128}");

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException if a value is out of its bounds; the message does not hold ids or types
     */
    public Envelope {
        requireId(EnvelopeFields.EVENT_ID, eventId);
        Objects.requireNonNull(eventType, EnvelopeFields.EVENT_TYPE);
        if (!TYPE.matcher(eventType).matches()) {
            throw new IllegalArgumentException("event_type must have 1 to 128 printable ASCII characters and no space");
        }
        if (schemaVersion < 1) {
            throw new IllegalArgumentException("schema_version must be at least 1 but was " + schemaVersion);
        }
        Objects.requireNonNull(timestamp, EnvelopeFields.TIMESTAMP);
        if (!Timestamps.isWritable(timestamp)) {
            throw new IllegalArgumentException("timestamp must be in the years 0000 to 9999 but was " + timestamp);
        }
        if (correlationId != null) {
            requireId(EnvelopeFields.CORRELATION_ID, correlationId);
        }
        if (causationId != null) {
            requireId(EnvelopeFields.CAUSATION_ID, causationId);
        }
    }

    /** The version as on the wire, such as {@code "v1"}. */
    public String schemaVersionText() {
        return "v" + schemaVersion;
    }

    private static void requireId(String name, String id) {
        Objects.requireNonNull(id, name);
        int length = id.codePointCount(0, id.length());
        if (length < 1 || length > EnvelopeFields.MAX_ID_LENGTH) {
            throw new IllegalArgumentException(
                    name + " must have 1 to " + EnvelopeFields.MAX_ID_LENGTH + " characters but has " + length);
        }
        if (!WireText.isWellFormed(id)) {
            throw new IllegalArgumentException(name + " must not have half of a surrogate pair");
        }
    }
}
