package io.eventplatform.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The laws that let shards fold apart, on random data; a failure names the seed that repeats it. */
class AggregateLawsTest {

    private static final int ROUNDS = 300;

    private final long seed = Long.getLong("aggregate.seed", System.nanoTime());

    @ParameterizedTest(name = "{0} of {1}")
    @MethodSource("exact")
    void mergingTheFoldsOfAnySplitInAnyOrderEqualsFoldingTheWhole(
            Aggregate aggregate, String kind, Function<Random, Object> values) {
        Random random = new Random(seed);

        for (int round = 0; round < ROUNDS; round++) {
            List<@Nullable Object> whole = randomList(random, values);

            Object expected = Folds.fold(aggregate, whole);
            Object actual = mergeInAnyOrder(aggregate, foldAnySplit(aggregate, whole, random), random);

            assertThat(actual)
                    .as("%s of %s %s, repeat with -Daggregate.seed=%d", aggregate.name(), kind, whole, seed)
                    .isEqualTo(expected);
        }
    }

    static Stream<Arguments> exact() {
        List<Arguments> cases = new ArrayList<>();
        // Small enough that no sum of a round overflows.
        add(cases, "longs", random -> (long) random.nextInt(), Aggregate.sum());
        add(
                cases,
                "decimals",
                random -> new BigDecimal(new BigInteger(100, random), random.nextInt(10)),
                Aggregate.sum());
        add(cases, "longs", Random::nextLong);
        add(cases, "doubles", AggregateLawsTest::anyDouble);
        add(cases, "strings", random -> Integer.toString(random.nextInt(50), 36));
        add(cases, "instants", random -> Instant.ofEpochMilli(random.nextInt()));
        add(cases, "dates", random -> LocalDate.ofEpochDay(random.nextInt(1000)));
        add(cases, "booleans", Random::nextBoolean);
        return cases.stream();
    }

    private static void add(List<Arguments> cases, String kind, Function<Random, Object> values) {
        add(cases, kind, values, Aggregate.count(), Aggregate.min(), Aggregate.max());
    }

    private static void add(
            List<Arguments> cases, String kind, Function<Random, Object> values, Aggregate... aggregates) {
        for (Aggregate aggregate : aggregates) {
            cases.add(Arguments.of(aggregate, kind, values));
        }
    }

    private static Object anyDouble(Random random) {
        double[] special = {Double.NaN, Double.NEGATIVE_INFINITY, 0.0, -0.0};
        return random.nextInt(4) == 0 ? special[random.nextInt(special.length)] : random.nextDouble();
    }

    private static List<@Nullable Object> randomList(Random random, Function<Random, Object> values) {
        List<@Nullable Object> list = new ArrayList<>();
        int size = random.nextInt(20);
        for (int i = 0; i < size; i++) {
            list.add(random.nextInt(5) == 0 ? null : values.apply(random));
        }
        return list;
    }

    private static List<@Nullable Object> foldAnySplit(
            Aggregate aggregate, List<@Nullable Object> whole, Random random) {
        List<@Nullable Object> shuffled = new ArrayList<>(whole);
        Collections.shuffle(shuffled, random);
        List<@Nullable Object> folds = new ArrayList<>();
        int from = 0;
        while (from < shuffled.size()) {
            int to = from + random.nextInt(shuffled.size() - from + 1);
            folds.add(Folds.fold(aggregate, shuffled.subList(from, to)));
            from = to;
        }
        return folds;
    }

    private static @Nullable Object mergeInAnyOrder(Aggregate aggregate, List<@Nullable Object> folds, Random random) {
        if (folds.isEmpty()) {
            return null;
        }
        while (folds.size() > 1) {
            Object left = folds.remove(random.nextInt(folds.size()));
            Object right = folds.remove(random.nextInt(folds.size()));
            folds.add(aggregate.merge(left, right));
        }
        return folds.get(0);
    }
}
