package io.eventplatform.aggregate;

import org.jspecify.annotations.Nullable;

final class Count extends Combining {

    static final Count INSTANCE = new Count();

    private Count() {
        super("count");
    }

    @Override
    public @Nullable Object add(@Nullable Object accumulator, @Nullable Object value) {
        return merge(accumulator, 1L);
    }

    @Override
    Object checked(Object value) {
        if (value instanceof Long) {
            return value;
        }
        throw cannotTake("a Long as accumulator", value);
    }

    @Override
    Object combine(Object left, Object right) {
        return Math.addExact((Long) left, (Long) right);
    }
}
