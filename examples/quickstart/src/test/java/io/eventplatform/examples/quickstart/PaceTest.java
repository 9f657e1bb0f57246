package io.eventplatform.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {

    private final CountDownLatch stop = new CountDownLatch(1);
    private final AtomicLong nanos = new AtomicLong();

    @Test
    void whoeverIsLateCatchesUpByASecondAtMost() throws Exception {
        Pace pace = new Pace(10, stop, nanos::get);
        nanos.set(Duration.ofMinutes(5).toNanos());

        int atOnce = 0;
        while (pace.awaitTurn() && atOnce < 100) {
            atOnce++;
            if (atOnce == 11) {
                stop.countDown(); // the next turn would be waited for
            }
        }

        assertThat(atOnce).isEqualTo(11);
    }

    @Test
    void itIsNobodysTurnOnceStopped() throws Exception {
        stop.countDown();

        assertThat(new Pace(1, stop, nanos::get).awaitTurn()).isFalse();
        assertThat(new Pace(0, stop, nanos::get).awaitTurn()).isFalse();
    }

    @Test
    void withoutALimitItIsAlwaysTheNextTurn() throws Exception {
        Pace pace = new Pace(0, stop, nanos::get);

        for (int i = 0; i < 1_000; i++) {
            assertThat(pace.awaitTurn()).isTrue();
        }
    }
}
