package io.eventplatform.processor.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.contract.Contracts;
import io.eventplatform.event.Event;
import io.eventplatform.processor.DedupWindow;
import io.eventplatform.processor.Health;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Processor;
import io.eventplatform.processor.ProcessorContext;
import io.eventplatform.processor.RecordPosition;
import io.eventplatform.processor.RetryPolicy;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.StateSpec;
import io.eventplatform.processor.Step;
import io.eventplatform.processor.Timer;
import io.eventplatform.processor.ValueState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PipelineDriverTest {

    private final List<Long> handled = new ArrayList<>();

    private final Pipeline pipeline = Pipeline.named("payments")
            .from(Source.topic("raw", Contracts.of(Payment.class)).deduplicatedById(DedupWindow.of(Duration.ofDays(1))))
            .process("check", () -> (Processor<Record, Record>) (event, context) -> {
                Payment payment = (Payment) event.payload();
                handled.add(payment.cents());
                if (payment.cents() < 0) {
                    throw new IllegalStateException("negative");
                }
                context.forward(event);
            })
            .to("paid");

    private static Event<Payment> payment(long cents) {
        return Event.of(new Payment("ada", cents));
    }

    private static List<Long> cents(PipelineDriver driver) {
        return driver.outputs("paid", Payment.class).stream()
                .map(event -> event.payload().cents())
                .toList();
    }

    @Test
    void whatIsFedComesOutOnceItsTransactionIsCommitted() {
        try (PipelineDriver driver = PipelineDriver.of(pipeline)) {
            driver.feed(payment(1), payment(2));
            assertThat(cents(driver)).isEmpty();

            driver.run();

            assertThat(cents(driver)).containsExactly(1L, 2L);
            assertThat(driver.health()).isInstanceOf(Health.Running.class);
            assertThat(driver.progress().records()).isEqualTo(2);
            assertThat(driver.progress().lag()).isZero();
            assertThat(driver.committedOffsets()).isEqualTo(Map.of("raw-0", 2L));
        }
    }

    @Test
    void anEventThatIsFedTwiceComesOutOnce() {
        try (PipelineDriver driver = PipelineDriver.of(pipeline)) {
            Event<Payment> payment = payment(1);

            driver.feed(payment).run().feed(payment).run();

            assertThat(cents(driver)).containsExactly(1L);
            assertThat(driver.progress().duplicates()).isEqualTo(1);
        }
    }

    @Test
    void aRecordThatKeepsFailingIsTriedAgainInVirtualTimeAndThenADeadLetter() {
        PipelineDriver.Builder builder = PipelineDriver.builder(pipeline)
                .startingAt(Instant.parse("2026-01-01T00:00:00Z"))
                .options(options ->
                        options.retryPolicy(new RetryPolicy(4, Duration.ofSeconds(20), Duration.ofSeconds(20))));
        try (PipelineDriver driver = builder.start()) {
            driver.feed(payment(-1), payment(2)).run();

            assertThat(handled).containsExactly(-1L, -1L, -1L, -1L, 2L);
            assertThat(cents(driver)).containsExactly(2L);
            assertThat(driver.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.reason()).isEqualTo("processing.failed");
                assertThat(letter.detail()).startsWith("java.lang.IllegalStateException at ");
                assertThat(letter.stage()).contains("check");
                assertThat(letter.attempts()).isEqualTo(4);
                assertThat(letter.position()).isEqualTo(new RecordPosition("raw", 0, 0));
                assertThat(letter.key()).contains("ada");
                assertThat(letter.body()).contains("\"cents\":-1");
            });
            assertThat(driver.clock().instant()).isAfter(Instant.parse("2026-01-01T00:01:00Z"));
        }
    }

    @Test
    void foreignBytesGoTheSameWay() {
        try (PipelineDriver driver = PipelineDriver.of(pipeline)) {
            driver.feedRaw("raw", "ada", "{".getBytes(java.nio.charset.StandardCharsets.UTF_8), Map.of());
            driver.feedRaw("raw", null, null, Map.of());
            driver.run();

            assertThat(driver.deadLetters())
                    .extracting(DeadLetter::reason)
                    .containsExactly("body.malformed", "body.malformed");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"POLLED", "PROCESSED", "OUTPUTS_SENT", "OFFSETS_SENT", "TRANSACTION_COMMITTED"})
    void aCrashAtAnyStepLosesNothingAndDoublesNothing(Step step) {
        try (PipelineDriver driver = PipelineDriver.of(pipeline)) {
            driver.feed(payment(1))
                    .run()
                    .feed(payment(2), payment(3))
                    .crashAt(step)
                    .run();
            assertThat(driver.crashed()).isEqualTo(1);

            driver.feed(payment(4)).restart().run();

            assertThat(cents(driver)).containsExactly(1L, 2L, 3L, 4L);
            assertThat(driver.crashed()).isZero();
        }
    }

    @Test
    void aProcessWithoutANameWaitsForTheGroupToGiveUpTheDeadOne() {
        try (PipelineDriver driver =
                PipelineDriver.builder(pipeline).unnamedInstances().start()) {
            driver.feed(payment(1)).crashAt(Step.OFFSETS_SENT).run();
            Instant crash = driver.clock().instant();

            driver.restart().run();

            assertThat(cents(driver)).containsExactly(1L);
            assertThat(Duration.between(crash, driver.clock().instant())).isGreaterThan(Duration.ofSeconds(10));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCommitWithoutAnAnswerIsSettled(boolean arrived) {
        try (PipelineDriver driver = PipelineDriver.of(pipeline)) {
            driver.feed(payment(1)).commitTimesOut(arrived).run();
            driver.feed(payment(2)).run();

            assertThat(cents(driver)).containsExactly(1L, 2L);
            assertThat(handled).as("user code is not called again").containsExactly(1L, 2L);
        }
    }

    @Test
    void aFencedProducerIsReplaced() {
        try (PipelineDriver driver = PipelineDriver.of(pipeline)) {
            driver.feed(payment(1)).turn().turn().fence().run();

            assertThat(cents(driver)).containsExactly(1L);
        }
    }

    @Test
    void partitionsMoveBetweenInstances() {
        try (PipelineDriver driver =
                PipelineDriver.builder(pipeline).partitions(4).instances(2).start()) {
            List<RecordPosition> fed = new ArrayList<>();
            for (int round = 0; round < 10; round++) {
                for (int key = 0; key < 8; key++) {
                    fed.add(driver.feed("raw", "key-" + key, payment(round)));
                }
                driver.turn().turn().rebalance().turn();
            }
            driver.addInstance().run().lose().run();

            assertThat(driver.outputs("paid")).hasSameSizeAs(fed);
            assertThat(driver.progress().records()).isGreaterThanOrEqualTo(fed.size());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"POLLED", "PROCESSED", "OUTPUTS_SENT", "OFFSETS_SENT"})
    void aZombieCommitsNothing(Step step) {
        try (PipelineDriver driver =
                PipelineDriver.builder(pipeline).partitions(2).instances(2).start()) {
            driver.run();
            for (int key = 0; key < 8; key++) {
                driver.feed("raw", "key-" + key, payment(key));
            }
            driver.freezeAt(step).run();

            assertThat(cents(driver)).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
            assertThat(handled).as("by the zombie too").hasSizeGreaterThanOrEqualTo(8);
        }
    }

    @Test
    void aTopicThatIsReplacedStopsTheInstanceAndRunSaysSo() {
        try (PipelineDriver driver = PipelineDriver.of(pipeline)) {
            driver.feed(payment(1)).run();

            driver.recreate("raw").advance(Duration.ofSeconds(10)).turn().turn();

            assertThatThrownBy(driver::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("instance 0 of pipeline payments has stopped: topic raw was deleted and"
                            + " created again while it was read.");
            assertThat(driver.health()).isInstanceOf(Health.Failed.class);
        }
    }

    @Test
    void recordsDeletedBeforeTheyWereProcessedStopTheInstance() {
        try (PipelineDriver driver = PipelineDriver.of(pipeline)) {
            driver.feed(payment(1)).run().feed(payment(2), payment(3)).deleteRecords("raw", 0, 2);

            assertThatThrownBy(driver::run).hasMessageContaining("are no longer in the topic");
        }
    }

    @Test
    void addedPartitionsAreTakenUp() {
        try (PipelineDriver driver = PipelineDriver.of(pipeline)) {
            driver.feed(payment(1)).run().addPartitions(3);
            for (int key = 0; key < 8; key++) {
                driver.feed("raw", "key-" + key, payment(2));
            }
            driver.run();

            assertThat(cents(driver)).hasSize(9);
            assertThat(driver.committedOffsets().values())
                    .allMatch(offset -> offset > 0)
                    .hasSize(3);
        }
    }

    /** Whichever instance gets the partition, and however late it hears of it. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7})
    void aRunFiresTheTimersOfAPartitionThatHasMoved(long seed) {
        Pipeline reminding = Pipeline.named("payments")
                .from(Source.topic("raw", Contracts.of(Payment.class)))
                .processOnly(Payment.class, "remind", Reminding::new, Reminding.REMINDED)
                .to("paid");
        try (PipelineDriver driver = PipelineDriver.builder(reminding)
                .instances(2)
                .seed(seed)
                .startingAt(Reminding.DUE.minus(Duration.ofMinutes(30)))
                .start()) {
            driver.feed(payment(7)).run();
            assertThat(cents(driver)).isEmpty();

            driver.advance(Duration.ofHours(1)).lose().run();

            assertThat(cents(driver)).containsExactly(0L);
        }
    }

    /** Forwards nothing of an event, but something when it is due. */
    private static final class Reminding implements Processor<Payment, Payment> {

        static final Instant DUE = Instant.parse("2026-01-01T00:00:00Z");
        static final StateSpec<ValueState<Boolean>> REMINDED = StateSpec.value("reminded", Boolean.class);

        @Override
        public void process(Event<Payment> event, ProcessorContext<Payment> context) {
            context.timers().atWallClock("later", DUE);
        }

        @Override
        public void onTimer(Timer timer, ProcessorContext<Payment> context) {
            context.forward(payment(0));
        }
    }

    private static final StateSpec<ValueState<Long>> TOTAL = StateSpec.value("total", Long.class);

    private final Pipeline summed = Pipeline.named("sums")
            .from(Source.topic("raw", Contracts.of(Payment.class)))
            .processOnly(
                    Payment.class,
                    "sum",
                    () -> (Processor<Payment, Payment>) (event, context) -> {
                        ValueState<Long> total = context.state(TOTAL);
                        total.set(total.get().orElse(0L) + event.payload().cents());
                    },
                    TOTAL)
            .process("pass", () -> (Processor<Record, Record>) (event, context) -> context.forward(event))
            .to("summed");

    @Test
    void stateIsSeenAsDeclaredOrNotAtAll() {
        try (PipelineDriver driver = PipelineDriver.of(summed)) {
            driver.feed(payment(1), payment(2)).run();

            assertThat(driver.state("sum", TOTAL, "ada").get()).contains(3L);
            String declared = " Declared are {sum=[value total of Long], pass=[]}";
            assertThatThrownBy(() -> driver.state("smu", TOTAL, "ada"))
                    .hasMessage("stage smu of pipeline sums does not declare value total of Long." + declared);
            assertThatThrownBy(() -> driver.state("pass", TOTAL, "ada"))
                    .hasMessage("stage pass of pipeline sums does not declare value total of Long." + declared);
            assertThatThrownBy(() -> driver.state("sum", StateSpec.map("total", Long.class), "ada"))
                    .hasMessage("stage sum of pipeline sums does not declare map total of Long." + declared);
        }
    }

    @Test
    void anEventMayBeFedWithoutAKey() {
        try (PipelineDriver driver = PipelineDriver.of(summed)) {
            driver.feed("raw", null, payment(1));
            driver.run();

            assertThat(driver.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.reason()).isEqualTo("state.no_key");
                assertThat(letter.key()).isEmpty();
            });
        }
    }

    private record Remind(Duration after) implements Processor<Payment, Payment> {

        @Override
        public void process(Event<Payment> event, ProcessorContext<Payment> context) {
            context.timers().atWallClock("remind", event.timestamp().plus(after));
        }

        @Override
        public void onTimer(Timer timer, ProcessorContext<Payment> context) {
            throw new IllegalStateException("nobody is there");
        }
    }

    @Test
    void aDeadLetterOfATimerNamesStageTimerAndTimeAndHasNoPosition() {
        Pipeline reminding = Pipeline.named("reminding")
                .from(Source.topic("raw", Contracts.of(Payment.class)))
                .processOnly(Payment.class, "remind-later", () -> new Remind(Duration.ofHours(1)), TOTAL)
                .to("reminded");
        try (PipelineDriver driver = PipelineDriver.builder(reminding)
                .startingAt(Instant.parse("2026-01-01T00:00:00Z"))
                .start()) {
            driver.feed(payment(1).withTimestamp(Instant.parse("2026-01-01T00:00:00Z")))
                    .run();
            assertThat(driver.deadLetters()).isEmpty();

            driver.advance(Duration.ofHours(1)).run();

            assertThat(driver.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.reason()).isEqualTo("timer.failed");
                assertThat(letter.stage()).contains("remind-later");
                assertThat(letter.timer())
                        .contains(new DeadLetter.FailedTimer("remind", Instant.parse("2026-01-01T01:00:00Z")));
                assertThat(letter.key()).contains("ada");
                assertThat(letter.attempts()).isEqualTo(3);
                assertThat(letter.source()).isEmpty();
                assertThatThrownBy(letter::position)
                        .hasMessageStartingWith("a dead letter of a timer has no position;");
            });
        }
    }

    @Test
    void outputsCountTowardsTheBytesOfACommit() {
        Pipeline copying = Pipeline.named("copies")
                .from(Source.topic("raw", Contracts.of(Payment.class)))
                .process("copy", () -> (Processor<Record, Record>) (event, context) -> {
                    for (int copy = 0; copy < 100; copy++) {
                        context.forward(event);
                    }
                })
                .to("copied");
        try (PipelineDriver driver = PipelineDriver.builder(copying)
                .options(options -> options.maxCommitBytes(5_000))
                .start()) {
            driver.run();
            long before = driver.progress().commits();

            driver.feed(payment(1), payment(2), payment(3)).run();

            assertThat(driver.progress().commits() - before).isEqualTo(3);
        }
    }

    private final Pipeline withoutTransactions = Pipeline.named("payments")
            .atLeastOnce()
            .from(Source.topic("raw", Contracts.of(Payment.class)).deduplicatedById(DedupWindow.of(Duration.ofDays(1))))
            .process("check", () -> (Processor<Record, Record>) (event, context) -> context.forward(event))
            .to("paid");

    @Test
    void atLeastOnceACrashBeforeTheOffsetsLosesNothingAndRepeatsEventsWithTheirIds() {
        try (PipelineDriver driver = PipelineDriver.of(withoutTransactions)) {
            Event<Payment> repeated = payment(2);
            driver.feed(payment(1))
                    .run()
                    .feed(repeated)
                    .crashAt(Step.OUTPUTS_ACKNOWLEDGED)
                    .run();
            assertThat(driver.committedOffsets()).isEqualTo(Map.of("raw-0", 1L));

            driver.feed(payment(3)).restart().run();

            assertThat(cents(driver)).containsExactly(1L, 2L, 2L, 3L);
            assertThat(driver.outputs("paid").subList(1, 3))
                    .extracting(Event::id)
                    .containsOnly(repeated.id());
            assertThat(driver.progress().duplicates())
                    .as("taken for one of itself")
                    .isZero();
            assertThat(driver.committedOffsets()).isEqualTo(Map.of("raw-0", 3L));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void atLeastOnceACommitWithoutAnAnswerIsTriedAgain(boolean arrived) {
        try (PipelineDriver driver = PipelineDriver.of(withoutTransactions)) {
            Event<Payment> first = payment(1);
            driver.run().feed(first).commitTimesOut(arrived).run();
            driver.feed(payment(2), first).run();

            assertThat(cents(driver)).containsExactly(1L, 2L);
            assertThat(driver.progress().duplicates()).isEqualTo(1);
        }
    }

    @Test
    void atLeastOnceAZombieRepeatsAndLosesNothing() {
        try (PipelineDriver driver = PipelineDriver.builder(withoutTransactions)
                .partitions(2)
                .instances(2)
                .start()) {
            driver.run();
            for (int key = 0; key < 8; key++) {
                driver.feed("raw", "key-" + key, payment(key));
            }
            driver.freezeAt(Step.OUTPUTS_ACKNOWLEDGED).run();

            assertThat(cents(driver)).contains(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L).hasSizeGreaterThan(8);
        }
    }

    @Test
    void mistakesInATestAreTold() {
        try (PipelineDriver driver = PipelineDriver.of(pipeline)) {
            assertThatThrownBy(() -> driver.feed("rwa", "ada", payment(1)))
                    .hasMessage("pipeline payments does not read topic rwa. It reads [raw]");
            assertThatThrownBy(() -> driver.outputs("piad"))
                    .hasMessage("pipeline payments has no topic piad. It has [paid, raw, raw.payments.dedup,"
                            + " raw.payments.dlt]");
            assertThatThrownBy(driver::restart).hasMessage("no instance of pipeline payments has crashed");
            driver.run().feed(payment(1)).crashAt(Step.OFFSETS_SENT, 3).run();
            assertThatThrownBy(driver::restart)
                    .hasMessage("no instance of pipeline payments has crashed: step OFFSETS_SENT was not reached 2 more"
                            + " times");
            assertThatThrownBy(driver::rebalance)
                    .hasMessage("partitions move between instances, and 1 is running. Add one: addInstance()");
            assertThatThrownBy(() -> driver.addPartitions(1))
                    .hasMessage("a topic can only grow: partitions must be above 1 but was 1");
        }
    }
}
