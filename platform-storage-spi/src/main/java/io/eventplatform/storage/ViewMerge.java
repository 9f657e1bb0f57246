package io.eventplatform.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Merges the rows of several shards into one row for each group. */
final class ViewMerge {

    private final View view;
    private final int groupSize;
    private final Map<List<Object>, @Nullable Object[]> accumulators = new TreeMap<>(ViewMerge::compare);

    ViewMerge(View view) {
        this.view = view;
        groupSize = view.groupColumns().size();
    }

    /** Takes a row of {@link View#columns}. */
    void add(Row row) {
        List<Object> group = List.copyOf(row.values().subList(0, groupSize));
        Object[] merged = accumulators.computeIfAbsent(
                group, key -> new Object[view.measures().size()]);
        for (int i = 0; i < merged.length; i++) {
            merged[i] = merge(view.measures().get(i), merged[i], row.get(groupSize + i));
        }
    }

    /** The merged rows, sorted by group. */
    List<Row> rows() {
        List<Row> rows = new ArrayList<>(accumulators.size());
        accumulators.forEach((group, merged) -> {
            List<@Nullable Object> values = new ArrayList<>(group);
            values.addAll(Arrays.asList(merged));
            rows.add(new Row(values));
        });
        return rows;
    }

    private @Nullable Object merge(Measure measure, @Nullable Object left, @Nullable Object right) {
        try {
            return measure.aggregate().merge(left, right);
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "view " + view.name() + ": shards of measure " + measure.name() + " cannot be merged: "
                            + e.getMessage(),
                    e);
        }
    }

    private static int compare(List<Object> left, List<Object> right) {
        for (int i = 0; i < left.size(); i++) {
            // Values of one column are of one class, which compares with itself.
            @SuppressWarnings("unchecked")
            int order = ((Comparable<Object>) left.get(i)).compareTo(right.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
