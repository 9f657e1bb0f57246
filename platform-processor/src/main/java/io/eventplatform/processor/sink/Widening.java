package io.eventplatform.processor.sink;

import io.eventplatform.storage.ColumnType;
import org.jspecify.annotations.Nullable;

/** Takes the smaller number types for the larger ones, as Java itself does. */
final class Widening {

    private Widening() {}

    static @Nullable Object widen(ColumnType type, @Nullable Object value) {
        if (type == ColumnType.LONG && (value instanceof Integer || value instanceof Short || value instanceof Byte)) {
            return ((Number) value).longValue();
        }
        if (type == ColumnType.DOUBLE && value instanceof Float number) {
            return number.doubleValue();
        }
        return value;
    }
}
