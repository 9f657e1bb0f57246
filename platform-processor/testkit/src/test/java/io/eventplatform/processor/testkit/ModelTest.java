package io.eventplatform.processor.testkit;

import org.junit.jupiter.api.Test;

/**
 * Random schedules of the runtime against {@link Oracle}. {@code -Dmodel.seed=N} runs one of them,
 * {@code -Dmodel.schedules=N} so many.
 */
class ModelTest {

    private static final int SCHEDULES = 2_000;

    @Test
    void whateverHappensNothingIsLostNothingIsDoubledAndEachKeyKeepsItsOrder() {
        Long one = Long.getLong("model.seed");
        if (one != null) {
            Schedule.run(one, (kafka, clients) -> clients);
            return;
        }
        int schedules = Integer.getInteger("model.schedules", SCHEDULES);
        long begin = System.nanoTime();
        for (long seed = 1; seed <= schedules; seed++) {
            Schedule.run(seed, (kafka, clients) -> clients);
        }
        System.out.printf(
                "%d schedules, %d a second%n", schedules, schedules * 1_000_000_000L / (System.nanoTime() - begin));
    }
}
