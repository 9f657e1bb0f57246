package io.eventplatform.telemetry;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PlatformStatusTest {

    @ParameterizedTest
    @MethodSource("refusals")
    void numbersThatCannotBeAreRefusedByName(ThrowingCallable bad, String message) {
        assertThatThrownBy(bad).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                refusal(() -> stage("", 0, 0, 0, 0), "name must not be blank"),
                refusal(() -> stage("s", -1, 0, 0, 0), "committed of s must be 0 or more but was -1"),
                refusal(() -> stage("s", 0, -2, 0, 0), "lag of s must be -1 or more but was -2"),
                refusal(() -> stage("s", 0, 0, Double.NaN, 0), "recordsPerSecond of s must be 0 or more but was NaN"),
                refusal(() -> stage("s", 0, 0, 0, -1), "deadLetters of s must be 0 or more but was -1"),
                refusal(
                        () -> new StageStatus("s", "sink", List.of(), List.of(), 0, 0, 0, 0, "running"),
                        "sources of s must be at least one but were none"),
                refusal(() -> letter(-1, 0), "partition must be 0 or more but was -1"),
                refusal(() -> letter(0, -1), "offset must be 0 or more but was -1"));
    }

    private static Arguments refusal(ThrowingCallable bad, String message) {
        return Arguments.of(bad, message);
    }

    private static StageStatus stage(String name, long committed, long lag, double rate, long deadLetters) {
        return new StageStatus(name, "sink", List.of("topic"), List.of(), committed, lag, rate, deadLetters, "running");
    }

    private static DeadLetterSummary letter(int partition, long offset) {
        return new DeadLetterSummary("t", "t.dlq", partition, offset, "reason", "", "stage", Instant.EPOCH);
    }
}
