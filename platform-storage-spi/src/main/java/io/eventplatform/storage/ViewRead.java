package io.eventplatform.storage;

import io.eventplatform.storage.ViewQuery.Condition;
import io.eventplatform.storage.ViewQuery.Order;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One {@link ViewQuery} of a view: what the store is asked, and what is done to the rows before and after the merge. */
final class ViewRead {

    private final View view;
    private final ViewQuery query;
    private final List<String> stored;
    private final List<Column> columns;

    ViewRead(View view, ViewQuery unchecked) {
        this.view = view;
        query = unchecked.checkedFor(view);
        stored = names(view.columns());
        columns = query.columnsOf(view);
    }

    /** Adds the conditions a store can decide: equality with values of group columns. */
    Query pushedDown(Query all) {
        Query narrowed = all;
        for (Condition condition : query.conditions()) {
            if (condition instanceof Condition.AnyOf anyOf && isGroup(anyOf.column())) {
                List<List<Object>> combinations =
                        anyOf.values().stream().map(List::of).toList();
                narrowed = narrowed.withFilter(new Query.Filter.AnyOf(List.of(anyOf.column()), combinations));
            }
        }
        return narrowed;
    }

    /** Where the group columns of the answer are in a stored row. */
    List<Integer> groupIndexes() {
        return columns.subList(0, columns.size() - view.measures().size()).stream()
                .map(column -> stored.indexOf(column.name()))
                .toList();
    }

    /** Whether a stored row is of a group that is asked for. */
    boolean takes(Row row) {
        return query.conditions().stream()
                .filter(condition -> isGroup(condition.column()))
                .allMatch(condition -> holds(condition, row.get(stored.indexOf(condition.column()))));
    }

    ViewResult result(List<Row> merged, Position position, Optional<Instant> asOf) {
        List<String> names = names(columns);
        List<Row> rows = merged.stream()
                .filter(row -> query.conditions().stream()
                        .filter(condition -> !isGroup(condition.column()))
                        .allMatch(condition -> holds(condition, row.get(names.indexOf(condition.column())))))
                .sorted(order(names))
                .toList();
        int kept = Math.min(rows.size(), query.limit().orElse(rows.size()));
        return new ViewResult(view, columns, rows.subList(0, kept), rows.size(), position, asOf);
    }

    private boolean isGroup(String column) {
        return stored.indexOf(column) < view.groupColumns().size();
    }

    /** Keeps the order of rows that are equal by it. */
    private Comparator<Row> order(List<String> names) {
        return (left, right) -> {
            for (Order by : query.order()) {
                int index = names.indexOf(by.column());
                int order = compare(left.get(index), right.get(index), by.descending());
                if (order != 0) {
                    return order;
                }
            }
            return 0;
        };
    }

    private static int compare(@Nullable Object left, @Nullable Object right, boolean descending) {
        if (left == null || right == null) {
            return Boolean.compare(left == null, right == null);
        }
        return descending ? compare(right, left) : compare(left, right);
    }

    private static boolean holds(Condition condition, @Nullable Object value) {
        if (value == null) {
            return false;
        }
        if (condition instanceof Condition.AnyOf anyOf) {
            return anyOf.values().stream().anyMatch(one -> compare(value, one) == 0);
        }
        Condition.Bound bound = (Condition.Bound) condition;
        int order = compare(value, bound.value());
        return switch (bound.comparison()) {
            case LESS -> order < 0;
            case AT_MOST -> order <= 0;
            case MORE -> order > 0;
            case AT_LEAST -> order >= 0;
        };
    }

    /** Values of one column are of one class, which compares with itself. */
    @SuppressWarnings("unchecked")
    static int compare(Object left, Object right) {
        return ((Comparable<Object>) left).compareTo(right);
    }

    private static List<String> names(List<Column> columns) {
        return columns.stream().map(Column::name).toList();
    }
}
