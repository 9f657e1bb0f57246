package io.eventplatform.contract.internal;

import java.util.Set;

/** The names an event uses for itself; a payload cannot use them. */
public final class EnvelopeFields {

    public static final String EVENT_ID = "event_id";
    public static final String EVENT_TYPE = "event_type";
    public static final String SCHEMA_VERSION = "schema_version";
    public static final String TIMESTAMP = "timestamp";
    public static final String CORRELATION_ID = "correlation_id";
    public static final String CAUSATION_ID = "causation_id";
    public static final String PROCESSED_AT = "processed_at";
    public static final String ENRICHED = "enriched";

    static final Set<String> ALL = Set.of(
            EVENT_ID, EVENT_TYPE, SCHEMA_VERSION, TIMESTAMP, CORRELATION_ID, CAUSATION_ID, PROCESSED_AT, ENRICHED);

    /** The most characters an id may have, counted as JSON Schema does: in code points. */
    public static final int MAX_ID_LENGTH = 128;

    private EnvelopeFields() {}
}
