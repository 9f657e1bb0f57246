package io.eventplatform.storage;

import io.eventplatform.aggregate.Aggregate;
import java.math.BigDecimal;
import java.util.Objects;

/**
 * A named aggregate of a {@link View}: of every value, or of the different ones.
 *
 * <p>A count is a {@code LONG}; a sum is a {@code LONG}, {@code DOUBLE} or {@code DECIMAL}; smallest and
 * largest are of any type but {@code JSON}, whose text has no useful order. Sums of {@code LONG} and
 * {@code DECIMAL} are exact: an event by which one would leave the range of its type is refused.
 *
 * @param type of the column the accumulators are kept in; of a distinct measure, of its members
 * @param distinct whether it counts different values, see {@link #distinct(String, ColumnType)}
 */
public record Measure(String name, Aggregate aggregate, ColumnType type, boolean distinct) {

    /** No measure's name holds it. */
    private static final char MEMBER_SEPARATOR = ':';

    public Measure {
        Names.check("measure name", name);
        Objects.requireNonNull(aggregate, "aggregate");
        Objects.requireNonNull(type, "type");
        if (name.startsWith("_")) {
            throw new IllegalArgumentException(
                    "measure " + name + " must not start with _, which marks columns of the platform");
        }
        if (distinct) {
            checkDistinct(name, aggregate, type);
        } else if (!fits(aggregate, type)) {
            throw new IllegalArgumentException(
                    "measure " + name + ": " + aggregate.name() + " cannot be kept as " + type);
        }
    }

    /** An aggregate of every value. */
    public Measure(String name, Aggregate aggregate, ColumnType type) {
        this(name, aggregate, type, false);
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

    /**
     * The exact number of different values, its members: a {@code LONG} when it is read. Values are one member
     * if their {@link ColumnType#canonical} forms are equal, wherever they came from; null is none.
     *
     * <p>The members themselves are stored, personal ones too, each once for every group and source shard it
     * occurs in, and a read counts them. They are among the {@link Query#DEFAULT_MAX_ROWS} stored rows a read may take; beyond
     * that it fails with {@link StoreException.Capacity}. Group finer, by day for instance, before members
     * become that many. The first distinct measure changes the key of the view's table: a view that is stored
     * already needs a new name for it.
     *
     * @param memberType any but {@code JSON}, since one document has many spellings
     */
    public static Measure distinct(String name, ColumnType memberType) {
        return new Measure(name, Aggregate.count(), memberType, true);
    }

    /** What a reader sees: required for a count, else nullable, since all values may be null. */
    public Column column() {
        return new Column(name, distinct ? ColumnType.LONG : type, !aggregate.equals(Aggregate.count()));
    }

    /** Whether it counts events whatever they hold, so that it needs no values. */
    public boolean countsEvents() {
        return aggregate.equals(Aggregate.count()) && !distinct;
    }

    /** What {@link View#table} has: members are rows, so the column of a distinct measure stays empty. */
    Column storedColumn() {
        return distinct ? Column.optional(name, ColumnType.LONG) : column();
    }

    /**
     * A member as {@link View#MEMBER_COLUMN} holds it: {@code <measure>:<value as text>}. Two members have
     * one text only if they are equal.
     *
     * @param value in its {@link ColumnType#canonical} form
     */
    public String member(Object value) {
        return name
                + MEMBER_SEPARATOR
                + switch (type) {
                    case DECIMAL -> ((BigDecimal) value).toPlainString();
                    case DOUBLE -> Double.toHexString((Double) value); // Double.toString changed between Java versions
                    case STRING, LONG, BOOLEAN, TIMESTAMP, DATE, JSON -> value.toString();
                };
    }

    /** The name of the measure a {@link #member} is of. */
    static String measureOf(String member) {
        return member.substring(0, member.indexOf(MEMBER_SEPARATOR));
    }

    private static void checkDistinct(String name, Aggregate aggregate, ColumnType type) {
        if (!aggregate.equals(Aggregate.count())) {
            throw new IllegalArgumentException("measure " + name + ": different values can be counted, but "
                    + aggregate.name() + " takes every value");
        }
        if (type == ColumnType.JSON) {
            throw new IllegalArgumentException(
                    "measure " + name + ": members must not be JSON, since one document has many spellings");
        }
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
