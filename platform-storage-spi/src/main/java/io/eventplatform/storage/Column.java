package io.eventplatform.storage;

import java.util.Objects;

/** A column: {@code name} is lower case with underscores, as on the wire. */
public record Column(String name, ColumnType type, boolean nullable) {

    public Column {
        Names.check("column name", name);
        Objects.requireNonNull(type, "type");
    }

    /** A column in which every row has a value. */
    public static Column required(String name, ColumnType type) {
        return new Column(name, type, false);
    }

    /** A column in which a row may have no value. */
    public static Column optional(String name, ColumnType type) {
        return new Column(name, type, true);
    }
}
