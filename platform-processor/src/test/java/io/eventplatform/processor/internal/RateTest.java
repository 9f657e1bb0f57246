package io.eventplatform.processor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateTest {

    private static final long SECOND = 1_000_000_000;

    @Test
    void itIsTheGrowthPerSecondOverTheLastTenSeconds() {
        Rate rate = new Rate();

        assertThat(rate.next(0, 1_000)).isZero();
        assertThat(rate.next(2 * SECOND, 1_100)).isEqualTo(50);
        for (int second = 3; second <= 30; second++) {
            rate.next(second * SECOND, 1_100);
        }

        assertThat(rate.next(31 * SECOND, 1_210)).isEqualTo(11);
    }

    @Test
    void aNumberThatFellHasNoRate() {
        Rate rate = new Rate();
        rate.next(0, 1_000);

        assertThat(rate.next(SECOND, 10)).isZero();
    }
}
