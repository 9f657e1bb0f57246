package io.eventplatform.processor.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.event.Event;
import io.eventplatform.processor.DedupWindow;
import io.eventplatform.processor.Health;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.Step;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CloseTest {

    private final Pipeline pipeline = Pipeline.named("payments")
            .from(Source.topic("raw", Contracts.of(Payment.class)).deduplicatedById(DedupWindow.of(Duration.ofDays(1))))
            .to("paid");

    /**
     * Others have committed for its partition, one event more, so that their commit is not taken for its own; and it
     * slept before it could learn that the partition is theirs.
     */
    @Test
    void anInstanceInDoubtThatSleptBeforeItWasClosedGivesWayInPeace() {
        try (PipelineDriver driver = PipelineDriver.builder(pipeline)
                .instances(2)
                .options(options -> options.maxCommitRecords(1))
                .start()) {
            driver.run()
                    .feed(Event.of(new Payment("ada", 1)), Event.of(new Payment("ada", 2)))
                    .freezeAt(Step.OFFSETS_SENT);
            driver.turn();
            Instance zombie = retrying(driver);
            driver.advance(Duration.ofMinutes(1));

            zombie.close();

            assertThat(zombie.health()).isInstanceOf(Health.Closed.class);
            assertThat(driver.run().outputs("paid")).hasSize(2);
        }
    }

    private static Instance retrying(PipelineDriver driver) {
        return driver.instances().stream()
                .filter(instance -> instance.health() instanceof Health.Retrying)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no instance is in doubt"));
    }
}
