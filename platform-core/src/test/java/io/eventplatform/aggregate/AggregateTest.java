package io.eventplatform.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AggregateTest {

    @Test
    void countCountsRowsWhateverTheirValues() {
        assertThat(fold(Aggregate.count(), "a", null, 7L)).isEqualTo(3L);
    }

    @Test
    void sumAddsValuesOfOneClassAndIgnoresNulls() {
        assertThat(fold(Aggregate.sum(), 1L, null, 2L)).isEqualTo(3L);
        assertThat(fold(Aggregate.sum(), 0.5, 0.25, null)).isEqualTo(0.75);
        assertThat(fold(Aggregate.sum(), null, new BigDecimal("0.10"), new BigDecimal("0.2")))
                .isEqualTo(new BigDecimal("0.30"));
    }

    @Test
    void minAndMaxKeepTheExtremeOfAnyComparable() {
        Instant early = Instant.parse("2026-01-01T00:00:00Z");
        Instant late = Instant.parse("2026-01-02T00:00:00Z");

        assertThat(fold(Aggregate.min(), late, null, early)).isEqualTo(early);
        assertThat(fold(Aggregate.max(), early, late, null)).isEqualTo(late);
        assertThat(fold(Aggregate.max(), "b", "c", "a")).isEqualTo("c");
        assertThat(fold(Aggregate.min(), LocalDate.MAX, LocalDate.MIN)).isEqualTo(LocalDate.MIN);
    }

    @Test
    void notANumberIsTheLargestDouble() {
        assertThat(fold(Aggregate.max(), 1.0, Double.NaN, 2.0)).isEqualTo(Double.NaN);
        assertThat(fold(Aggregate.min(), Double.NaN, 1.0, Double.POSITIVE_INFINITY))
                .isEqualTo(1.0);
    }

    @Test
    void ofValuesThatCompareAsEqualTheFirstIsKept() {
        assertThat(fold(Aggregate.max(), new BigDecimal("1.0"), new BigDecimal("1.00")))
                .isEqualTo(new BigDecimal("1.0"));
        assertThat(fold(Aggregate.min(), new BigDecimal("1.00"), new BigDecimal("1.0")))
                .isEqualTo(new BigDecimal("1.00"));
    }

    @ParameterizedTest
    @MethodSource("allButCount")
    void nothingButNullsLeavesNothing(Aggregate aggregate) {
        assertThat(fold(aggregate, null, null)).isNull();
        assertThat(aggregate.merge(null, null)).isNull();
    }

    static Stream<Aggregate> allButCount() {
        return Stream.of(Aggregate.sum(), Aggregate.min(), Aggregate.max());
    }

    @Test
    void aLongSumBeyondItsRangeIsAnErrorThatSaysWhatToDo() {
        assertThatThrownBy(() -> fold(Aggregate.sum(), Long.MAX_VALUE, 1L))
                .isInstanceOf(ArithmeticException.class)
                .hasMessage("sum exceeds the range of Long: 9223372036854775807 + 1;"
                        + " sum BigDecimal or Double values instead");
    }

    @ParameterizedTest
    @MethodSource("valuesThatDoNotFit")
    void aValueOfTheWrongClassIsRefusedByName(
            Aggregate aggregate, @Nullable Object left, Object right, String message) {
        assertThatThrownBy(() -> aggregate.merge(left, right))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    static Stream<Arguments> valuesThatDoNotFit() {
        return Stream.of(
                Arguments.of(
                        Aggregate.count(),
                        null,
                        "3",
                        "count takes a Long as accumulator but was given java.lang.String"),
                Arguments.of(
                        Aggregate.sum(),
                        null,
                        3,
                        "sum takes Long, Double or BigDecimal but was given java.lang.Integer"),
                Arguments.of(
                        Aggregate.sum(),
                        3L,
                        0.5,
                        "sum takes values of one class but was given java.lang.Long and java.lang.Double"),
                Arguments.of(
                        Aggregate.min(),
                        null,
                        new Object(),
                        "min takes values that can be compared but was given java.lang.Object"),
                Arguments.of(
                        Aggregate.max(),
                        "a",
                        1L,
                        "max takes values of one class but was given java.lang.String and java.lang.Long"));
    }

    private static @Nullable Object fold(Aggregate aggregate, @Nullable Object... values) {
        return Folds.fold(aggregate, Arrays.asList(values));
    }
}
