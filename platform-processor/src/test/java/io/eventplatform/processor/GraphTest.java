package io.eventplatform.processor;

import static io.eventplatform.event.EventIds.derive;
import static io.eventplatform.processor.KafkaWorld.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pipelines with several sources and several ways, on a real broker. */
@ExtendWith(KafkaExtension.class)
class GraphTest {

    @EventContract(type = "order_rejected", version = 1)
    record OrderRejected(@EventKey String customer, String why) {}

    @EventContract(type = "payment_made", version = 1)
    record PaymentMade(@EventKey String customer, long amount) {}

    private static final SideOutput<OrderRejected> REJECTED = SideOutput.of("rejected", OrderRejected.class);
    private static final SideOutput<OrderPlaced> COPIES = SideOutput.of("copies", OrderPlaced.class);

    private final KafkaWorld kafka;
    private final String name;
    private final Source orders;
    private final Source payments;

    GraphTest(EmbeddedKafka broker) {
        this.kafka = new KafkaWorld(broker);
        this.name = EmbeddedKafka.uniqueName("graph");
        DedupWindow window = DedupWindow.of(Duration.ofDays(1));
        this.orders =
                Source.topic(name + "-orders", Contracts.of(OrderPlaced.class)).deduplicatedById(window);
        this.payments = Source.topic(name + "-payments", Contracts.of(PaymentMade.class))
                .deduplicatedById(window);
    }

    @AfterEach
    void disconnect() {
        kafka.close();
    }

    private static String paymentJson(String id) {
        return OrderPlaced.json(id, "ada", 7).replace("order_placed", "payment_made");
    }

    private void runOut(Pipeline pipeline) {
        RunnerOptions options = RunnerOptions.builder()
                .instance("one")
                .retryPolicy(new RetryPolicy(2, Duration.ofMillis(1), Duration.ofMillis(2)))
                .build();
        try (Runner runner = Runner.start(pipeline, kafka.config(), options)) {
            pipeline.sources().forEach(source -> kafka.awaitCommitted(name, source.topic()));
            assertThat(runner.health()).isInstanceOf(Health.Running.class);
        }
    }

    private List<String> ids(String topic) {
        return kafka.read(topic).stream()
                .map(record -> header(record, "event_id"))
                .toList();
    }

    // ---- sources

    @Test
    void ofTwoSourcesEachDropsItsOwnDuplicatesAlsoAfterARestart() {
        Pipeline pipeline = Pipeline.named(name)
                .from(orders, payments)
                .process("pass", () -> (Processor<Record, Record>) (event, context) -> context.forward(event))
                .to(name + "-out");
        kafka.create(pipeline.topics(2));
        kafka.send(orders.topic(), "ada", OrderPlaced.json("a", "ada", 5));
        kafka.send(orders.topic(), "ada", OrderPlaced.json("a", "ada", 5));
        kafka.send(payments.topic(), "ada", paymentJson("a"));
        kafka.send(payments.topic(), "ada", paymentJson("b"));

        runOut(pipeline);
        kafka.send(orders.topic(), "ada", OrderPlaced.json("a", "ada", 5));
        kafka.send(payments.topic(), "ada", paymentJson("b"));
        runOut(pipeline);

        assertThat(kafka.read(name + "-out"))
                .extracting(record -> header(record, "event_type") + " " + header(record, "event_id"))
                .containsExactlyInAnyOrder("order_placed a", "payment_made a", "payment_made b");
        assertThat(kafka.read(pipeline.dedupTopic(orders))).isNotEmpty();
        assertThat(kafka.read(pipeline.dedupTopic(payments))).isNotEmpty();
    }

    @Test
    void eachSourceTakesItsOwnContractsAndHasItsOwnDeadLetters() {
        Pipeline pipeline = Pipeline.named(name).from(orders, payments).to(name + "-out");
        kafka.create(pipeline.topics(1));
        kafka.send(orders.topic(), "ada", paymentJson("a"));
        kafka.send(payments.topic(), "ada", "no json");

        runOut(pipeline);

        assertThat(kafka.read(name + "-out")).isEmpty();
        assertThat(kafka.read(pipeline.deadLetterTopic(orders)))
                .extracting(letter -> header(letter, "dead_letter.topic") + " " + header(letter, "dead_letter.reason"))
                .containsExactly(orders.topic() + " contract.type_unknown");
        assertThat(kafka.read(pipeline.deadLetterTopic(payments)))
                .extracting(letter -> header(letter, "dead_letter.topic") + " " + header(letter, "dead_letter.reason"))
                .containsExactly(payments.topic() + " body.malformed");
    }

    // ---- ways

    @Test
    void whatMatchesABranchGoesItsWayAndTheRestGoesOn() {
        Pipeline pipeline = Pipeline.named(name)
                .from(orders)
                .process("orders", () -> (Processor<Record, OrderPlaced>)
                        (event, context) -> context.forward(event.withPayload((OrderPlaced) event.payload())))
                .branch("large", event -> event.payload().amount() >= 100, large -> large.branch(
                                "huge", event -> event.payload().amount() >= 1000, huge -> huge.to(name + "-huge"))
                        .to(name + "-large"))
                .process(
                        "stamp",
                        () -> new StampProcessedAt<>(RunnerOptions.defaults().clock()))
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        kafka.send(orders.topic(), "ada", OrderPlaced.json("small", "ada", 5));
        kafka.send(orders.topic(), "ada", OrderPlaced.json("large", "ada", 500));
        kafka.send(orders.topic(), "ada", OrderPlaced.json("huge", "ada", 5000));

        runOut(pipeline);

        assertThat(ids(name + "-out")).containsExactly("small");
        assertThat(ids(name + "-large")).containsExactly("large");
        assertThat(ids(name + "-huge")).containsExactly("huge");
        assertThat(kafka.values(name + "-large")).noneMatch(value -> value.contains("processed_at"));
    }

    @Test
    void aConditionThatFailsFailsTheRecordAndTheDeadLetterNamesTheBranch() {
        Pipeline pipeline = Pipeline.named(name)
                .from(orders)
                .branch(
                        "large",
                        event -> {
                            throw new IllegalStateException("no answer");
                        },
                        large -> large.to(name + "-large"))
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        kafka.send(orders.topic(), "ada", OrderPlaced.json("a", "ada", 5));

        runOut(pipeline);

        assertThat(ids(name + "-out")).isEmpty();
        assertThat(kafka.read(pipeline.deadLetterTopic(orders))).singleElement().satisfies(letter -> {
            assertThat(header(letter, "dead_letter.reason")).isEqualTo("processing.failed");
            assertThat(header(letter, "dead_letter.stage")).isEqualTo("large");
            assertThat(header(letter, "dead_letter.attempts")).isEqualTo("2");
        });
    }

    private Steps<Record, Pipeline> checked() {
        return Pipeline.named(name)
                .from(orders)
                .process("check", () -> (Processor<Record, Record>) (event, context) -> {
                    OrderPlaced order = (OrderPlaced) event.payload();
                    if (order.amount() > 0) {
                        context.forward(event);
                    } else {
                        context.forward(REJECTED, event.withPayload(new OrderRejected(order.customer(), "no amount")));
                    }
                });
    }

    @Test
    void aSideOutputTakesEventsOfAnotherTypeAnotherWay() {
        Pipeline pipeline = checked()
                .sideOutput(REJECTED, rejected -> rejected.branch(
                                "adas",
                                event -> event.payload().customer().equals("ada"),
                                adas -> adas.to(name + "-ada"))
                        .to(name + "-rejected"))
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        kafka.send(orders.topic(), "ada", OrderPlaced.json("good", "ada", 5));
        kafka.send(orders.topic(), "bob", OrderPlaced.json("bad", "bob", 0));
        kafka.send(orders.topic(), "ada", OrderPlaced.json("adas", "ada", 0));

        runOut(pipeline);

        assertThat(ids(name + "-out")).containsExactly("good");
        assertThat(ids(name + "-ada")).containsExactly("adas");
        assertThat(kafka.read(name + "-rejected")).singleElement().satisfies(record -> {
            assertThat(header(record, "event_id")).isEqualTo("bad");
            assertThat(header(record, "event_type")).isEqualTo("order_rejected");
            assertThat(new String(record.value(), UTF_8)).contains("\"why\":\"no amount\"");
        });
    }

    @Test
    void aSideOutputThatThePipelineDoesNotDeclareIsADeadLetterAtOnceAlsoWhenTheStageSwallowsThat() {
        Pipeline pipeline = Pipeline.named(name)
                .from(orders)
                .process("check", () -> (Processor<Record, Record>) (event, context) -> {
                    try {
                        context.forward(REJECTED, event.withPayload(new OrderRejected("bob", "all are")));
                    } catch (RuntimeException e) {
                        context.forward(event);
                    }
                })
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        kafka.send(orders.topic(), "bob", OrderPlaced.json("bad", "bob", 0));

        runOut(pipeline);

        assertThat(kafka.read(pipeline.deadLetterTopic(orders))).singleElement().satisfies(letter -> {
            assertThat(header(letter, "dead_letter.reason")).isEqualTo("output.invalid");
            assertThat(header(letter, "dead_letter.stage")).isEqualTo("check");
            assertThat(header(letter, "dead_letter.attempts")).isEqualTo("1");
            assertThat(header(letter, "dead_letter.detail"))
                    .isEqualTo("stage check forwarded to side output rejected, which has no way in its pipeline. Add"
                            + " sideOutput(rejected, …) after the stage");
        });
    }

    // ---- ends

    @Test
    void aNewKeyDecidesThePartitionAndANullOneIsADeadLetter() {
        Pipeline pipeline = Pipeline.named(name).from(orders).rekey(name + "-by-amount", event -> {
            long amount = ((OrderPlaced) event.payload()).amount();
            return amount == 0 ? null : "amount-" + amount;
        });
        kafka.create(pipeline.topics(4));
        for (int i = 0; i < 20; i++) {
            kafka.sendLater(orders.topic(), "customer-" + i, OrderPlaced.json("id-" + i, "customer-" + i, i % 5));
        }
        kafka.flush();

        runOut(pipeline);

        List<ConsumerRecord<byte[], byte[]>> out = kafka.read(name + "-by-amount");
        assertThat(out).hasSize(16).allSatisfy(record -> {
            String key = new String(record.key(), UTF_8);
            assertThat(new String(record.value(), UTF_8)).contains("\"amount\":" + key.substring("amount-".length()));
            assertThat(record.partition()).isEqualTo(Utils.toPositive(Utils.murmur2(record.key())) % 4);
        });
        assertThat(kafka.read(pipeline.deadLetterTopic(orders))).hasSize(4).allSatisfy(letter -> {
            assertThat(header(letter, "dead_letter.reason")).isEqualTo("output.invalid");
            assertThat(header(letter, "dead_letter.detail"))
                    .isEqualTo("the new key of order_placed for " + name + "-by-amount is null. Return a key for"
                            + " every event, or branch off those that have none");
        });
    }

    @Test
    void aNewKeyThatCannotBeMadeFailsTheRecordAndTheDeadLetterNamesTheEnd() {
        Pipeline pipeline = Pipeline.named(name).from(orders).rekey(name + "-by-mail", event -> ((OrderPlaced)
                        event.payload())
                .email()
                .orElseThrow());
        kafka.create(pipeline.topics(1));
        kafka.send(orders.topic(), "ada", OrderPlaced.json("a", "ada", 5));

        runOut(pipeline);

        assertThat(kafka.read(pipeline.deadLetterTopic(orders))).singleElement().satisfies(letter -> {
            assertThat(header(letter, "dead_letter.reason")).isEqualTo("processing.failed");
            assertThat(header(letter, "dead_letter.stage")).isEqualTo("rekey to " + name + "-by-mail");
        });
    }

    @Test
    void severalTopicsOfOneEndGetTheSameEventUnderOneId() {
        Pipeline pipeline = Pipeline.named(name).from(orders).to(name + "-a", name + "-b");
        kafka.create(pipeline.topics(1));
        kafka.send(orders.topic(), "ada", OrderPlaced.json("a", "ada", 5));

        runOut(pipeline);

        assertThat(ids(name + "-a")).containsExactly("a");
        assertThat(ids(name + "-b")).containsExactly("a");
        assertThat(kafka.values(name + "-a")).isEqualTo(kafka.values(name + "-b"));
    }

    // ---- ids

    @Test
    void anOutputThatAloneCarriesTheSourcesIdKeepsItBesideOthers() {
        Pipeline pipeline = Pipeline.named(name)
                .from(orders)
                .process("tell", () -> (Processor<Record, Record>) (event, context) -> {
                    OrderPlaced order = (OrderPlaced) event.payload();
                    context.forward(
                            REJECTED,
                            event.withPayload(new OrderRejected(order.customer(), "told"))
                                    .withId("told-" + event.id()));
                    context.forward(event);
                })
                .sideOutput(REJECTED, rejected -> rejected.to(name + "-told"))
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        kafka.send(orders.topic(), "ada", OrderPlaced.json("a", "ada", 5));

        runOut(pipeline);

        assertThat(ids(name + "-out")).containsExactly("a");
        assertThat(ids(name + "-told")).containsExactly("told-a");
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"PROCESSED", "OUTPUTS_SENT", "OFFSETS_SENT", "TRANSACTION_COMMITTED"})
    void outputsOnAllWaysComeOnceUnderTheSameIdsWhereverTheProcessDies(Step step) {
        Pipeline pipeline = Pipeline.named(name)
                .from(orders, payments)
                .processOnly(OrderPlaced.class, "copy", () -> (event, context) -> {
                    context.forward(COPIES, event);
                    context.forward(event);
                })
                .sideOutput(COPIES, copies -> copies.to(name + "-copies", name + "-archive"))
                .branch("paid", event -> event.type().equals("payment_made"), paid -> paid.to(name + "-paid"))
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        for (int i = 0; i < 30; i++) {
            kafka.sendLater(orders.topic(), "ada", OrderPlaced.json("order-" + i, "ada", i));
            kafka.sendLater(payments.topic(), "ada", paymentJson("payment-" + i));
        }
        kafka.flush();

        crashAt(pipeline, step, 2);
        runOut(pipeline);

        List<String> orderIds =
                IntStream.range(0, 30).mapToObj(i -> "order-" + i).toList();
        List<String> copies =
                orderIds.stream().map(id -> derive(id, "copy", "0")).toList();
        assertOnceAndAlike(name + "-copies", copies);
        assertOnceAndAlike(name + "-archive", copies);
        assertOnceAndAlike(
                name + "-out",
                orderIds.stream().map(id -> derive(id, "copy", "1")).toList());
        assertOnceAndAlike(
                name + "-paid",
                IntStream.range(0, 30).mapToObj(i -> "payment-" + i).toList());
    }

    /** Committed once each; and no transaction, also none that was aborted, held another id. */
    private void assertOnceAndAlike(String topic, List<String> expected) {
        assertThat(ids(topic)).containsExactlyElementsOf(expected);
        assertThat(kafka.readWithAborted(topic))
                .extracting(record -> header(record, "event_id"))
                .isSubsetOf(expected);
    }

    private void crashAt(Pipeline pipeline, Step step, int nth) {
        AtomicInteger reached = new AtomicInteger();
        RunnerOptions options = RunnerOptions.builder()
                .instance("one")
                .maxCommitRecords(10)
                .stepListener(at -> {
                    if (at == step && reached.incrementAndGet() == nth) {
                        throw new AssertionError("crash at " + step);
                    }
                })
                .build();
        try (Runner runner = Runner.start(pipeline, kafka.config(), options)) {
            KafkaWorld.await(() -> runner.health() instanceof Health.Failed);
        }
    }
}
