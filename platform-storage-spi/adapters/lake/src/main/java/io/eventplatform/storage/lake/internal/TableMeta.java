package io.eventplatform.storage.lake.internal;

import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What the table is: its identity, the columns of its user, and by which of them it is partitioned.
 *
 * @param dayColumn the column whose UTC day is the partition; empty if there are no partitions
 */
public record TableMeta(UUID id, TableSpec table, Optional<String> dayColumn, long createdMillis) {

    /** When the row's batch was committed. */
    public static final String INGESTED = "_ingest_ts";

    /** Whether the row is in the partition of the day it came, because its own time cannot be right. */
    public static final String CLAMPED = "_time_clamped";

    /** The partition. */
    public static final String DAY = "dt";

    /** Refuses a table that cannot be partitioned so, or that has a column of a name the lake needs. */
    public TableMeta {
        for (Column own : lakeColumns(dayColumn)) {
            if (table.columns().stream().anyMatch(column -> column.name().equals(own.name()))) {
                throw new StoreException.Configuration(
                        "table " + table.name() + " has a column " + own.name()
                                + ", which a lake adds by itself. Give it another name.",
                        null);
            }
        }
        dayColumn.ifPresent(day -> {
            if (!table.columns().contains(Column.required(day, ColumnType.TIMESTAMP))) {
                throw new StoreException.Configuration(
                        "the lake is partitioned by the day of column " + day + ", but table " + table.name()
                                + " has no required TIMESTAMP column of that name",
                        null);
            }
        });
    }

    /** This table with columns added. */
    public TableMeta withColumns(List<Column> added) {
        return new TableMeta(id, table.withColumns(added), dayColumn, createdMillis);
    }

    /** The columns of its files, in their order: the user's, then the lake's own. */
    List<Column> fileColumns() {
        List<Column> all = new ArrayList<>(table.columns());
        lakeColumns(dayColumn).stream()
                .filter(column -> !column.name().equals(DAY))
                .forEach(all::add);
        return all;
    }

    /** All columns, the partition too. */
    List<Column> allColumns() {
        List<Column> all = new ArrayList<>(table.columns());
        all.addAll(lakeColumns(dayColumn));
        return all;
    }

    /** The columns that the lake adds. */
    private static List<Column> lakeColumns(Optional<String> dayColumn) {
        Column ingested = Column.optional(INGESTED, ColumnType.TIMESTAMP);
        return dayColumn.isEmpty()
                ? List.of(ingested)
                : List.of(
                        ingested, Column.optional(CLAMPED, ColumnType.BOOLEAN), Column.optional(DAY, ColumnType.DATE));
    }
}
