package io.eventplatform.processor.testkit;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random schedules of the runtime against the {@link Oracle}. {@code -Dmodel.seed=N} runs one of them,
 * {@code -Ddefect=NAME} all of them with a {@link Defect}, which they must find.
 */
class ModelTest {

    private static final int SCHEDULES = 2_000;

    @Test
    void whateverHappensNothingIsLostNothingIsDoubledAndEachKeyKeepsItsOrder() {
        Workers workers = workers();
        Long one = Long.getLong("model.seed");
        if (one != null) {
            Schedule.run(one, workers);
            return;
        }
        for (long seed = 1; seed <= SCHEDULES; seed++) {
            Schedule.run(seed, workers);
        }
    }

    /** Chance alone would seldom come by them again. */
    @ParameterizedTest
    @ValueSource(longs = {1882749160490272689L, 1882749466346292426L})
    void schedulesThatFoundSomethingOnceFindNothingAnyMore(long seed) {
        Schedule.run(seed, workers());
    }

    /** New schedules each time, for so long as {@code -Dchaos.minutes} says: {@code mvn verify -Pchaos}. */
    @Test
    @Tag("chaos")
    void neitherDoTheseSchedulesFindAnything() {
        long minutes = Long.getLong("chaos.minutes", 10);
        long begin = System.nanoTime();
        long end = begin + Duration.ofMinutes(minutes).toNanos();
        long first = System.currentTimeMillis() << 20;
        long seed = first;
        while (System.nanoTime() - end < 0) {
            Schedule.run(seed++, workers());
        }
        long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
        System.out.println("chaos: " + (seed - first) + " schedules in " + seconds + " s");
    }

    private static Workers workers() {
        String defect = System.getProperty("defect");
        return defect == null ? Workers.REAL : Defect.valueOf(defect);
    }
}
