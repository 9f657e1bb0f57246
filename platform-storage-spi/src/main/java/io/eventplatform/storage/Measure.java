package io.eventplatform.storage;

import io.eventplatform.aggregate.Aggregate;
import java.util.Objects;

/**
 * A named aggregate of a {@link View}, and the type of the column its accumulators are kept in.
 *
 * <p>A count is a {@code LONG}; a sum is a {@code LONG}, {@code DOUBLE} or {@code DECIMAL}; smallest and
 * largest are of any type but {@code JSON}, whose text has no useful order.
 */
public record Measure(String name, Aggregate aggregate, ColumnType type) {

    public Measure {
        Names.check("measure name", name);
        Objects.requireNonNull(aggregate, "aggregate");
        Objects.requireNonNull(type, "type");
        if (name.startsWith("_")) {
            throw new IllegalArgumentException(
                    "measure " + name + " must not start with _, which marks columns of the platform");
        }
        if (!fits(aggregate, type)) {
            throw new IllegalArgumentException(
                    "measure " + name + ": " + aggregate.name() + " cannot be kept as " + type);
        }
    }

    /** The number of rows. */
    public static Measure count(String name) {
        return new Measure(name, Aggregate.count(), ColumnType.LONG);
    }

    /** The sum of the values. */
    public static Measure sum(String name, ColumnType type) {
        return new Measure(name, Aggregate.sum(), type);
    }

    /** The smallest value. */
    public static Measure min(String name, ColumnType type) {
        return new Measure(name, Aggregate.min(), type);
    }

    /** The largest value. */
    public static Measure max(String name, ColumnType type) {
        return new Measure(name, Aggregate.max(), type);
    }

    /** Where the accumulators are kept: required for a count, else nullable, since all values may be null. */
    public Column column() {
        return new Column(name, type, !aggregate.equals(Aggregate.count()));
    }

    private static boolean fits(Aggregate aggregate, ColumnType type) {
        if (aggregate.equals(Aggregate.count())) {
            return type == ColumnType.LONG;
        }
        if (aggregate.equals(Aggregate.sum())) {
            return type == ColumnType.LONG || type == ColumnType.DOUBLE || type == ColumnType.DECIMAL;
        }
        if (aggregate.equals(Aggregate.min()) || aggregate.equals(Aggregate.max())) {
            return type != ColumnType.JSON;
        }
        return true;
    }
}
