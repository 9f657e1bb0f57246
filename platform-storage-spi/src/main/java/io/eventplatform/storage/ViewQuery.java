package io.eventplatform.storage;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What to read of a view. Build it with {@link #of} and the {@code with…} methods.
 *
 * <p>Conditions on group columns choose which groups are read; what is left is merged into the groups of
 * {@code groupBy}; conditions on measures choose among the merged rows.
 *
 * @param conditions all must hold; one on a measure without a value does not
 * @param groupBy the group columns to keep, in this order; groups that differ only in others are merged.
 *     An empty list merges all into one row of totals; without it the view's own groups are read
 * @param order what to sort by, the first first, rows without a value last; the group columns decide the rest
 * @param limit how many rows to return at most, 1 or more; {@link ViewResult#totalRows} tells what was cut
 */
public record ViewQuery(
        String view, List<Condition> conditions, Optional<List<String>> groupBy, List<Order> order, OptionalInt limit) {

    public ViewQuery {
        Objects.requireNonNull(view, "view");
        conditions = List.copyOf(conditions);
        groupBy = groupBy.map(List::copyOf);
        order = List.copyOf(order);
        if (limit.isPresent() && limit.getAsInt() < 1) {
            throw new IllegalArgumentException("limit must be 1 or more but was " + limit.getAsInt());
        }
    }

    /** All rows of a view. */
    public static ViewQuery of(String view) {
        return new ViewQuery(view, List.of(), Optional.empty(), List.of(), OptionalInt.empty());
    }

    /** Adds a condition. */
    public ViewQuery withCondition(Condition condition) {
        List<Condition> more = new ArrayList<>(conditions);
        more.add(condition);
        return new ViewQuery(view, more, groupBy, order, limit);
    }

    public ViewQuery withGroupBy(List<String> columns) {
        return new ViewQuery(view, conditions, Optional.of(columns), order, limit);
    }

    public ViewQuery withOrder(List<Order> by) {
        return new ViewQuery(view, conditions, groupBy, by, limit);
    }

    public ViewQuery withLimit(int rows) {
        return new ViewQuery(view, conditions, groupBy, order, OptionalInt.of(rows));
    }

    /**
     * This query with its values in the form the view keeps, see {@link ColumnType#canonical}.
     *
     * @throws IllegalArgumentException if the view lacks a column, a column cannot be used that way, or a
     *     value does not fit
     */
    public ViewQuery checkedFor(View existing) {
        List<Column> columns = columnsOf(existing);
        List<Condition> kept = conditions.stream()
                .map(condition -> condition.checkedFor(find(existing.columns(), condition.column())))
                .toList();
        for (Order by : order) {
            Column column = find(columns, by.column());
            if (column.type() == ColumnType.JSON) {
                throw new IllegalArgumentException("column " + column.name() + " is JSON, which has no order");
            }
        }
        return new ViewQuery(view, kept, groupBy, order, limit);
    }

    /** What a row of the answer has: the group columns that are kept, then the measures. */
    List<Column> columnsOf(View existing) {
        if (groupBy.isEmpty()) {
            return existing.columns();
        }
        List<Column> columns = new ArrayList<>();
        HashSet<String> seen = new HashSet<>();
        for (String name : groupBy.get()) {
            columns.add(find(existing.groupColumns(), name));
            if (!seen.add(name)) {
                throw new IllegalArgumentException("column " + name + " is named twice");
            }
        }
        existing.measures().forEach(measure -> columns.add(measure.column()));
        return columns;
    }

    private static Column find(List<Column> columns, String name) {
        return columns.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no column \"" + name + "\" here, only "
                        + String.join(", ", columns.stream().map(Column::name).toList())));
    }

    /** A condition on a column of a view. */
    public sealed interface Condition {

        /** A group column or a measure. */
        String column();

        /**
         * This condition with its values in the form the column keeps.
         *
         * @throws IllegalArgumentException if a value does not fit the column, or it has no such condition
         */
        Condition checkedFor(Column existing);

        /** The column has one of these values; none of them matches no row. */
        record AnyOf(String column, List<Object> values) implements Condition {
            public AnyOf {
                Names.check("column name", column);
                values = List.copyOf(values);
            }

            @Override
            public AnyOf checkedFor(Column existing) {
                return new AnyOf(
                        column,
                        values.stream().map(value -> canonical(existing, value)).toList());
            }
        }

        /** The column's value lies on this side of a bound. */
        record Bound(String column, Comparison comparison, Object value) implements Condition {
            public Bound {
                Names.check("column name", column);
                Objects.requireNonNull(comparison, "comparison");
                Objects.requireNonNull(value, "value");
            }

            @Override
            public Bound checkedFor(Column existing) {
                if (existing.type() == ColumnType.BOOLEAN) {
                    throw new IllegalArgumentException("column " + column + " is BOOLEAN, which has no range");
                }
                return new Bound(column, comparison, canonical(existing, value));
            }
        }

        private static Object canonical(Column column, Object value) {
            if (column.type() == ColumnType.JSON) {
                throw new IllegalArgumentException("column " + column.name() + " is JSON, which cannot be compared");
            }
            return column.type().canonical(column.name(), value);
        }
    }

    /** How a value compares with a bound. */
    public enum Comparison {
        LESS,
        AT_MOST,
        MORE,
        AT_LEAST
    }

    /** A column to sort by. */
    public record Order(String column, boolean descending) {
        public Order {
            Names.check("column name", column);
        }
    }
}
