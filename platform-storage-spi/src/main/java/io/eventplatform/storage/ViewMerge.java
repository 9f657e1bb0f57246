package io.eventplatform.storage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Merges stored rows, those of several shards and those of several groups, into one row for each group of an answer:
 * accumulators by their algebra, members as a set.
 */
final class ViewMerge {

    private final View view;
    private final List<Integer> groupIndexes;
    private final int firstMeasure;
    private final boolean keepsMembers;
    private final Map<List<Object>, @Nullable Object[]> accumulators = new TreeMap<>(ViewMerge::compare);
    /** Of all distinct measures; which one is told by the member itself. */
    private final Map<List<Object>, Set<String>> members = new HashMap<>();

    /** @param groupIndexes where in a stored row the group columns of the answer are */
    ViewMerge(View view, List<Integer> groupIndexes) {
        this.view = view;
        this.groupIndexes = groupIndexes;
        firstMeasure = view.groupColumns().size();
        keepsMembers = view.keepsMembers();
    }

    /** The columns of {@link View#table} it takes, in this order: what a reader sees, then the members if there are any. */
    static List<String> columns(View view) {
        Stream<String> seen = view.columns().stream().map(Column::name);
        return (view.keepsMembers() ? Stream.concat(seen, Stream.of(View.MEMBER_COLUMN)) : seen).toList();
    }

    /** Takes a row of {@link #columns}. */
    void add(Row row) {
        List<Object> group = groupOf(row);
        Object[] merged = accumulators.computeIfAbsent(
                group, key -> new Object[view.measures().size()]);
        for (int i = 0; i < merged.length; i++) {
            merged[i] = merge(view.measures().get(i), merged[i], row.get(firstMeasure + i));
        }
        if (keepsMembers && row.get(firstMeasure + merged.length) instanceof String member && !member.isEmpty()) {
            members.computeIfAbsent(group, key -> new HashSet<>()).add(member);
        }
    }

    /** The merged rows, sorted by group. */
    List<Row> rows() {
        List<Row> rows = new ArrayList<>(accumulators.size());
        accumulators.forEach((group, merged) -> {
            Map<String, Long> distinct = countByMeasure(members.getOrDefault(group, Set.of()));
            List<@Nullable Object> values = new ArrayList<>(group);
            for (int i = 0; i < merged.length; i++) {
                Measure measure = view.measures().get(i);
                values.add(
                        measure.distinct() ? distinct.getOrDefault(measure.name(), 0L) : fitting(measure, merged[i]));
            }
            rows.add(new Row(values));
        });
        return rows;
    }

    private List<Object> groupOf(Row row) {
        List<Object> group = new ArrayList<>(groupIndexes.size());
        for (int index : groupIndexes) {
            group.add(Objects.requireNonNull(row.get(index), "a group column"));
        }
        return group;
    }

    private static Map<String, Long> countByMeasure(Set<String> members) {
        Map<String, Long> counts = new HashMap<>();
        members.forEach(member -> counts.merge(Measure.measureOf(member), 1L, Long::sum));
        return counts;
    }

    private @Nullable Object merge(Measure measure, @Nullable Object left, @Nullable Object right) {
        try {
            return measure.aggregate().merge(left, right);
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw unmergeable(measure, e);
        }
    }

    /** Decimals of several shards may add up to more than a column keeps; all other types cannot, or say so themselves. */
    private @Nullable Object fitting(Measure measure, @Nullable Object merged) {
        if (merged == null || measure.type() != ColumnType.DECIMAL) {
            return merged;
        }
        try {
            return measure.type().canonical(view.name() + "." + measure.name(), merged);
        } catch (IllegalArgumentException e) {
            throw unmergeable(measure, e);
        }
    }

    private IllegalStateException unmergeable(Measure measure, RuntimeException cause) {
        return new IllegalStateException(
                "view " + view.name() + ": shards of measure " + measure.name() + " cannot be merged: "
                        + cause.getMessage(),
                cause);
    }

    private static int compare(List<Object> left, List<Object> right) {
        for (int i = 0; i < left.size(); i++) {
            int order = ViewRead.compare(left.get(i), right.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
