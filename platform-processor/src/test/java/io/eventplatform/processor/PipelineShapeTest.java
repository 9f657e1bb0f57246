package io.eventplatform.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.contract.ContractDefinitionException;
import io.eventplatform.contract.Contracts;
import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import io.eventplatform.kafka.TopicSpec;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a pipeline is before it runs: which shapes there are, what they say of themselves, which are refused. */
class PipelineShapeTest {

    @EventContract(type = "payment_made", version = 1)
    record PaymentMade(@EventKey String customer, long amount) {}

    @EventContract(type = "payment_made", version = 1)
    record PaymentMadeElsewhere(@EventKey String account) {}

    @EventContract(type = "order_rejected", version = 1)
    record OrderRejected(@EventKey String customer, String why) {}

    private static final SideOutput<OrderRejected> REJECTED = SideOutput.of("rejected", OrderRejected.class);
    private static final Source ORDERS = Source.topic("orders", Contracts.of(OrderPlaced.class));
    private static final Source PAYMENTS = Source.topic("payments", Contracts.of(PaymentMade.class));

    private static Processor<Record, Record> pass() {
        return (event, context) -> context.forward(event);
    }

    private static Processor<OrderPlaced, Record> passOrder() {
        return (event, context) -> context.forward(event);
    }

    private static Processor<OrderRejected, OrderRejected> passRejected() {
        return (event, context) -> context.forward(event);
    }

    private static Steps<Record, Pipeline> shop() {
        return Pipeline.named("shop").from(ORDERS);
    }

    @Test
    void anElaboratePipelineIsDescribedWithEveryWayAndWhatLowersItsGuarantee() {
        Pipeline pipeline = Pipeline.named("shop")
                .from(ORDERS.deduplicatedById(DedupWindow.of(Duration.ofDays(7))), PAYMENTS)
                .process("check", PipelineShapeTest::pass)
                .sideOutput(REJECTED, rejected -> rejected.process("explain", PipelineShapeTest::passRejected)
                        .to("orders.rejected", "mail"))
                .branch("large", event -> event.id().startsWith("L"), large -> large.process(
                                "review", PipelineShapeTest::pass, OutsideCalls.idempotent("the fraud service"))
                        .branch("foreign", event -> event.id().endsWith("F"), foreign -> foreign.to("orders.foreign"))
                        .to("orders.large"))
                .processOnly(
                        OrderPlaced.class,
                        "announce",
                        PipelineShapeTest::passOrder,
                        OutsideCalls.repeatable("the mail service"))
                .rekey("orders.by_country", event -> "DE");

        assertThat(pipeline.describe()).isEqualTo("""
                pipeline shop (at least once)
                  effectively once since stage review calls the fraud service, which is idempotent
                  at least once since stage announce calls the mail service
                  from orders, deduplicated by event_id within 7 days
                  from payments
                  check
                    side output rejected
                      explain
                      to orders.rejected, mail
                  branch large
                    review
                    branch foreign
                      to orders.foreign
                    to orders.large
                  announce (only order_placed)
                  to orders.by_country by a new key
                  dedup state in orders.shop.dedup
                  dead letters to orders.shop.dlt, payments.shop.dlt""");
        assertThat(pipeline)
                .hasToString("Pipeline[shop: orders, payments to orders.by_country, orders.rejected, mail,"
                        + " orders.large, orders.foreign]");
    }

    @Test
    void itsTopicsAreThoseOfAllSourcesAndWaysEachOnce() {
        Pipeline pipeline = Pipeline.named("shop")
                .from(ORDERS.deduplicatedById(DedupWindow.of(Duration.ofDays(7))), PAYMENTS)
                .branch("large", event -> true, large -> large.to("out", "large"))
                .to("out");

        assertThat(pipeline.topics(3).topics())
                .extracting(TopicSpec::name)
                .containsExactly(
                        "orders",
                        "payments",
                        "out",
                        "large",
                        "orders.shop.dlt",
                        "orders.shop.dedup",
                        "payments.shop.dlt");
        assertThat(pipeline.deadLetterTopic(PAYMENTS)).isEqualTo("payments.shop.dlt");
        assertThatThrownBy(() -> pipeline.deadLetterTopic(Source.topic("refunds", Contracts.of(OrderPlaced.class))))
                .hasMessage("pipeline shop does not read refunds");
    }

    @Test
    void aPipelineGivesTheLeastThatItsPartsGive() {
        assertThat(shop().process("a", PipelineShapeTest::pass).to("out").guarantee())
                .isEqualTo(Guarantee.EXACTLY_ONCE);
        assertThat(shop().process("a", PipelineShapeTest::pass, OutsideCalls.idempotent("x"))
                        .to("out")
                        .guarantee())
                .isEqualTo(Guarantee.EFFECTIVELY_ONCE);
        assertThat(shop().branch("b", event -> true, way -> way.process(
                                        "a", PipelineShapeTest::pass, OutsideCalls.repeatable("x"))
                                .to("b"))
                        .process("c", PipelineShapeTest::pass, OutsideCalls.idempotent("y"))
                        .to("out")
                        .guarantee())
                .isEqualTo(Guarantee.AT_LEAST_ONCE);
        assertThat(Pipeline.named("shop").atLeastOnce().from(ORDERS).to("out").guarantee())
                .isEqualTo(Guarantee.AT_LEAST_ONCE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("shapes")
    void aShapeIsBuiltOrRefusedByNameAndWithAWayOut(String what, Supplier<Pipeline> shape, @Nullable String refusal) {
        if (refusal == null) {
            assertThat(shape.get().describe()).as(what).isNotBlank();
        } else {
            assertThatThrownBy(shape::get)
                    .as(what)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(refusal);
        }
    }

    static Stream<Arguments> shapes() {
        return Stream.of(
                builds("no stage at all", () -> shop().to("out")),
                builds("one topic at two ends", () -> shop().branch("b", event -> true, way -> way.to("out"))
                        .to("out")),
                builds("one side output after another", () -> shop().process("a", PipelineShapeTest::pass)
                        .sideOutput(REJECTED, way -> way.to("x"))
                        .sideOutput(SideOutput.of("late", Record.class), way -> way.to("y"))
                        .to("out")),
                builds("a type that a stage before may make", () -> Pipeline.named("shop")
                        .from(PAYMENTS)
                        .process("a", PipelineShapeTest::pass)
                        .processOnly(OrderPlaced.class, "b", PipelineShapeTest::passOrder)
                        .to("out")),
                builds("a type of the second source", () -> Pipeline.named("shop")
                        .from(PAYMENTS, ORDERS)
                        .processOnly(OrderPlaced.class, "b", PipelineShapeTest::passOrder)
                        .to("out")),
                builds("as much as is required", () -> Pipeline.named("shop")
                        .requiring(Guarantee.EFFECTIVELY_ONCE)
                        .from(ORDERS)
                        .process("a", PipelineShapeTest::pass, OutsideCalls.idempotent("x"))
                        .to("out")),
                refused(
                        "two stages of one name on different ways",
                        () -> shop().process("a", PipelineShapeTest::pass)
                                .branch("b", event -> true, way -> way.process("a", PipelineShapeTest::pass)
                                        .to("x"))
                                .to("out"),
                        "pipeline shop has two stages named a; a name is the identity of a part. Give each its own"),
                refused(
                        "two branches of one name",
                        () -> shop().branch("b", event -> true, way -> way.to("x"))
                                .branch("b", event -> true, way -> way.to("y"))
                                .to("out"),
                        "pipeline shop has two branches named b; a name is the identity of a part. Give each its own"),
                refused(
                        "a stage and a branch of one name",
                        () -> shop().process("a", PipelineShapeTest::pass)
                                .branch("a", event -> true, way -> way.to("x"))
                                .to("out"),
                        "pipeline shop has a stage and a branch named a; a name is the identity of a part. Give each"
                                + " its own"),
                refused(
                        "one side output of two stages",
                        () -> shop().process("a", PipelineShapeTest::pass)
                                .sideOutput(REJECTED, way -> way.to("x"))
                                .process("b", PipelineShapeTest::pass)
                                .sideOutput(REJECTED, way -> way.to("y"))
                                .to("out"),
                        "pipeline shop has two side outputs named rejected; a name is the identity of a part. Give"
                                + " each its own"),
                refused(
                        "one side output twice",
                        () -> shop().process("a", PipelineShapeTest::pass)
                                .sideOutput(REJECTED, way -> way.to("x"))
                                .sideOutput(REJECTED, way -> way.to("y"))
                                .to("out"),
                        "pipeline shop: side output rejected of stage a has two ways. Declare it once, and give to(…)"
                                + " all topics"),
                refused(
                        "a side output of no stage",
                        () -> shop().sideOutput(REJECTED, way -> way.to("x")).to("out"),
                        "pipeline shop: side output rejected does not follow a stage. Declare it right after the stage"
                                + " that forwards to it"),
                refused(
                        "a side output of a branch",
                        () -> shop().process("a", PipelineShapeTest::pass)
                                .branch("b", event -> true, way -> way.to("x"))
                                .sideOutput(REJECTED, way -> way.to("y"))
                                .to("out"),
                        "pipeline shop: side output rejected does not follow a stage. Declare it right after the stage"
                                + " that forwards to it"),
                refused(
                        "a branch that ends another's way",
                        () -> shop().branch("b", event -> true, outer -> outer.branch(
                                                "c", event -> true, inner -> outer.to("x"))
                                        .to("y"))
                                .to("out"),
                        "pipeline shop: branch c does not end the steps it is given. Return those steps with an end,"
                                + " such as to(topic)"),
                refused(
                        "a way that comes back to its source",
                        () -> Pipeline.named("shop")
                                .from(ORDERS, PAYMENTS)
                                .branch("b", event -> true, way -> way.to("payments"))
                                .to("out"),
                        "pipeline shop would write to the topic it reads, payments, and never end"),
                refused(
                        "two sources of one topic",
                        () -> Pipeline.named("shop")
                                .from(ORDERS, Source.topic("orders", Contracts.of(PaymentMade.class)))
                                .to("out"),
                        "pipeline shop has two sources of topic orders. Make them one, with the contracts of both"),
                refused(
                        "one topic twice in one end",
                        () -> shop().to("out", "out"),
                        "pipeline shop: topic out is named twice in one end, and would get each event twice. Name it"
                                + " once"),
                refused(
                        "a type that nothing brings",
                        () -> Pipeline.named("shop")
                                .from(PAYMENTS)
                                .branch("b", event -> true, way -> way.processOnly(
                                                OrderPlaced.class, "a", PipelineShapeTest::passOrder)
                                        .to("x"))
                                .to("out"),
                        "pipeline shop: stage a takes only order_placed, which no source has a contract of and no stage"
                                + " before makes. Add OrderPlaced to the contracts of a source"),
                refused(
                        "a call outside where exactly once is required",
                        () -> Pipeline.named("shop")
                                .requiring(Guarantee.EXACTLY_ONCE)
                                .from(ORDERS)
                                .process("a", PipelineShapeTest::pass, OutsideCalls.idempotent("the fraud service"))
                                .to("out"),
                        "pipeline shop requires exactly once, but stage a calls the fraud service, which is idempotent,"
                                + " so it can only give effectively once. Do without that, or require less"),
                refused(
                        "no transaction where exactly once is required",
                        () -> Pipeline.named("shop")
                                .atLeastOnce()
                                .requiring(Guarantee.EXACTLY_ONCE)
                                .from(ORDERS)
                                .to("out"),
                        "pipeline shop requires exactly once, but it is declared atLeastOnce(), so it can only give at"
                                + " least once. Do without that, or require less"),
                refused(
                        "state without a transaction",
                        () -> Pipeline.named("shop")
                                .atLeastOnce()
                                .from(ORDERS)
                                .process("a", PipelineShapeTest::pass, StateSpec.value("n", Long.class))
                                .to("out"),
                        "pipeline shop is declared atLeastOnce(), but stage a keeps state, which needs the transaction: an"
                                + " instance that was replaced could write old state over newer. Do without atLeastOnce()"),
                refused(
                        "its dead letters as a target",
                        () -> shop().to(ORDERS.topic() + ".shop.dlt"),
                        "pipeline shop would write outputs to " + ORDERS.topic()
                                + ".shop.dlt, which it keeps for itself. Choose another topic"),
                refused(
                        "a name that is none",
                        () -> shop().branch("b c", event -> true, way -> way.to("x"))
                                .to("out"),
                        "branch name must be 1 to 100 letters, digits, _ and -, starting with a letter or digit, but"
                                + " was \"b c\""),
                refused(
                        "a call of nothing",
                        () -> shop().process("a", PipelineShapeTest::pass, OutsideCalls.repeatable(" "))
                                .to("out"),
                        "what is called must be named, such as \"geo service\""));
    }

    private static Arguments builds(String what, Supplier<Pipeline> shape) {
        return Arguments.of(what, shape, null);
    }

    private static Arguments refused(String what, Supplier<Pipeline> shape, String message) {
        return Arguments.of(what, shape, message);
    }

    @Test
    void aSourceCannotBeMoreOutOfOrderThanAWatermarkCanTell() {
        assertThat(ORDERS.withOutOfOrderness(Source.LONGEST_OUT_OF_ORDERNESS).outOfOrderness())
                .isEqualTo(Source.LONGEST_OUT_OF_ORDERNESS);
        assertThatThrownBy(() -> ORDERS.withOutOfOrderness(Duration.ofDays(3_651)))
                .hasMessage("outOfOrderness of " + ORDERS.topic() + " must be at most PT87600H but was PT87624H");
    }

    @Test
    void sourcesWhoseContractsContradictEachOtherAreRefused() {
        Source elsewhere = Source.topic("elsewhere", Contracts.of(PaymentMadeElsewhere.class));

        assertThatThrownBy(() -> Pipeline.named("shop").from(PAYMENTS, elsewhere))
                .isInstanceOf(ContractDefinitionException.class)
                .hasMessageContaining("both declare");
    }

    @Test
    void stepsMayEndInSeveralWaysSinceTheyDoNotChange() {
        Steps<Record, Pipeline> begun = shop().process("a", PipelineShapeTest::pass);

        assertThat(begun.process("b", PipelineShapeTest::pass).to("x").describe())
                .contains("\n  b\n");
        assertThat(begun.to("y").describe()).doesNotContain("\n  b\n");
    }
}
