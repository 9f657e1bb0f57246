package io.eventplatform.storage;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A table of {@link InMemoryTableStore}; not thread-safe. Its rows are in the form {@link Row#checkedFor} gives. */
final class InMemoryTable {

    private TableSpec spec;
    /** By key; rows of an APPEND table are keyed by their number. */
    private final Map<List<@Nullable Object>, Row> rows = new LinkedHashMap<>();

    InMemoryTable(TableSpec spec) {
        this.spec = spec;
    }

    TableSpec spec() {
        return spec;
    }

    void widen(List<Column> added) {
        if (added.isEmpty()) {
            return;
        }
        TableSpec old = spec;
        spec = spec.withColumns(added);
        rows.replaceAll((key, row) -> aligned(old, row));
    }

    void add(TableRows batch) {
        int[] key = places(spec.key());
        for (Row row : batch.rows()) {
            Row aligned = aligned(batch.table(), row);
            rows.put(spec.mode() == WriteMode.UPSERT ? pick(key, aligned) : List.of(rows.size()), aligned);
        }
    }

    /** The row of a writer that knows other columns, or another order of them. */
    private Row aligned(TableSpec written, Row row) {
        if (written.equals(spec)) {
            return row;
        }
        List<@Nullable Object> values = new ArrayList<>(spec.columns().size());
        for (Column column : spec.columns()) {
            values.add(written.has(column.name()) ? row.get(written.indexOf(column.name())) : null);
        }
        return new Row(values);
    }

    List<Column> columns(Query checked) {
        return checked.columns().stream()
                .map(name -> spec.columns().get(spec.indexOf(name)))
                .toList();
    }

    /** All matching rows, or one more than the limit, which is enough to see that there are too many. */
    List<Row> select(Query checked) {
        Predicate<Row> matches = row -> true;
        for (Query.Filter filter : checked.filters()) {
            matches = matches.and(predicate(filter));
        }
        int[] places = places(checked.columns());
        long enough = Math.max(checked.maxRows(), checked.maxRows() + 1); // Long.MAX_VALUE has no successor
        return rows.values().stream()
                .filter(matches)
                .limit(enough)
                .map(row -> new Row(pick(places, row)))
                .toList();
    }

    private Predicate<Row> predicate(Query.Filter filter) {
        if (filter instanceof Query.Filter.Equal equal) {
            int place = spec.indexOf(equal.column());
            return row -> equal.value().equals(row.get(place));
        }
        Query.Filter.AnyOf anyOf = (Query.Filter.AnyOf) filter;
        int[] places = places(anyOf.columns());
        Set<List<Object>> wanted = new HashSet<>(anyOf.combinations());
        return row -> wanted.contains(pick(places, row));
    }

    private int[] places(List<String> names) {
        return names.stream().mapToInt(spec::indexOf).toArray();
    }

    private static List<@Nullable Object> pick(int[] places, Row row) {
        List<@Nullable Object> values = new ArrayList<>(places.length);
        for (int place : places) {
            values.add(row.get(place));
        }
        return values;
    }
}
