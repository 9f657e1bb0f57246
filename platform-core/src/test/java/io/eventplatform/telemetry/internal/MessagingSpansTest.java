package io.eventplatform.telemetry.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.event.Envelope;
import io.eventplatform.telemetry.Telemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MessagingSpansTest {

    private static final Envelope EVENT =
            new Envelope("event-1", "user_signup", 1, Instant.EPOCH, "correlation-1", null);
    private static final Envelope WITHOUT_CORRELATION =
            new Envelope("event-1", "user_signup", 1, Instant.EPOCH, null, null);
    private static final String SECRET = "user@example.com";

    private final InMemorySpanExporter exported = InMemorySpanExporter.create();
    private final OpenTelemetrySdk openTelemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(exported))
                    .build())
            .setPropagators(ContextPropagators.create(TextMapPropagator.composite(
                    W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance())))
            .build();
    private final MessagingSpans spans = MessagingSpans.of(Telemetry.of(openTelemetry), "io.eventplatform.test");

    @AfterEach
    void closeSdk() {
        openTelemetry.close();
    }

    @Test
    void sendingIsAProducerSpanUnderTheGivenParentWithThePositionAtItsEnd() {
        Span parent = openTelemetry.getTracer("test").spanBuilder("parent").startSpan();

        Span span = spans.startSend("raw_events", EVENT, Context.root().with(parent));
        spans.end(span, 3, 42);

        SpanData sent = onlySpan();
        assertThat(sent.getName()).isEqualTo("send raw_events");
        assertThat(sent.getKind()).isEqualTo(SpanKind.PRODUCER);
        assertThat(sent.getParentSpanId()).isEqualTo(parent.getSpanContext().getSpanId());
        assertThat(sent.getLinks()).isEmpty();
        assertThat(sent.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(sent.getInstrumentationScopeInfo().getName()).isEqualTo("io.eventplatform.test");
        assertThat(sent.getInstrumentationScopeInfo().getSchemaUrl())
                .isEqualTo("https://opentelemetry.io/schemas/1.44.0");
        assertThat(attributes(sent))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "messaging.system", "kafka",
                        "messaging.operation.name", "send",
                        "messaging.operation.type", "send",
                        "messaging.destination.name", "raw_events",
                        "messaging.destination.partition.id", "3",
                        "messaging.kafka.offset", 42L,
                        "messaging.message.id", "event-1",
                        "messaging.message.conversation_id", "correlation-1"));
    }

    @Test
    void processingIsAConsumerSpanUnderTheCurrentSpanLinkedToTheSendingOne() {
        Span sending = spans.startSend("raw_events", EVENT, Context.root());
        Map<String, byte[]> headers = spans.inject(Context.root().with(sending));
        Span poll = openTelemetry.getTracer("test").spanBuilder("poll").startSpan();

        try (Scope scope = poll.makeCurrent()) {
            spans.end(spans.startProcess("raw_events", 3, 42, "analytics", WITHOUT_CORRELATION, headers));
        }

        SpanData processed = onlySpan();
        assertThat(processed.getName()).isEqualTo("process raw_events");
        assertThat(processed.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(processed.getParentSpanId()).isEqualTo(poll.getSpanContext().getSpanId());
        assertThat(processed.getLinks())
                .extracting(link -> link.getSpanContext().getSpanId())
                .containsExactly(sending.getSpanContext().getSpanId());
        assertThat(attributes(processed))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "messaging.system", "kafka",
                        "messaging.operation.name", "process",
                        "messaging.operation.type", "process",
                        "messaging.destination.name", "raw_events",
                        "messaging.destination.partition.id", "3",
                        "messaging.kafka.offset", 42L,
                        "messaging.consumer.group.name", "analytics",
                        "messaging.message.id", "event-1"));
    }

    @Test
    void anEventWithoutATraceContextHasNoLink() {
        Span current = openTelemetry.getTracer("test").spanBuilder("current").startSpan();

        try (Scope scope = current.makeCurrent()) {
            spans.end(spans.startProcess("raw_events", 0, 0, "analytics", EVENT, Map.of("event_id", bytes("event-1"))));
        }

        assertThat(onlySpan().getLinks()).isEmpty();
    }

    @Test
    void anEventThatIsPassedOnIsLinkedToTheSpanThatSentItFirst() {
        Span first = spans.startSend("raw_events", EVENT, Context.root());
        Map<String, byte[]> headers = spans.inject(Context.root().with(first));

        spans.end(spans.startSend("domain.user", EVENT, Context.root(), headers));

        assertThat(onlySpan().getLinks())
                .extracting(LinkData::getSpanContext)
                .hasSize(1)
                .allSatisfy(link -> assertThat(link.getSpanId())
                        .isEqualTo(first.getSpanContext().getSpanId()));
    }

    @Test
    void committingIsAClientSpanOfOneTopicOrOfSeveral() {
        spans.end(spans.startCommit("raw_events", "analytics", 500));
        spans.end(spans.startCommit("", "analytics", 2));

        SpanData one = exported.getFinishedSpanItems().get(0);
        SpanData several = exported.getFinishedSpanItems().get(1);
        assertThat(one.getName()).isEqualTo("commit raw_events");
        assertThat(one.getKind()).isEqualTo(SpanKind.CLIENT);
        assertThat(attributes(one))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "messaging.system", "kafka",
                        "messaging.operation.name", "commit",
                        "messaging.operation.type", "settle",
                        "messaging.destination.name", "raw_events",
                        "messaging.consumer.group.name", "analytics",
                        "messaging.batch.message_count", 500L));
        assertThat(several.getName()).isEqualTo("commit");
        assertThat(attributes(several)).doesNotContainKey("messaging.destination.name");
    }

    @Test
    void aFailureIsNamedByKafkasErrorOrByItsClassAndNeverByItsMessage() {
        spans.fail(
                spans.startSend("raw_events", EVENT, Context.root()),
                new IllegalStateException(SECRET, new NotEnoughReplicasException(SECRET)));
        spans.fail(spans.startSend("raw_events", EVENT, Context.root()), new IllegalStateException(SECRET));

        assertThat(exported.getFinishedSpanItems())
                .extracting(span -> attributes(span).get("error.type"))
                .containsExactly("NOT_ENOUGH_REPLICAS", "java.lang.IllegalStateException");
        assertThat(exported.getFinishedSpanItems()).allSatisfy(span -> {
            assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(span.getEvents()).isEmpty();
            assertThat(span.toString()).doesNotContain(SECRET);
        });
    }

    @Test
    void theTraceContextIsInjectedWithoutBaggage() {
        Span span = spans.startSend("raw_events", EVENT, Context.root());
        Context context = Context.root()
                .with(span)
                .with(Baggage.builder().put("email", SECRET).build());

        Map<String, byte[]> headers = spans.inject(context);

        assertThat(headers).containsOnlyKeys("traceparent");
        assertThat(text(headers, "traceparent"))
                .startsWith("00-" + span.getSpanContext().getTraceId() + "-"
                        + span.getSpanContext().getSpanId() + "-");
    }

    @Test
    void withoutTelemetryThereIsNoSpanAndNoHeader() {
        MessagingSpans none = MessagingSpans.of(Telemetry.noop(), "io.eventplatform.test");
        Span ambient = openTelemetry.getTracer("test").spanBuilder("ambient").startSpan();

        try (Scope scope = ambient.makeCurrent()) {
            Span span = none.startSend("raw_events", EVENT, Context.current());
            none.end(span, 3, 42);

            assertThat(span.getSpanContext()).isEqualTo(SpanContext.getInvalid());
            assertThat(none.inject(Context.current())).isEmpty();
        }
        assertThat(exported.getFinishedSpanItems()).isEmpty();
    }

    @Test
    void anOpenTelemetryThatWritesNothingIsHarmless() {
        MessagingSpans silent = MessagingSpans.of(Telemetry.of(OpenTelemetry.noop()), "io.eventplatform.test");

        Span span = silent.startProcess("raw_events", 3, 42, "analytics", EVENT, Map.of("traceparent", bytes("junk")));
        silent.fail(span, new IllegalStateException());

        assertThat(silent.inject(Context.root().with(span))).isEmpty();
    }

    private SpanData onlySpan() {
        assertThat(exported.getFinishedSpanItems()).hasSize(1);
        return exported.getFinishedSpanItems().get(0);
    }

    private static Map<String, Object> attributes(SpanData span) {
        Map<String, Object> attributes = new HashMap<>();
        span.getAttributes().forEach((AttributeKey<?> key, Object value) -> attributes.put(key.getKey(), value));
        return attributes;
    }

    private static String text(Map<String, byte[]> headers, String name) {
        return new String(headers.getOrDefault(name, new byte[0]), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
