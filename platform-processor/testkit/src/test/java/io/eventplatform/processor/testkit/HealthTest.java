package io.eventplatform.processor.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.event.Event;
import io.eventplatform.processor.Health;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.Step;
import org.junit.jupiter.api.Test;

/** What an operator sees after a transaction failed. */
class HealthTest {

    private final Pipeline pipeline = Pipeline.named("payments")
            .from(Source.topic("raw", Contracts.of(Payment.class)))
            .to("paid");

    @Test
    void anInstanceWhoseCommitHadArrivedAfterAllIsNoLongerRetrying() {
        try (PipelineDriver driver = PipelineDriver.of(pipeline)) {
            driver.feed(Event.of(new Payment("ada", 1))).commitTimesOut(true);

            turns(driver);

            assertThat(driver.outputs("paid")).hasSize(1);
            assertThat(driver.health()).isInstanceOf(Health.Running.class);
        }
    }

    @Test
    void anInstanceWhoseUncommittedPartitionsWereTakenAwayIsNoLongerRetrying() {
        try (PipelineDriver driver =
                PipelineDriver.builder(pipeline).instances(2).start()) {
            driver.run().feed(Event.of(new Payment("ada", 1))).freezeAt(Step.OFFSETS_SENT);

            turns(driver);

            assertThat(driver.outputs("paid")).hasSize(1);
            assertThat(driver.health()).isInstanceOf(Health.Running.class);
        }
    }

    private static void turns(PipelineDriver driver) {
        for (int turn = 0; turn < 50; turn++) {
            driver.turn();
        }
    }
}
