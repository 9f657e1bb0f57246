package io.eventplatform.processor.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import io.eventplatform.event.Event;
import io.eventplatform.processor.DedupWindow;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Processor;
import io.eventplatform.processor.ProcessorContext;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The samples of docs/test-your-processor.md. */
class TestYourProcessorTest {

    // region processor
    @EventContract(type = "order_placed", version = 1)
    record OrderPlaced(@EventKey String customer, long cents) {}

    static class Worthwhile implements Processor<OrderPlaced, OrderPlaced> {
        @Override
        public void process(Event<OrderPlaced> event, ProcessorContext<OrderPlaced> context) {
            if (event.payload().cents() < 0) throw new IllegalStateException("a negative order");
            if (event.payload().cents() >= 100) context.forward(event);
        }
    }

    final Pipeline pipeline = Pipeline.named("orders")
            .from(Source.topic("raw_events", Contracts.of(OrderPlaced.class))
                    .deduplicatedById(DedupWindow.of(Duration.ofDays(1))))
            .processOnly(OrderPlaced.class, "worthwhile", Worthwhile::new)
            .to("orders");
    // endregion

    static Event<OrderPlaced> order(String customer, long cents) {
        return Event.of(new OrderPlaced(customer, cents));
    }

    static List<String> customers(PipelineDriver driver) {
        return driver.outputs("orders", OrderPlaced.class).stream()
                .map(event -> event.payload().customer())
                .toList();
    }

    // region first
    @Test
    void smallOrdersAreDropped() {
        try (PipelineDriver driver = PipelineDriver.of(pipeline)) {
            driver.feed(Event.of(new OrderPlaced("ada", 4_200)), Event.of(new OrderPlaced("bob", 5)));
            driver.run();

            assertThat(driver.outputs("orders", OrderPlaced.class))
                    .extracting(event -> event.payload().customer())
                    .containsExactly("ada");
        }
    }
    // endregion

    // region failure
    @Test
    void aNegativeOrderIsTriedThreeTimesAndThenADeadLetter() {
        try (PipelineDriver driver = PipelineDriver.of(pipeline)) {
            driver.feed(order("eve", -1), order("ada", 4_200)).run();

            assertThat(driver.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.reason()).isEqualTo("processing.failed");
                assertThat(letter.stage()).contains("worthwhile");
                assertThat(letter.attempts()).isEqualTo(3);
            });
            assertThat(customers(driver)).containsExactly("ada");
        }
    }
    // endregion

    // region foreign
    @Test
    void bytesThatAreNoEventAreADeadLetter() {
        try (PipelineDriver driver = PipelineDriver.of(pipeline)) {
            driver.feedRaw("raw_events", "ada", new byte[] {'{'}, Map.of());
            driver.run();

            assertThat(driver.deadLetters()).extracting(DeadLetter::reason).containsExactly("body.malformed");
        }
    }
    // endregion

    // region crash
    @Test
    void aCrashInTheMiddleOfACommitDoublesNothing() {
        try (PipelineDriver driver = PipelineDriver.of(pipeline)) {
            driver.feed(order("ada", 4_200), order("bob", 5_000));
            driver.crashAt(Step.OFFSETS_SENT).run();
            assertThat(customers(driver)).isEmpty();

            driver.restart().run();

            assertThat(customers(driver)).containsExactly("ada", "bob");
        }
    }
    // endregion

    // region unknown
    @Test
    void aCommitWhoseAnswerGotLostIsSettled() {
        for (boolean arrived : List.of(true, false)) {
            try (PipelineDriver driver = PipelineDriver.of(pipeline)) {
                driver.feed(order("ada", 4_200)).commitTimesOut(arrived).run();

                assertThat(customers(driver)).containsExactly("ada");
            }
        }
    }
    // endregion

    // region zombie
    @Test
    void aProcessThatSleptWhileAnotherTookOverWritesNothing() {
        PipelineDriver.Builder two =
                PipelineDriver.builder(pipeline).partitions(2).instances(2);
        try (PipelineDriver driver = two.start()) {
            driver.run().freezeAt(Step.PROCESSED);
            driver.feed(order("ada", 4_200), order("bob", 5_000)).run();

            assertThat(customers(driver)).containsExactlyInAnyOrder("ada", "bob");
        }
    }
    // endregion

    // region time
    @Test
    void anOrderThatIsSentAgainTheNextDayIsADuplicateNoLonger() {
        try (PipelineDriver driver = PipelineDriver.of(pipeline)) {
            Event<OrderPlaced> order = order("ada", 4_200);
            driver.feed(order, order).run();
            assertThat(driver.progress().duplicates()).isEqualTo(1);

            driver.advance(Duration.ofDays(2));
            driver.feed(order("bob", 5_000).withTimestamp(driver.clock().instant()), order)
                    .run();

            assertThat(customers(driver)).containsExactly("ada", "bob", "ada");
        }
    }
    // endregion
}
