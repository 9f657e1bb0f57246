package io.eventplatform.processor.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import io.eventplatform.event.Event;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Processor;
import io.eventplatform.processor.ProcessorContext;
import io.eventplatform.processor.SideOutput;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.StateSpec;
import io.eventplatform.processor.Step;
import io.eventplatform.processor.Timer;
import io.eventplatform.processor.ValueState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The samples of docs/test-your-processor.md on state, timers, side outputs and several sources. */
class TestYourStateTest {

    // region processor
    @EventContract(type = "order_opened", version = 1)
    record OrderOpened(@EventKey String order, long cents) {}

    @EventContract(type = "order_paid", version = 1)
    record OrderPaid(@EventKey String order) {}

    @EventContract(type = "order_overdue", version = 1)
    record OrderOverdue(@EventKey String order, long cents) {}

    static class AwaitPayment implements Processor<Record, Record> {

        static final StateSpec<ValueState<Long>> DUE = StateSpec.value("due", Long.class);
        static final SideOutput<OrderOverdue> OVERDUE = SideOutput.of("overdue", OrderOverdue.class);

        @Override
        public void process(Event<Record> event, ProcessorContext<Record> context) {
            if (event.payload() instanceof OrderOpened opened) {
                context.state(DUE).set(opened.cents());
                context.timers().atEventTime("overdue", event.timestamp().plus(Duration.ofDays(1)));
            } else {
                context.state(DUE).clear();
                context.timers().cancel("overdue");
                context.forward(event);
            }
        }

        @Override
        public void onTimer(Timer timer, ProcessorContext<Record> context) {
            long cents = context.state(DUE).get().orElseThrow();
            context.forward(OVERDUE, Event.of(new OrderOverdue(context.key().orElseThrow(), cents)));
        }
    }

    final Pipeline payments = Pipeline.named("payments")
            .from(
                    Source.topic("opened", Contracts.of(OrderOpened.class)),
                    Source.topic("paid", Contracts.of(OrderPaid.class)))
            .process("await-payment", AwaitPayment::new, AwaitPayment.DUE)
            .sideOutput(AwaitPayment.OVERDUE, overdue -> overdue.to("overdue"))
            .to("settled");
    // endregion

    // region timer
    @Test
    void anOrderThatIsNotPaidWithinADayIsOverdue() {
        PipelineDriver.Builder builder = PipelineDriver.builder(payments).contracts(OrderOverdue.class);
        try (PipelineDriver driver = builder.start()) {
            driver.feed(opened(driver, "A-1", 4_200)).run();
            assertThat(driver.state("await-payment", AwaitPayment.DUE, "A-1").get())
                    .contains(4_200L);

            driver.advance(Duration.ofDays(2)).run();
            assertThat(driver.outputs("overdue")).as("event time stands still").isEmpty();
            driver.feed(opened(driver, "A-2", 99)).run();

            assertThat(driver.outputs("overdue"))
                    .extracting(event -> (Record) event.payload())
                    .containsExactly(new OrderOverdue("A-1", 4_200));
        }
    }

    static Event<OrderOpened> opened(PipelineDriver driver, String order, long cents) {
        return Event.of(new OrderOpened(order, cents))
                .withTimestamp(driver.clock().instant());
    }
    // endregion

    // region sources
    @Test
    void anOrderThatIsPaidIsSettledOnceAlsoAfterACrash() {
        try (PipelineDriver driver = PipelineDriver.of(payments)) {
            driver.feed("opened", "A-1", opened(driver, "A-1", 4_200));
            driver.feed("paid", "A-1", Event.of(new OrderPaid("A-1")));
            driver.crashAt(Step.PROCESSED, 2).run().restart().run();

            assertThat(driver.outputs("settled")).hasSize(1);
            assertThat(driver.state("await-payment", AwaitPayment.DUE, "A-1").get())
                    .isEmpty();
        }
    }
    // endregion
}
