package io.eventplatform.codec;

import io.eventplatform.contract.internal.EnvelopeFields;

/**
 * The Kafka headers that repeat an event's envelope. Names and values are those of the body, as UTF-8 text; with the
 * first four present an event is read without its body being parsed.
 */
public final class EnvelopeHeaders {

    public static final String EVENT_ID = EnvelopeFields.EVENT_ID;
    public static final String EVENT_TYPE = EnvelopeFields.EVENT_TYPE;
    /** The version with its letter, such as {@code v1}. */
    public static final String SCHEMA_VERSION = EnvelopeFields.SCHEMA_VERSION;
    /** Event time, ISO-8601. */
    public static final String TIMESTAMP = EnvelopeFields.TIMESTAMP;

    public static final String CORRELATION_ID = EnvelopeFields.CORRELATION_ID;
    public static final String CAUSATION_ID = EnvelopeFields.CAUSATION_ID;

    private EnvelopeHeaders() {}
}
