package io.eventplatform.examples.boot3;

import io.eventplatform.processor.Health.Failed;
import io.eventplatform.processor.Health.Paused;
import io.eventplatform.processor.Health.Retrying;
import io.eventplatform.processor.Health.Running;
import io.eventplatform.processor.Health.Starting;
import io.eventplatform.processor.Health.Stuck;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
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
        if (health instanceof Paused) {
            return Health.status("PAUSED").build();
        }
        if (health instanceof Stuck stuck) {
            return Health.outOfService()
                    .withDetail("record", stuck.record())
                    .withDetail("stage", stuck.stage())
                    .withDetail("since", stuck.since().toString())
                    .build();
        }
        if (health instanceof Failed failed) {
            return Health.down(failed.cause()).build();
        }
        if (health instanceof Starting starting) {
            // Reading state back takes as long as it takes: no reason to end the process.
            return Health.unknown().withDetail("starting", starting.what()).build();
        }
        return Health.unknown().withDetail("pipeline", "closed").build();
    }
}
// endregion
