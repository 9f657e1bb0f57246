package io.eventplatform.processor;

import static io.eventplatform.processor.KafkaWorld.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.kafka.TopicPlan;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KafkaExtension.class)
class PipelineTest {

    private static final Contracts CONTRACTS = Contracts.of(OrderPlaced.class);
    private static final RetryPolicy QUICKLY = new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(2));

    private final KafkaWorld kafka;
    private final String name;
    private final Source source;

    PipelineTest(EmbeddedKafka broker) {
        this.kafka = new KafkaWorld(broker);
        this.name = EmbeddedKafka.uniqueName("pipeline");
        this.source = Source.topic(name + "-in", CONTRACTS).deduplicatedById(DedupWindow.of(Duration.ofDays(1)));
    }

    @AfterEach
    void disconnect() {
        kafka.close();
    }

    private Steps<Record, Pipeline> pipeline() {
        return Pipeline.named(name).from(source);
    }

    private RunnerOptions.Builder options() {
        return RunnerOptions.builder().instance("one").retryPolicy(QUICKLY);
    }

    /** Runs the pipeline until it has committed all of its source. */
    private Progress runOut(Pipeline pipeline, RunnerOptions options) {
        try (Runner runner = Runner.start(pipeline, kafka.config(), options)) {
            kafka.awaitCommitted(name, source.topic());
            return runner.close(Duration.ofSeconds(30)).progress();
        }
    }

    @Test
    void anEventIsEnrichedStampedAndWrittenUnderItsContractsKey() {
        Instant now = Instant.parse("2026-01-01T00:00:05.123Z");
        CachedReference<String, Map<String, Object>> segments = CachedReference.of(
                customer -> customer.equals("ada") ? Optional.of(Map.of("segment", "gold")) : Optional.empty(),
                100,
                Duration.ofMinutes(1));
        Pipeline pipeline = pipeline()
                .processOnly(
                        OrderPlaced.class,
                        "segment",
                        () -> Enrich.with("customer", event -> event.payload().customer(), segments))
                .process("stamp", () -> new StampProcessedAt<>(InstantSource.fixed(now)))
                .to(name + "-out");
        kafka.create(pipeline.topics(2));
        kafka.send(source.topic(), null, OrderPlaced.json("a", "ada", 5));
        kafka.send(source.topic(), null, OrderPlaced.json("b", "bob", 7));

        Progress progress = runOut(pipeline, options().build());

        List<ConsumerRecord<byte[], byte[]>> out =
                kafka.read(pipeline.targetTopics().get(0));
        assertThat(out).hasSize(2);
        assertThat(out).allSatisfy(record -> assertThat(new String(record.value(), UTF_8))
                .contains("\"processed_at\":\"2026-01-01T00:00:05.123Z\""));
        ConsumerRecord<byte[], byte[]> ada = out.stream()
                .filter(record -> header(record, "event_id").equals("a"))
                .findFirst()
                .orElseThrow();
        assertThat(new String(ada.key(), UTF_8)).isEqualTo("ada");
        assertThat(new String(ada.value(), UTF_8)).contains("\"enriched\":{\"customer\":{\"segment\":\"gold\"}}");
        assertThat(header(ada, "event_type")).isEqualTo("order_placed");
        assertThat(header(ada, "schema_version")).isEqualTo("v1");
        assertThat(kafka.values(pipeline.targetTopics().get(0))).anyMatch(value -> value.contains("{\"found\":false}"));
        assertThat(progress.records()).isEqualTo(2);
        assertThat(progress.outputs()).isEqualTo(2);
    }

    @Test
    void anEventThatNoStepChangesKeepsItsBytes() {
        String odd = " {\"amount\":5.0e0 , \"extra\":[1, 2], "
                + OrderPlaced.json("a", "ada", 5).substring(1);
        odd = odd.replace(",\"amount\":5}", "}").replace("5.0e0", "5");
        Pipeline pipeline = pipeline().to(name + "-out");
        kafka.create(pipeline.topics(2));
        kafka.send(source.topic(), "ada", odd);

        runOut(pipeline, options().build());

        assertThat(kafka.values(pipeline.targetTopics().get(0))).containsExactly(odd);
    }

    @Test
    void aDuplicateIsDroppedAlsoAfterARestart() {
        Pipeline pipeline = pipeline().to(name + "-out");
        kafka.create(pipeline.topics(2));
        kafka.send(source.topic(), "ada", OrderPlaced.json("a", "ada", 5));
        kafka.send(source.topic(), "ada", OrderPlaced.json("a", "ada", 5));
        Progress first = runOut(pipeline, options().build());
        kafka.send(source.topic(), "ada", OrderPlaced.json("a", "ada", 5));
        kafka.send(source.topic(), "ada", OrderPlaced.json("b", "ada", 5));

        Progress second = runOut(pipeline, options().build());

        assertThat(first.duplicates()).isEqualTo(1);
        assertThat(second.duplicates()).isEqualTo(1);
        assertThat(kafka.read(pipeline.targetTopics().get(0)))
                .extracting(record -> header(record, "event_id"))
                .containsExactly("a", "b");
    }

    @Test
    void aBrokenBodyThatNoStepReadsIsDeadAllTheSameAndItsCorrectionPasses() {
        Pipeline pipeline = Pipeline.named(name)
                .from(Source.topic(source.topic(), Contracts.of(OrderPlaced.class, RouterTest.ParcelSent.class))
                        .deduplicatedById(DedupWindow.of(Duration.ofDays(1))))
                .processOnly(RouterTest.ParcelSent.class, "parcels", () ->
                        (Processor<RouterTest.ParcelSent, Record>) (event, context) -> context.forward(event))
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        RecordHeaders headers = new RecordHeaders();
        Map.of(
                        "event_id",
                        "a",
                        "event_type",
                        "order_placed",
                        "schema_version",
                        "v1",
                        "timestamp",
                        "2026-01-01T00:00:00Z")
                .forEach((header, text) -> headers.add(header, text.getBytes(UTF_8)));
        kafka.send(source.topic(), "ada", "{\"event_id\":", headers);
        kafka.send(source.topic(), "ada", OrderPlaced.json("a", "ada", 5), headers);

        runOut(pipeline, options().build());

        assertThat(kafka.values(pipeline.targetTopics().get(0))).containsExactly(OrderPlaced.json("a", "ada", 5));
        assertThat(kafka.read(pipeline.deadLetterTopic(source))).hasSize(1);
    }

    @Test
    void aRecordThatBreaksItsContractBecomesADeadLetterAndTheNextOneGoesOn() {
        Pipeline pipeline = pipeline().to(name + "-out");
        kafka.create(pipeline.topics(1));
        String violated = OrderPlaced.json("b", "ada", 5).replace("\"amount\":5", "\"amount\":\"secret\"");
        kafka.send(source.topic(), "k", "not json");
        RecordHeaders twice = new RecordHeaders();
        twice.add("tenant", "first".getBytes(UTF_8)).add("tenant", "second".getBytes(UTF_8));
        kafka.send(source.topic(), "k", violated, twice);
        kafka.send(source.topic(), "k", OrderPlaced.json("c", "ada", 5).replace("order_placed", "order_lost"));
        kafka.send(source.topic(), "k", OrderPlaced.json("d", "ada", 5));

        try (Runner runner = Runner.start(pipeline, kafka.config(), options().build())) {
            kafka.awaitCommitted(name, source.topic());
            assertThat(runner.progress().deadLetters()).isEqualTo(3);
        }

        List<ConsumerRecord<byte[], byte[]>> dead = kafka.read(pipeline.deadLetterTopic(source));
        assertThat(dead)
                .extracting(record -> header(record, "dead_letter.reason"))
                .containsExactly("body.malformed", "contract.violated", "contract.type_unknown");
        assertThat(dead)
                .extracting(record -> header(record, "dead_letter.offset"))
                .containsExactly("0", "1", "2");
        assertThat(dead).allSatisfy(record -> {
            assertThat(header(record, "dead_letter.topic")).isEqualTo(source.topic());
            assertThat(header(record, "dead_letter.partition")).isEqualTo("0");
            assertThat(header(record, "dead_letter.detail")).isNotEmpty().doesNotContain("secret");
            assertThat(new String(record.key(), UTF_8)).isEqualTo("k");
        });
        assertThat(new String(dead.get(1).value(), UTF_8)).isEqualTo(violated);
        assertThat(dead.get(1).headers().headers("tenant"))
                .extracting(header -> new String(header.value(), UTF_8))
                .containsExactly("first", "second");
        assertThat(kafka.read(pipeline.targetTopics().get(0)))
                .extracting(record -> header(record, "event_id"))
                .containsExactly("d");
    }

    @Test
    void aFailingRecordIsTriedAgainThenDeadLetteredAndItsOutputsAreTakenBack() {
        List<Integer> attempts = new ArrayList<>();
        Processor<Record, Record> failing = (event, context) -> {
            context.forward(event);
            if (event.id().equals("bad")) {
                attempts.add(context.attempt());
                throw new IllegalStateException("ada@example.com");
            }
        };
        Pipeline pipeline = pipeline().process("fail", () -> failing).to(name + "-out");
        kafka.create(pipeline.topics(1));
        kafka.send(source.topic(), "k", OrderPlaced.json("bad", "ada", 5));
        kafka.send(source.topic(), "k", OrderPlaced.json("good", "ada", 5));
        // a dead-lettered id is not remembered, so that its replay passes
        kafka.send(source.topic(), "k", OrderPlaced.json("bad", "ada", 5));

        try (Runner runner = Runner.start(pipeline, kafka.config(), options().build())) {
            kafka.awaitCommitted(name, source.topic());
            assertThat(runner.health()).isInstanceOf(Health.Running.class);
        }

        assertThat(attempts).containsExactly(1, 2, 3, 1, 2, 3);
        assertThat(kafka.read(pipeline.targetTopics().get(0)))
                .extracting(record -> header(record, "event_id"))
                .containsExactly("good");
        ConsumerRecord<byte[], byte[]> dead =
                kafka.read(pipeline.deadLetterTopic(source)).get(0);
        assertThat(header(dead, "dead_letter.reason")).isEqualTo("processing.failed");
        assertThat(header(dead, "dead_letter.stage")).isEqualTo("fail");
        assertThat(header(dead, "dead_letter.attempts")).isEqualTo("3");
        assertThat(header(dead, "dead_letter.detail"))
                .startsWith("java.lang.IllegalStateException at " + PipelineTest.class.getName())
                .doesNotContain("ada@example.com");
    }

    @Test
    void severalOutputsOfOneEventHaveIdsOfTheirOwnTheSameAtEachReplay() {
        Pipeline twice = pipeline()
                .process("twice", () -> (Processor<Record, Record>) (event, context) -> {
                    context.forward(event);
                    context.forward(event);
                })
                .to(name + "-out");
        kafka.create(twice.topics(1));
        kafka.send(source.topic(), "k", OrderPlaced.json("a", "ada", 5));

        runOut(twice, options().build());

        List<ConsumerRecord<byte[], byte[]>> out =
                kafka.read(twice.targetTopics().get(0));
        assertThat(out).extracting(record -> header(record, "causation_id")).containsExactly("a", "a");
        assertThat(out)
                .extracting(record -> header(record, "event_id"))
                .doesNotHaveDuplicates()
                .doesNotContain("a");
        assertThat(header(out.get(0), "event_id")).isEqualTo(io.eventplatform.event.EventIds.derive("a", "twice", "0"));
    }

    @Test
    void anOutputTooLargeForKafkaBecomesADeadLetter() {
        Map<String, Object> large = Map.of("text", "x".repeat(20_000));
        Pipeline pipeline = pipeline()
                .process("grow", () -> (Processor<Record, Record>)
                        (event, context) -> context.forward(event.withEnriched("large", large)))
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        kafka.send(source.topic(), "k", OrderPlaced.json("a", "ada", 5));

        try (Runner runner = Runner.start(
                pipeline,
                kafka.config().with("max.request.size", 10_000),
                options().build())) {
            kafka.awaitCommitted(name, source.topic());
            assertThat(runner.progress().outputs()).isZero();
        }

        assertThat(kafka.read(pipeline.targetTopics().get(0))).isEmpty();
        assertThat(kafka.read(pipeline.deadLetterTopic(source)))
                .extracting(record -> header(record, "dead_letter.reason"))
                .containsExactly("output.too_large");
    }

    @Test
    void aStageThatFailsFailsTheRecordAlsoWhenTheStageBeforeSwallowsIt() {
        Pipeline pipeline = pipeline()
                .process("swallow", () -> (Processor<Record, Record>) (event, context) -> {
                    try {
                        context.forward(event);
                    } catch (RuntimeException e) {
                        assertThat(e).isNotNull();
                    }
                })
                .process("fail", () -> (Processor<Record, Record>) (event, context) -> {
                    context.forward(event);
                    throw new IllegalStateException("after forwarding");
                })
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        kafka.send(source.topic(), "k", OrderPlaced.json("a", "ada", 5));

        runOut(pipeline, options().build());

        assertThat(kafka.read(pipeline.targetTopics().get(0))).isEmpty();
        assertThat(kafka.read(pipeline.deadLetterTopic(source)))
                .extracting(record -> header(record, "dead_letter.stage"))
                .containsExactly("fail");
    }

    @Test
    void aRecordThatNoTopicHoldsUncompressedLeavesALetterThatNamesItsPlace() {
        Pipeline pipeline = pipeline().to(name + "-out");
        kafka.create(pipeline.topics(1));
        kafka.sendCompressed(source.topic(), OrderPlaced.json("a", "x".repeat(3_000_000), 5));
        kafka.send(source.topic(), "k", OrderPlaced.json("b", "ada", 5));

        runOut(pipeline, options().build());

        assertThat(kafka.read(pipeline.deadLetterTopic(source))).singleElement().satisfies(letter -> {
            assertThat(header(letter, "dead_letter.reason")).isEqualTo("body.too_large");
            assertThat(header(letter, "dead_letter.offset")).isEqualTo("0");
            assertThat(Integer.parseInt(header(letter, "dead_letter.omitted_bytes")))
                    .isGreaterThan(3_000_000);
            assertThat(letter.value()).isNull();
        });
        assertThat(kafka.read(pipeline.targetTopics().get(0))).hasSize(1);
    }

    @Test
    void anOutputLargerThanItsTopicTakesBecomesADeadLetter() {
        Pipeline pipeline = pipeline().to(name + "-out");
        kafka.create(TopicPlan.of(pipeline.topics(1).topics().stream()
                .map(topic -> topic.name().equals(pipeline.targetTopics().get(0))
                        ? topic.with("max.message.bytes", "5000")
                        : topic)
                .toList()));
        kafka.send(source.topic(), "k", OrderPlaced.json("a", "x".repeat(6_000), 5));
        kafka.send(source.topic(), "k", OrderPlaced.json("b", "ada", 5));

        runOut(pipeline, options().build());

        assertThat(kafka.read(pipeline.deadLetterTopic(source)))
                .extracting(record -> header(record, "dead_letter.reason"))
                .containsExactly("output.too_large");
        assertThat(kafka.read(pipeline.targetTopics().get(0))).hasSize(1);
    }

    @Test
    void aTimestampFarFromAnyClockDoesNoHarm() {
        Pipeline pipeline = pipeline().to(name + "-out");
        kafka.create(pipeline.topics(1));
        kafka.send(source.topic(), "k", OrderPlaced.json("a", "ada", 5, "-999999999-01-01T00:00:00Z"));
        kafka.send(source.topic(), "k", OrderPlaced.json("b", "ada", 5, "+999999999-01-01T00:00:00Z"));
        kafka.send(source.topic(), "k", OrderPlaced.json("c", "ada", 5, "9999-01-01T00:00:00Z"));
        kafka.send(source.topic(), "k", OrderPlaced.json("d", "ada", 5));
        kafka.send(source.topic(), "k", OrderPlaced.json("d", "ada", 5));

        Progress progress = runOut(pipeline, options().build());

        assertThat(progress.records()).isEqualTo(5);
        assertThat(progress.duplicates()).isEqualTo(1);
    }
}
