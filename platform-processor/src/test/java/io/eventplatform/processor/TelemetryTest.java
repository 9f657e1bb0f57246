package io.eventplatform.processor;

import static io.eventplatform.processor.KafkaWorld.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import io.eventplatform.processor.sink.StoreSink;
import io.eventplatform.processor.sink.TableProjection;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.InMemoryTableStore;
import io.eventplatform.telemetry.Telemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.MDC;

@ExtendWith(KafkaExtension.class)
class TelemetryTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";

    private final EmbeddedKafka broker;
    private final String name = EmbeddedKafka.uniqueName("telemetry");
    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk openTelemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
            .build();
    private final RunnerOptions options = RunnerOptions.builder()
            .instance("one")
            .retryPolicy(new RetryPolicy(1, java.time.Duration.ZERO, java.time.Duration.ZERO))
            .telemetry(Telemetry.of(openTelemetry))
            .build();

    TelemetryTest(EmbeddedKafka broker) {
        this.broker = broker;
    }

    @AfterEach
    void close() {
        openTelemetry.close();
    }

    @Test
    void aRecordHasAProcessSpanThatLinksToItsSenderAndGoesOnInItsOutput() {
        AtomicReference<Map<String, String>> mdc = new AtomicReference<>(Map.of());
        Pipeline pipeline = Pipeline.named(name)
                .from(Source.topic(name + "-in", Contracts.of(OrderPlaced.class)))
                .process("look", () -> (Processor<Record, Record>) (event, context) -> {
                    mdc.set(Optional.ofNullable(MDC.getCopyOfContextMap()).orElse(Map.of()));
                    context.forward(event);
                })
                .to(name + "-out");
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(pipeline.topics(1));
            RecordHeaders headers = new RecordHeaders();
            headers.add("traceparent", ("00-" + TRACE + "-" + PARENT + "-01").getBytes(UTF_8));
            kafka.send(name + "-in", "ada", OrderPlaced.json("id-1", "ada", 5), headers);

            try (Runner runner = Runner.start(pipeline, kafka.config(), options)) {
                kafka.awaitCommitted(name, name + "-in");
                assertThat(runner.health()).isInstanceOf(Health.Running.class);
            }

            SpanData process = only("process " + name + "-in");
            assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
            assertThat(process.getLinks()).singleElement().satisfies(link -> assertThat(
                            link.getSpanContext().getSpanId())
                    .isEqualTo(PARENT));
            assertThat(process.getAttributes().get(AttributeKey.stringKey("messaging.system")))
                    .isEqualTo("kafka");
            assertThat(process.getAttributes().get(AttributeKey.stringKey("messaging.consumer.group.name")))
                    .isEqualTo(name);
            assertThat(process.getAttributes().get(AttributeKey.stringKey("messaging.message.id")))
                    .isEqualTo("id-1");
            assertThat(process.getAttributes().get(AttributeKey.longKey("messaging.kafka.offset")))
                    .isZero();
            ConsumerRecord<byte[], byte[]> out = kafka.read(name + "-out").get(0);
            assertThat(header(out, "traceparent")).contains(process.getSpanId());
            assertThat(mdc.get())
                    .containsEntry("event_id", "id-1")
                    .containsEntry("event_type", "order_placed")
                    .containsEntry("topic", name + "-in")
                    .containsEntry("partition", "0")
                    .containsEntry("offset", "0");
        }
    }

    @Test
    void aFailedRecordsSpanNamesTheErrorAndNoPersonalData() {
        Pipeline pipeline = Pipeline.named(name)
                .from(Source.topic(name + "-in", Contracts.of(OrderPlaced.class)))
                .process("fail", () -> (Processor<Record, Record>) (event, context) -> {
                    throw new IllegalArgumentException("ada@example.com");
                })
                .to(name + "-out");
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(pipeline.topics(1));
            kafka.send(name + "-in", "ada", OrderPlaced.json("id-1", "ada", 5));

            try (Runner runner = Runner.start(pipeline, kafka.config(), options)) {
                kafka.awaitCommitted(name, name + "-in");
                assertThat(runner.progress().deadLetters()).isEqualTo(1);
            }

            SpanData process = only("process " + name + "-in");
            assertThat(process.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(process.getAttributes().get(AttributeKey.stringKey("error.type")))
                    .isEqualTo("java.lang.IllegalArgumentException");
            assertThat(spans.getFinishedSpanItems().toString()).doesNotContain("ada@example.com");
        }
    }

    @Test
    void aStoreCommitHasASpanThatCountsItsRecords() {
        InMemoryTableStore store = new InMemoryTableStore();
        StoreSink sink = StoreSink.named(name, name + "-events", Contracts.of(OrderPlaced.class))
                .table(TableProjection.append("orders", OrderPlaced.class)
                        .column("event_id", ColumnType.STRING, event -> event.id()))
                .into(store);
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(sink.topics(1));
            kafka.send(name + "-events", "ada", OrderPlaced.json("id-1", "ada", 5));
            kafka.send(name + "-events", "ada", OrderPlaced.json("id-2", "ada", 5));

            try (Runner runner = Runner.start(sink, kafka.config(), options)) {
                kafka.awaitCommitted(sink.group(), name + "-events");
                assertThat(runner.progress().outputs()).isEqualTo(2);
            }

            List<SpanData> commits = spans.getFinishedSpanItems().stream()
                    .filter(span -> span.getName().equals("commit " + name + "-events"))
                    .toList();
            assertThat(commits)
                    .extracting(span -> span.getAttributes().get(AttributeKey.longKey("messaging.batch.message_count")))
                    .satisfies(counts -> assertThat(
                                    counts.stream().mapToLong(Long::longValue).sum())
                            .isEqualTo(2));
            assertThat(commits).allSatisfy(span -> assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT));
        }
    }

    private SpanData only(String spanName) {
        List<SpanData> named = spans.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(spanName))
                .toList();
        assertThat(named).hasSize(1);
        return named.get(0);
    }
}
