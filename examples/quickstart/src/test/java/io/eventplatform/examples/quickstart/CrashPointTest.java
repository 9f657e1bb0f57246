package io.eventplatform.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.processor.Step;
import io.eventplatform.processor.StepListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrashPointTest {

    @Test
    void withoutThePropertyThereIsNone() {
        assertThat(CrashPoint.parse(null)).isEmpty();
    }

    @Test
    void aPlaceIsAWorkerAStepAndANumber() {
        assertThat(CrashPoint.parse("sink:STORE_COMMITTED:3"))
                .contains(new CrashPoint("sink", Step.STORE_COMMITTED, 3));
    }

    @Test
    void otherWorkersAreLeftAlone() {
        CrashPoint point = new CrashPoint("sink", Step.POLLED, 1);

        assertThat(point.listenerOf("pipeline")).isSameAs(StepListener.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sink:POLLED", "sink:POLLED:0", "sink:POLLED:x", "feed:POLLED:1", "sink:polled:1"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> CrashPoint.parse(text))
                .isInstanceOf(UsageException.class)
                .hasMessage(
                        "-Dquickstart.haltAt must be one of [router, pipeline, sink, lake], a step of [POLLED, PROCESSED, OUTPUTS_SENT,"
                                + " OFFSETS_SENT, TRANSACTION_COMMITTED, OUTPUTS_ACKNOWLEDGED, OFFSETS_COMMITTED, ROWS_BUILT, STORE_COMMITTED, PROGRESS_REPORTED] and a"
                                + " number from 1, as in pipeline:OUTPUTS_SENT:37, but was \"" + text + "\".");
    }
}
