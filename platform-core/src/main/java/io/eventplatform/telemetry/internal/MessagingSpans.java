package io.eventplatform.telemetry.internal;

import io.eventplatform.event.Envelope;
import io.eventplatform.telemetry.Telemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerBuilder;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Spans of sending, processing and committing events, as OpenTelemetry's semantic conventions for
 * messaging name them.
 *
 * <p>A span that was started is ended exactly once, by {@link #end(Span)}, {@link #end(Span, int, long)} or
 * {@link #fail}, on any thread. No attribute holds a message key, a payload or the message of an exception:
 * these may be personal data. Thread-safe.
 */
public final class MessagingSpans {

    /** The release of the conventions that names and attributes follow. */
    static final String SCHEMA_URL = "https://opentelemetry.io/schemas/1.44.0";

    static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    static final AttributeKey<String> OPERATION_NAME = AttributeKey.stringKey("messaging.operation.name");
    static final AttributeKey<String> OPERATION_TYPE = AttributeKey.stringKey("messaging.operation.type");
    static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("messaging.destination.name");
    static final AttributeKey<String> PARTITION = AttributeKey.stringKey("messaging.destination.partition.id");
    static final AttributeKey<Long> OFFSET = AttributeKey.longKey("messaging.kafka.offset");
    static final AttributeKey<String> GROUP = AttributeKey.stringKey("messaging.consumer.group.name");
    static final AttributeKey<String> MESSAGE_ID = AttributeKey.stringKey("messaging.message.id");
    static final AttributeKey<String> CONVERSATION_ID = AttributeKey.stringKey("messaging.message.conversation_id");
    static final AttributeKey<Long> MESSAGE_COUNT = AttributeKey.longKey("messaging.batch.message_count");
    static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    private final boolean enabled;
    private final Tracer tracer;
    private final TextMapPropagator propagator;

    private MessagingSpans(boolean enabled, Tracer tracer, TextMapPropagator propagator) {
        this.enabled = enabled;
        this.tracer = tracer;
        this.propagator = propagator;
    }

    /**
     * Writes to the instance that {@code telemetry} names.
     *
     * @param scopeName the artifact that writes the spans, such as {@code io.eventplatform.producer}
     */
    public static MessagingSpans of(Telemetry telemetry, String scopeName) {
        TracerBuilder tracer =
                telemetry.openTelemetry().tracerBuilder(scopeName).setSchemaUrl(SCHEMA_URL);
        @Nullable String version = MessagingSpans.class.getPackage().getImplementationVersion();
        if (version != null) {
            tracer.setInstrumentationVersion(version);
        }
        return new MessagingSpans(
                telemetry.enabled(),
                tracer.build(),
                telemetry.openTelemetry().getPropagators().getTextMapPropagator());
    }

    /** As {@link #startSend(String, Envelope, Context, Map)}, for an event that is new here. */
    public Span startSend(String topic, Envelope event, Context parent) {
        return startSend(topic, event, parent, Map.of());
    }

    /**
     * Starts {@code send <topic>}.
     *
     * @param headers of the event so far; a trace context in them becomes a link
     */
    public Span startSend(String topic, Envelope event, Context parent, Map<String, byte[]> headers) {
        if (!enabled) {
            return Span.getInvalid();
        }
        SpanBuilder span = tracer.spanBuilder("send " + topic)
                .setSpanKind(SpanKind.PRODUCER)
                .setParent(parent)
                .setAttribute(OPERATION_NAME, "send")
                .setAttribute(OPERATION_TYPE, "send")
                .setAttribute(DESTINATION, topic);
        describe(span, event);
        linkToCreation(span, headers);
        return span.startSpan();
    }

    /**
     * Starts {@code process <topic>} under the caller's current span, linked to the span that sent the
     * event. Make it current around the user's code.
     */
    public Span startProcess(
            String topic, int partition, long offset, String group, Envelope event, Map<String, byte[]> headers) {
        if (!enabled) {
            return Span.getInvalid();
        }
        SpanBuilder span = tracer.spanBuilder("process " + topic)
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute(OPERATION_NAME, "process")
                .setAttribute(OPERATION_TYPE, "process")
                .setAttribute(DESTINATION, topic)
                .setAttribute(PARTITION, Integer.toString(partition))
                .setAttribute(OFFSET, offset)
                .setAttribute(GROUP, group);
        describe(span, event);
        linkToCreation(span, headers);
        return span.startSpan();
    }

    /**
     * Starts {@code commit <topic>}.
     *
     * @param topic or "" if several topics are committed together
     */
    public Span startCommit(String topic, String group, long messageCount) {
        if (!enabled) {
            return Span.getInvalid();
        }
        SpanBuilder span = tracer.spanBuilder(topic.isEmpty() ? "commit" : "commit " + topic)
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute(SYSTEM, "kafka")
                .setAttribute(OPERATION_NAME, "commit")
                .setAttribute(OPERATION_TYPE, "settle")
                .setAttribute(GROUP, group)
                .setAttribute(MESSAGE_COUNT, messageCount);
        if (!topic.isEmpty()) {
            span.setAttribute(DESTINATION, topic);
        }
        return span.startSpan();
    }

    /**
     * The headers that carry the span of this context: {@code traceparent} and {@code tracestate} with the
     * W3C propagator, none if the context has no span. They replace those of the same name. Baggage is left
     * out: it would be stored for as long as the topic keeps the event.
     */
    public Map<String, byte[]> inject(Context context) {
        if (!enabled) {
            return Map.of();
        }
        Map<String, byte[]> headers = new LinkedHashMap<>();
        propagator.inject(context.with(Baggage.empty()), headers, (carrier, name, value) -> {
            if (carrier != null) {
                carrier.put(name.toLowerCase(Locale.ROOT), value.getBytes(StandardCharsets.UTF_8));
            }
        });
        return headers;
    }

    /** Ends a span of work that was done. */
    public void end(Span span) {
        span.end();
    }

    /** Ends the span of an event that was written to this position. */
    public void end(Span span, int partition, long offset) {
        if (span.isRecording()) {
            span.setAttribute(PARTITION, Integer.toString(partition));
            span.setAttribute(OFFSET, offset);
        }
        span.end();
    }

    /** Ends a span of work that failed. */
    public void fail(Span span, Throwable failure) {
        if (span.isRecording()) {
            span.setStatus(StatusCode.ERROR);
            span.setAttribute(ERROR_TYPE, errorType(failure));
        }
        span.end();
    }

    private static void describe(SpanBuilder span, Envelope event) {
        span.setAttribute(SYSTEM, "kafka").setAttribute(MESSAGE_ID, event.eventId());
        @Nullable String correlationId = event.correlationId();
        if (correlationId != null) {
            span.setAttribute(CONVERSATION_ID, correlationId);
        }
    }

    private void linkToCreation(SpanBuilder span, Map<String, byte[]> headers) {
        if (headers.isEmpty()) {
            return;
        }
        // Extracted into the root: an event without a trace context must not link to the current span.
        SpanContext creation = Span.fromContext(propagator.extract(Context.root(), headers, HeaderGetter.INSTANCE))
                .getSpanContext();
        if (creation.isValid()) {
            span.addLink(creation);
        }
    }

    private static String errorType(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ApiException) {
                Errors error = Errors.forException(cause);
                return error == Errors.UNKNOWN_SERVER_ERROR ? className(cause) : error.name();
            }
        }
        return className(failure);
    }

    private static String className(Throwable failure) {
        @Nullable String name = failure.getClass().getCanonicalName();
        return name == null ? failure.getClass().getName() : name;
    }

    private enum HeaderGetter implements TextMapGetter<Map<String, byte[]>> {
        INSTANCE;

        // Applications may bring an OpenTelemetry API older than 1.68, which has no default for it.
        @SuppressWarnings("deprecation")
        @Override
        public Iterable<String> keys(Map<String, byte[]> headers) {
            return headers.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, byte[]> headers, String name) {
            byte @Nullable [] value = headers == null ? null : headers.get(name.toLowerCase(Locale.ROOT));
            return value == null ? null : new String(value, StandardCharsets.UTF_8);
        }
    }
}
