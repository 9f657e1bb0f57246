package io.eventplatform.producer;

import static io.eventplatform.producer.EventProducerTest.failureOf;
import static io.eventplatform.producer.EventProducerTest.holding;
import static io.eventplatform.producer.EventProducerTest.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.event.Event;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import io.eventplatform.telemetry.Telemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(120)
@ExtendWith(KafkaExtension.class)
class EventProducerTelemetryTest {

    private final InMemorySpanExporter exported = InMemorySpanExporter.create();
    private final OpenTelemetrySdk openTelemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(exported))
                    .build())
            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
            .build();

    @AfterEach
    void closeSdk() {
        openTelemetry.close();
    }

    @Test
    void aSendIsASpanOfTheCallersTraceAndTravelsWithTheEvent(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1);
        Span request = openTelemetry.getTracer("test").spanBuilder("request").startSpan();

        try (EventProducer producer =
                holding(broker, topic).telemetry(Telemetry.of(openTelemetry)).build()) {
            CompletionStage<SendReceipt> stage;
            try (Scope scope = request.makeCurrent()) {
                stage = producer.send(Event.of(UserSignup.of("user-123")).withId("event-1"));
            }
            assertThat(exported.getFinishedSpanItems()).isEmpty();
            producer.flush();
            join(stage);
        }

        SpanData span = onlySpan();
        assertThat(span.getName()).isEqualTo("send " + topic);
        assertThat(span.getKind()).isEqualTo(SpanKind.PRODUCER);
        assertThat(span.getParentSpanId()).isEqualTo(request.getSpanContext().getSpanId());
        assertThat(span.getInstrumentationScopeInfo().getName()).isEqualTo("io.eventplatform.producer");
        assertThat(attributes(span))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "messaging.system", "kafka",
                        "messaging.operation.name", "send",
                        "messaging.operation.type", "send",
                        "messaging.destination.name", topic,
                        "messaging.destination.partition.id", "0",
                        "messaging.kafka.offset", 0L,
                        "messaging.message.id", "event-1"));
        assertThat(span.toString()).doesNotContain("user-123");
        assertThat(Topics.headers(Topics.read(broker.bootstrapServers(), topic).get(0)))
                .hasEntrySatisfying("traceparent", traceparent -> assertThat(traceparent)
                        .startsWith("00-" + span.getTraceId() + "-" + span.getSpanId()));
    }

    @Test
    void aRefusedSendIsASpanThatFailed(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1);

        try (EventProducer producer = holding(broker, topic)
                .telemetry(Telemetry.of(openTelemetry))
                .maxInFlightEvents(1)
                .whenFull(WhenFull.refuse())
                .build()) {
            producer.send(UserSignup.of("a"));
            failureOf(producer.send(UserSignup.of("b")), SendException.Full.class);

            SpanData span = onlySpan();
            assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(attributes(span))
                    .containsEntry("error.type", "io.eventplatform.producer.SendException.Full")
                    .doesNotContainKey("messaging.kafka.offset");
        }
    }

    @Test
    void aFailureOfKafkaIsNamedAsKafkaNamesIt(EmbeddedKafka broker) {
        String topic = Topics.create(broker, 1, Map.of("max.message.bytes", "500"));

        try (EventProducer producer =
                holding(broker, topic).telemetry(Telemetry.of(openTelemetry)).build()) {
            CompletionStage<SendReceipt> stage = producer.send(new UserSignup("a", "x".repeat(600), "premium"));
            producer.flush();
            failureOf(stage, SendException.TooLarge.class);
        }

        assertThat(attributes(onlySpan())).containsEntry("error.type", "MESSAGE_TOO_LARGE");
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
}
