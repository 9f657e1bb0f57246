package io.eventplatform.storage;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The values of one row, in the order of the table's columns; {@code null} where there is none. */
public record Row(List<@Nullable Object> values) {

    public Row {
        values = Collections.unmodifiableList(new ArrayList<>(values));
    }

    /** A row of these values. */
    public static Row of(@Nullable Object... values) {
        return new Row(java.util.Arrays.asList(values));
    }

    /** The value at a column's place, see {@link TableSpec#indexOf}. */
    public @Nullable Object get(int index) {
        return values.get(index);
    }

    /**
     * This row as a store keeps it, see {@link ColumnType#canonical}.
     *
     * @throws IllegalArgumentException naming the column that lacks a value or has one that does not fit
     */
    public Row checkedFor(TableSpec table) {
        if (values.size() != table.columns().size()) {
            throw new IllegalArgumentException("table " + table.name() + " has "
                    + table.columns().size() + " columns but the row has " + values.size() + " values");
        }
        List<@Nullable Object> kept = new ArrayList<>(values.size());
        for (int i = 0; i < values.size(); i++) {
            Column column = table.columns().get(i);
            Object value = values.get(i);
            if (value != null) {
                kept.add(column.type().canonical(table.name() + "." + column.name(), value));
            } else if (column.nullable()) {
                kept.add(null);
            } else {
                throw new IllegalArgumentException("column " + table.name() + "." + column.name() + " needs a value");
            }
        }
        return new Row(kept);
    }
}
