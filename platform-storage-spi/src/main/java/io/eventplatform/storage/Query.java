package io.eventplatform.storage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A read of one table. Build it with {@link #of} and the {@code with…} methods.
 *
 * @param columns what to return; empty means all, in the table's order
 * @param filters all must hold
 * @param positionOf the sink whose position and commit time the cursor reports from the same snapshot
 * @param maxRows more rows are an error ({@link StoreException.Capacity}), never a silent cut
 * @param deadline how long the query may take, from the call to the last row
 */
public record Query(
        String table,
        List<String> columns,
        List<Filter> filters,
        Optional<SinkId> positionOf,
        long maxRows,
        Duration deadline) {

    /** 1,000,000 rows. */
    public static final long DEFAULT_MAX_ROWS = 1_000_000;

    /** 30 seconds. */
    public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(30);

    public Query {
        Names.check("table name", table);
        columns = List.copyOf(columns);
        filters = List.copyOf(filters);
        Objects.requireNonNull(positionOf, "positionOf");
        if (maxRows < 1) {
            throw new IllegalArgumentException("maxRows must be 1 or more but was " + maxRows);
        }
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("deadline must be positive but was " + deadline);
        }
    }

    /** All rows and columns of a table. */
    public static Query of(String table) {
        return new Query(table, List.of(), List.of(), Optional.empty(), DEFAULT_MAX_ROWS, DEFAULT_DEADLINE);
    }

    public Query withColumns(List<String> names) {
        return new Query(table, names, filters, positionOf, maxRows, deadline);
    }

    public Query withFilter(Filter filter) {
        List<Filter> more = new ArrayList<>(filters);
        more.add(filter);
        return new Query(table, columns, more, positionOf, maxRows, deadline);
    }

    public Query withPositionOf(SinkId sink) {
        return new Query(table, columns, filters, Optional.of(sink), maxRows, deadline);
    }

    public Query withMaxRows(long rows) {
        return new Query(table, columns, filters, positionOf, rows, deadline);
    }

    public Query withDeadline(Duration limit) {
        return new Query(table, columns, filters, positionOf, maxRows, limit);
    }

    /**
     * This query with its columns spelled out and its filter values in the form the table keeps, see
     * {@link ColumnType#canonical}. A store calls it before it reads.
     *
     * @throws StoreException.Configuration if the table lacks a column, or a filter value does not fit one
     */
    public Query checkedFor(TableSpec existing) {
        try {
            List<String> named = columns.isEmpty()
                    ? existing.columns().stream().map(Column::name).toList()
                    : columns;
            named.forEach(existing::indexOf);
            List<Filter> kept =
                    filters.stream().map(filter -> filter.checkedFor(existing)).toList();
            return new Query(table, named, kept, positionOf, maxRows, deadline);
        } catch (IllegalArgumentException e) {
            throw new StoreException.Configuration("query of table " + table + ": " + e.getMessage(), e);
        }
    }

    /** A condition on a row. */
    public sealed interface Filter {

        /**
         * This filter with its values in the form the table keeps.
         *
         * @throws IllegalArgumentException if the table lacks a column, or a value does not fit one
         */
        Filter checkedFor(TableSpec existing);

        /** The column has this value. */
        record Equal(String column, Object value) implements Filter {
            public Equal {
                Names.check("column name", column);
                Objects.requireNonNull(value, "value");
            }

            @Override
            public Equal checkedFor(TableSpec existing) {
                return new Equal(column, existing.canonical(column, value));
            }
        }

        /** The columns together have one of these combinations of values; no combination matches no row. */
        record AnyOf(List<String> columns, List<List<Object>> combinations) implements Filter {
            public AnyOf {
                columns = List.copyOf(columns);
                if (columns.isEmpty()) {
                    throw new IllegalArgumentException("a filter by combinations needs a column");
                }
                combinations = combinations.stream().map(List::copyOf).toList();
                for (List<Object> combination : combinations) {
                    if (combination.size() != columns.size()) {
                        throw new IllegalArgumentException(
                                "a combination for " + columns + " has " + combination.size() + " values");
                    }
                }
            }

            @Override
            public AnyOf checkedFor(TableSpec existing) {
                columns.forEach(existing::indexOf);
                List<List<Object>> kept = new ArrayList<>(combinations.size());
                for (List<Object> combination : combinations) {
                    List<Object> values = new ArrayList<>(columns.size());
                    for (int i = 0; i < columns.size(); i++) {
                        values.add(existing.canonical(columns.get(i), combination.get(i)));
                    }
                    kept.add(values);
                }
                return new AnyOf(columns, kept);
            }
        }
    }
}
