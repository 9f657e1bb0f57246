package io.eventplatform.examples.boot3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.eventplatform.processor.Health;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.health.Status;

class PipelineHealthIndicatorTest {

    @Test
    void onlyAPipelineThatHasFailedIsDown() {
        assertThat(at(new Health.Starting("joining the group")).getStatus()).isEqualTo(Status.UNKNOWN);
        assertThat(at(new Health.Running()).getStatus()).isEqualTo(Status.UP);
        assertThat(at(new Health.Retrying("a commit")).getStatus()).isEqualTo(Status.UP);
        assertThat(at(new Health.Failed(new IllegalStateException("why"))).getStatus())
                .isEqualTo(Status.DOWN);
        assertThat(at(new Health.Closed()).getStatus()).isEqualTo(Status.UNKNOWN);
    }

    @Test
    void aCallThatDoesNotReturnIsOutOfServiceWithItsRecordAndStage() {
        var stuck = at(new Health.Stuck("orders-0@7", "rate", Duration.ofSeconds(61)));

        assertThat(stuck.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        assertThat(stuck.getDetails())
                .containsEntry("record", "orders-0@7")
                .containsEntry("stage", "rate")
                .containsEntry("since", "PT1M1S");
    }

    @Test
    void aPipelineThatIsPausedOnPurposeHasAStatusOfItsOwn() {
        assertThat(at(new Health.Paused()).getStatus()).isEqualTo(new Status("PAUSED"));
    }

    private static org.springframework.boot.actuate.health.Health at(Health health) {
        PipelineRunner runner = mock(PipelineRunner.class);
        when(runner.health()).thenReturn(health);
        return new PipelineHealthIndicator(runner).health();
    }
}
