package io.eventplatform.event.internal;

import static io.eventplatform.contract.internal.EnvelopeFields.CAUSATION_ID;
import static io.eventplatform.contract.internal.EnvelopeFields.CORRELATION_ID;
import static io.eventplatform.contract.internal.EnvelopeFields.EVENT_ID;
import static io.eventplatform.contract.internal.EnvelopeFields.EVENT_TYPE;
import static io.eventplatform.contract.internal.EnvelopeFields.SCHEMA_VERSION;
import static io.eventplatform.contract.internal.EnvelopeFields.TIMESTAMP;

import io.eventplatform.contract.InvalidEventException;
import io.eventplatform.contract.InvalidEventException.Reason;
import io.eventplatform.contract.internal.Timestamps;
import io.eventplatform.event.Envelope;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The envelope as named texts: in the headers, and as fields of the body. */
final class EnvelopeText {

    /** Nine digits always fit an {@code int}. */
    private static final Pattern VERSION = Pattern.compile("v[1-9][0-9]{0,8}");

    private static final List<String> REQUIRED = List.of(EVENT_ID, EVENT_TYPE, SCHEMA_VERSION, TIMESTAMP);

    private EnvelopeText() {}

    /** Where the texts of an envelope come from. */
    public interface Source {

        /**
         * The text of that name, null if there is none.
         *
         * @throws InvalidEventException if there is something else than text
         */
        @Nullable
        String text(String name);
    }

    /** Whether an envelope can be read from these headers alone. */
    static boolean isComplete(Map<String, byte[]> headers) {
        return REQUIRED.stream().allMatch(name -> headers.get(name) != null);
    }

    /**
     * Reads an envelope from headers.
     *
     * @throws InvalidEventException with {@link Reason#ENVELOPE_INVALID}
     */
    static Envelope read(Map<String, byte[]> headers) {
        return read(name -> text(name, headers.get(name)));
    }

    /**
     * Reads an envelope from a body.
     *
     * @throws InvalidEventException with {@link Reason#ENVELOPE_INVALID}
     */
    static Envelope read(JsonNode body) {
        return read(name -> text(name, body.get(name)));
    }

    private static Envelope read(Source source) {
        String version = required(source, SCHEMA_VERSION);
        if (!VERSION.matcher(version).matches()) {
            throw invalid("schema_version is not of the form v1");
        }
        Instant timestamp = Timestamps.parse(required(source, TIMESTAMP))
                .orElseThrow(() -> invalid("timestamp is not an ISO-8601 date-time with an offset"));
        try {
            return new Envelope(
                    required(source, EVENT_ID),
                    required(source, EVENT_TYPE),
                    Integer.parseInt(version.substring(1)),
                    timestamp,
                    source.text(CORRELATION_ID),
                    source.text(CAUSATION_ID));
        } catch (IllegalArgumentException e) {
            throw invalid(e.getMessage());
        }
    }

    /** The texts of an envelope in the order of the wire format. */
    static Map<String, String> write(Envelope envelope) {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put(EVENT_ID, envelope.eventId());
        texts.put(EVENT_TYPE, envelope.eventType());
        texts.put(SCHEMA_VERSION, envelope.schemaVersionText());
        texts.put(TIMESTAMP, Timestamps.text(envelope.timestamp()));
        if (envelope.correlationId() != null) {
            texts.put(CORRELATION_ID, envelope.correlationId());
        }
        if (envelope.causationId() != null) {
            texts.put(CAUSATION_ID, envelope.causationId());
        }
        return texts;
    }

    /**
     * Compares the envelope of the headers with what the body has of it. What the body lacks is for its contract to
     * judge.
     *
     * @throws InvalidEventException with {@link Reason#ENVELOPE_MISMATCH}
     */
    static void requireSame(Envelope headers, JsonNode body) {
        Map<String, String> expected = write(headers);
        for (String name : REQUIRED) {
            JsonNode found = body.get(name);
            boolean same = found == null
                    || (found.isString()
                            && (name.equals(TIMESTAMP)
                                    ? Timestamps.parse(found.stringValue())
                                            .filter(headers.timestamp()::equals)
                                            .isPresent()
                                    : found.stringValue().equals(expected.get(name))));
            if (!same) {
                throw new InvalidEventException(
                        Reason.ENVELOPE_MISMATCH,
                        "Headers and body do not agree on " + name
                                + ". Fix the producer: both come from one envelope.");
            }
        }
    }

    private static String required(Source source, String name) {
        String text = source.text(name);
        if (text == null) {
            throw invalid(name + " is missing");
        }
        return text;
    }

    private static @Nullable String text(String name, byte @Nullable [] header) {
        if (header == null) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(header))
                    .toString();
        } catch (CharacterCodingException e) {
            throw invalid(name + " is not UTF-8");
        }
    }

    private static @Nullable String text(String name, @Nullable JsonNode field) {
        if (field == null) {
            return null;
        }
        if (!field.isString()) {
            throw invalid(name + " is not a string");
        }
        return field.stringValue();
    }

    /** The {@code message} does not hold what was found. */
    private static InvalidEventException invalid(@Nullable String message) {
        return new InvalidEventException(
                Reason.ENVELOPE_INVALID, "Envelope is not valid: " + message + ". Fix the producer.");
    }
}
