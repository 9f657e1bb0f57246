package io.eventplatform.processor.sink;

import io.eventplatform.contract.Contract;
import io.eventplatform.event.Event;
import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.TableSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which columns of an event become a row of a table that only grows. Only declared columns are stored, so a
 * personal field gets there by a line that names it. Each row also holds where its event came from:
 * {@code _topic_id}, {@code _partition} and {@code _offset}.
 *
 * <p>Immutable: {@code column} returns a copy.
 *
 * @param <T> payload of the events
 */
public final class TableProjection<T extends Record> {

    private static final List<Column> ORIGIN = List.of(
            Column.required("_topic_id", ColumnType.STRING),
            Column.required("_partition", ColumnType.LONG),
            Column.required("_offset", ColumnType.LONG));

    private final String table;
    private final Class<T> type;
    private final List<Column> columns;
    private final List<Function<? super Event<T>, ? extends @Nullable Object>> values;

    private TableProjection(
            String table,
            Class<T> type,
            List<Column> columns,
            List<Function<? super Event<T>, ? extends @Nullable Object>> values) {
        this.table = table;
        this.type = type;
        this.columns = columns;
        this.values = values;
    }

    /** A table to which each event of this contract adds a row. */
    public static <T extends Record> TableProjection<T> append(String table, Class<T> type) {
        Objects.requireNonNull(table, "table");
        Contract.of(type);
        return new TableProjection<>(table, type, List.of(), List.of());
    }

    /** Adds a column in which every row has a value, of the column type's Java class or a smaller number type. */
    public TableProjection<T> column(String name, ColumnType columnType, Function<? super Event<T>, ?> value) {
        return plus(Column.required(name, columnType), value);
    }

    /** Adds a column whose value may be null. */
    public TableProjection<T> optionalColumn(
            String name, ColumnType columnType, Function<? super Event<T>, ? extends @Nullable Object> value) {
        return plus(Column.optional(name, columnType), value);
    }

    private TableProjection<T> plus(Column column, Function<? super Event<T>, ? extends @Nullable Object> value) {
        List<Column> moreColumns = new ArrayList<>(columns);
        moreColumns.add(column);
        List<Function<? super Event<T>, ? extends @Nullable Object>> moreValues = new ArrayList<>(values);
        moreValues.add(Objects.requireNonNull(value, "value"));
        return new TableProjection<>(table, type, List.copyOf(moreColumns), List.copyOf(moreValues));
    }

    /** The type of event it takes. */
    public Class<T> type() {
        return type;
    }

    /** The table's shape. */
    public TableSpec spec() {
        List<Column> all = new ArrayList<>(columns);
        all.addAll(ORIGIN);
        return TableSpec.append(table, all);
    }

    /** The row of an event that was read at this place. */
    public Row row(Event<T> event, String topicId, int partition, long offset) {
        List<@Nullable Object> row = new ArrayList<>(values.size() + ORIGIN.size());
        for (int i = 0; i < values.size(); i++) {
            row.add(Widening.widen(columns.get(i).type(), values.get(i).apply(event)));
        }
        row.add(topicId);
        row.add((long) partition);
        row.add(offset);
        return new Row(row);
    }
}
