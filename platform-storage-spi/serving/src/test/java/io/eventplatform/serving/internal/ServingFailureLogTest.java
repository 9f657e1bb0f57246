package io.eventplatform.serving.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ServingFailureLogTest {

    private long nanos = Long.MAX_VALUE - 1;

    @Test
    void eachViewIsDueAtOnceAndThenOnceAMinute() {
        FailureLog failures = new FailureLog(() -> nanos);

        assertThat(failures.isDue("a")).isTrue();
        nanos += Duration.ofSeconds(59).toNanos();
        assertThat(failures.isDue("a")).isFalse();
        assertThat(failures.isDue("b")).isTrue();
        nanos += Duration.ofSeconds(1).toNanos();
        assertThat(failures.isDue("a")).isTrue();
        assertThat(failures.isDue("b")).isFalse();
    }
}
