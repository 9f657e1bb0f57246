package io.eventplatform.examples.boot4;

import io.eventplatform.processor.Health.Failed;
import io.eventplatform.processor.Health.Retrying;
import io.eventplatform.processor.Health.Running;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

// region health
/** The component {@code pipeline} of {@code /actuator/health}. */
@Component
class PipelineHealthIndicator implements HealthIndicator {

    private final PipelineRunner runner;

    PipelineHealthIndicator(PipelineRunner runner) {
        this.runner = runner;
    }

    @Override
    public Health health() {
        var health = runner.health();
        if (health instanceof Running) {
            return Health.up().build();
        }
        if (health instanceof Retrying retrying) {
            return Health.up().withDetail("retrying", retrying.what()).build();
        }
        if (health instanceof Failed failed) {
            return Health.down(failed.cause()).build();
        }
        // Starting may take as long as it takes to read state back: no reason to end the process.
        return Health.unknown()
                .withDetail("pipeline", health.getClass().getSimpleName())
                .build();
    }
}
// endregion
