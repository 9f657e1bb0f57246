package io.eventplatform.telemetry;

/** Keys of the logging context (MDC) while an event is processed; for use in a log pattern such as {@code %X{event_id}}. */
public final class MdcKeys {

    public static final String EVENT_ID = "event_id";
    public static final String CORRELATION_ID = "correlation_id";
    public static final String EVENT_TYPE = "event_type";
    public static final String TOPIC = "topic";
    public static final String PARTITION = "partition";
    public static final String OFFSET = "offset";

    private MdcKeys() {}
}
