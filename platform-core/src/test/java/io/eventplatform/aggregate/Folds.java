package io.eventplatform.aggregate;

import java.util.List;
import org.jspecify.annotations.Nullable;

final class Folds {

    private Folds() {}

    static @Nullable Object fold(Aggregate aggregate, List<@Nullable Object> values) {
        Object accumulator = null;
        for (Object value : values) {
            accumulator = aggregate.add(accumulator, value);
        }
        return accumulator;
    }
}
