package io.eventplatform.storage.duckdb.internal;

import io.eventplatform.storage.Row;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableSpec;
import java.sql.SQLException;
import java.util.List;
import org.duckdb.DuckDBAppender;

/** Puts rows of a batch into a table of DuckDB. */
public final class RowAppender {

    private RowAppender() {}

    /**
     * Appends and flushes checked rows.
     *
     * @param stored the table's columns, which are those of the rows and perhaps more, in any order
     * @throws StoreException.RowsRejected naming the row with a value that DuckDB cannot keep
     */
    public static void append(DuckDBAppender appender, TableSpec stored, TableRows checked) throws SQLException {
        int[] places = stored.columns().stream()
                .mapToInt(column -> checked.table().columns().indexOf(column))
                .toArray();
        for (int i = 0; i < checked.rows().size(); i++) {
            appender.beginRow();
            try {
                appendValues(appender, stored, checked.rows().get(i), places);
            } catch (IllegalArgumentException e) {
                throw new StoreException.RowsRejected(
                        stored.name(),
                        List.of(i),
                        "table " + stored.name() + " refuses row " + i + ": " + e.getMessage(),
                        e);
            }
            appender.endRow();
        }
        // Closing flushes too, but swallows what goes wrong.
        appender.flush();
    }

    private static void appendValues(DuckDBAppender appender, TableSpec stored, Row row, int[] places)
            throws SQLException {
        for (int i = 0; i < places.length; i++) {
            Object value = places[i] < 0 ? null : row.get(places[i]);
            ColumnSql.append(appender, stored.columns().get(i), value);
        }
    }
}
