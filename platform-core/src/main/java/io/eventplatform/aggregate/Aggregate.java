package io.eventplatform.aggregate;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A way to fold many values into one accumulator, and to merge accumulators that were folded apart.
 *
 * <p>An accumulator is an immutable value of a type a column can have; {@code null} is the accumulator
 * that has seen nothing. Merging is associative and commutative and {@code null} changes nothing, so
 * values may be split over shards and merged in any order. Two exceptions: {@code Double} sums may differ
 * in the last digits, and a {@code Long} sum may exceed its range in one order and not in another.
 *
 * <p>Implementations hold no state, may be used by any number of threads, and keep these laws.
 */
public interface Aggregate {

    /** What it is called in messages: {@code count}, {@code sum}. */
    String name();

    /**
     * The accumulator after one more value. A {@code null} value changes nothing; only {@link #count()}
     * counts it.
     *
     * @throws IllegalArgumentException if the value or the accumulator has a class this aggregate cannot
     *     take, or not together
     * @throws ArithmeticException if the result does not fit its type
     */
    @Nullable
    Object add(@Nullable Object accumulator, @Nullable Object value);

    /**
     * The accumulator of everything the two have seen.
     *
     * @throws IllegalArgumentException if one has a class this aggregate cannot take, or not together
     * @throws ArithmeticException if the result does not fit its type
     */
    @Nullable
    Object merge(@Nullable Object left, @Nullable Object right);

    /** The number of rows as a {@code Long}, whatever their values. */
    static Aggregate count() {
        return Count.INSTANCE;
    }

    /** The sum of {@code Long}, {@code Double} or {@link BigDecimal} values, of one of these classes. */
    static Aggregate sum() {
        return Sum.INSTANCE;
    }

    /**
     * The smallest of values of one {@link Comparable} class, in natural order. Of values that compare as
     * equal but differ, such as the decimals 1.0 and 1.00, the first is kept. NaN is the largest double.
     */
    static Aggregate min() {
        return Extreme.MIN;
    }

    /** The largest of values of one {@link Comparable} class; ties and NaN as in {@link #min()}. */
    static Aggregate max() {
        return Extreme.MAX;
    }
}
