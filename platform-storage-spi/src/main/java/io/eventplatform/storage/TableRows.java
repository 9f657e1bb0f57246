package io.eventplatform.storage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Rows for one table; of an {@link WriteMode#UPSERT} table each key at most once. */
public record TableRows(TableSpec table, List<Row> rows) {

    public TableRows {
        Objects.requireNonNull(table, "table");
        rows = List.copyOf(rows);
    }

    /**
     * These rows as a store keeps them, see {@link Row#checkedFor}. A store calls it before it writes.
     *
     * @throws StoreException.RowsRejected naming every row that does not fit the table
     * @throws StoreException.Configuration if a key occurs twice
     */
    public TableRows checked() {
        List<Row> kept = new ArrayList<>(rows.size());
        List<Integer> refused = new ArrayList<>();
        IllegalArgumentException first = null;
        for (int i = 0; i < rows.size(); i++) {
            try {
                kept.add(rows.get(i).checkedFor(table));
            } catch (IllegalArgumentException e) {
                refused.add(i);
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw new StoreException.RowsRejected(
                    table.name(),
                    refused,
                    "table " + table.name() + " refuses " + refused.size() + " of " + rows.size() + " rows, first row "
                            + refused.get(0) + ": " + first.getMessage(),
                    first);
        }
        requireDistinctKeys(kept);
        return new TableRows(table, kept);
    }

    private void requireDistinctKeys(List<Row> kept) {
        if (table.mode() != WriteMode.UPSERT) {
            return;
        }
        int[] places = table.key().stream().mapToInt(table::indexOf).toArray();
        Map<List<@Nullable Object>, Integer> seen = new HashMap<>();
        for (int i = 0; i < kept.size(); i++) {
            List<@Nullable Object> key = new ArrayList<>(places.length);
            for (int place : places) {
                key.add(kept.get(i).get(place));
            }
            Integer earlier = seen.put(key, i);
            if (earlier != null) {
                throw new StoreException.Configuration(
                        "table " + table.name() + ": rows " + earlier + " and " + i + " of one batch have the same key "
                                + table.key() + ". Reduce them to one row before the commit.",
                        null);
            }
        }
    }
}
