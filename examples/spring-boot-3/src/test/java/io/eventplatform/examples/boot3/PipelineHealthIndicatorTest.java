package io.eventplatform.examples.boot3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.eventplatform.processor.Health;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.health.Status;

class PipelineHealthIndicatorTest {

    @Test
    void onlyAPipelineThatHasFailedIsDown() {
        assertThat(statusAt(new Health.Starting())).isEqualTo(Status.UNKNOWN);
        assertThat(statusAt(new Health.Running())).isEqualTo(Status.UP);
        assertThat(statusAt(new Health.Retrying("a commit"))).isEqualTo(Status.UP);
        assertThat(statusAt(new Health.Failed(new IllegalStateException("why"))))
                .isEqualTo(Status.DOWN);
        assertThat(statusAt(new Health.Closed())).isEqualTo(Status.UNKNOWN);
    }

    private static Status statusAt(Health health) {
        PipelineRunner runner = mock(PipelineRunner.class);
        when(runner.health()).thenReturn(health);
        return new PipelineHealthIndicator(runner).health().getStatus();
    }
}
