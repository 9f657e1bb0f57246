package io.eventplatform.aggregate;

import org.jspecify.annotations.Nullable;

/** An aggregate whose accumulator is of the same class as its values, so that adding is merging. */
abstract class Combining implements Aggregate {

    private final String name;

    Combining(String name) {
        this.name = name;
    }

    /** Refuses a value of a class this aggregate cannot take. */
    abstract Object checked(Object value);

    /** The accumulator of two checked values. */
    abstract Object combine(Object left, Object right);

    @Override
    public final String name() {
        return name;
    }

    @Override
    public @Nullable Object add(@Nullable Object accumulator, @Nullable Object value) {
        return merge(accumulator, value);
    }

    @Override
    public final @Nullable Object merge(@Nullable Object left, @Nullable Object right) {
        if (left == null) {
            return right == null ? null : checked(right);
        }
        if (right == null) {
            return checked(left);
        }
        return combine(checked(left), checked(right));
    }

    final IllegalArgumentException cannotTake(String accepted, Object value) {
        return new IllegalArgumentException(name + " takes " + accepted + " but was given "
                + value.getClass().getName());
    }

    final IllegalArgumentException cannotMix(Object left, Object right) {
        return new IllegalArgumentException(name + " takes values of one class but was given "
                + left.getClass().getName() + " and " + right.getClass().getName());
    }

    @Override
    public final String toString() {
        return name;
    }
}
