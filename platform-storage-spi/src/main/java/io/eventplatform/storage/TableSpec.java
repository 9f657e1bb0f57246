package io.eventplatform.storage;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A table's shape. {@code key} names the columns that identify a row of an {@link WriteMode#UPSERT}
 * table, all of them required; it is empty for {@link WriteMode#APPEND}.
 */
public record TableSpec(String name, List<Column> columns, List<String> key, WriteMode mode) {

    public TableSpec {
        Names.check("table name", name);
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        Objects.requireNonNull(mode, "mode");
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("table " + name + " has no columns");
        }
        Set<String> names = new HashSet<>();
        for (Column column : columns) {
            if (!names.add(column.name())) {
                throw new IllegalArgumentException("table " + name + " declares column " + column.name() + " twice");
            }
        }
        if (key.isEmpty() != (mode == WriteMode.APPEND)) {
            throw new IllegalArgumentException(
                    "table " + name + ": mode " + mode + " with key " + key + "; UPSERT needs a key, APPEND has none");
        }
        for (String part : key) {
            if (columns.stream().noneMatch(column -> column.name().equals(part) && !column.nullable())) {
                throw new IllegalArgumentException(
                        "table " + name + ": key column " + part + " must be one of its required columns");
            }
        }
    }

    /** A table to which rows are only added. */
    public static TableSpec append(String name, List<Column> columns) {
        return new TableSpec(name, columns, List.of(), WriteMode.APPEND);
    }

    /** A table in which a row replaces the one with the same key. */
    public static TableSpec upsert(String name, List<Column> columns, List<String> key) {
        return new TableSpec(name, columns, key, WriteMode.UPSERT);
    }

    /**
     * The columns this table, which exists, still lacks to take rows of {@code declared}; empty if none.
     * Columns may stand in another order; those that only this table has must be optional.
     *
     * @throws StoreException.SchemaIncompatible if mode, key or a column differ, or a column that could be
     *     without a value in some row is required
     */
    public List<Column> lackingFor(TableSpec declared) {
        if (mode != declared.mode || !key.equals(declared.key)) {
            throw incompatible("is " + mode + " with key " + key + " but is declared " + declared.mode + " with key "
                    + declared.key);
        }
        Map<String, Column> own = byName();
        List<Column> lacking = new ArrayList<>();
        for (Column column : declared.columns) {
            Column existing = own.remove(column.name());
            if (existing == null && column.nullable()) {
                lacking.add(column);
            } else if (existing == null) {
                throw incompatible("lacks the required column " + column.name()
                        + ", for which its rows have no value; only optional columns can be added");
            } else if (!existing.equals(column)) {
                throw incompatible("has column " + describe(existing) + " but it is declared " + describe(column));
            }
        }
        own.values().stream().filter(column -> !column.nullable()).findFirst().ifPresent(column -> {
            throw incompatible("has the required column " + column.name() + ", which is not declared");
        });
        return List.copyOf(lacking);
    }

    private Map<String, Column> byName() {
        Map<String, Column> byName = new LinkedHashMap<>();
        columns.forEach(column -> byName.put(column.name(), column));
        return byName;
    }

    private static String describe(Column column) {
        return column.name() + " " + column.type() + (column.nullable() ? " (optional)" : " (required)");
    }

    private StoreException.SchemaIncompatible incompatible(String difference) {
        return new StoreException.SchemaIncompatible(
                "table " + name + " " + difference + ". Declare what exists, or use a new table name.", null);
    }

    /** This table with columns added at the end. */
    public TableSpec withColumns(List<Column> added) {
        List<Column> all = new ArrayList<>(columns);
        all.addAll(added);
        return new TableSpec(name, all, key, mode);
    }

    /**
     * The place of a column in a row.
     *
     * @throws IllegalArgumentException if there is no such column
     */
    public int indexOf(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(column)) {
                return i;
            }
        }
        throw new IllegalArgumentException("table " + name + " has no column " + column + ", only "
                + columns.stream().map(Column::name).toList());
    }

    boolean has(String column) {
        return columns.stream().anyMatch(own -> own.name().equals(column));
    }

    /** A column's value in the form a store keeps, see {@link ColumnType#canonical}. */
    Object canonical(String column, Object value) {
        return columns.get(indexOf(column)).type().canonical(name + "." + column, value);
    }
}
