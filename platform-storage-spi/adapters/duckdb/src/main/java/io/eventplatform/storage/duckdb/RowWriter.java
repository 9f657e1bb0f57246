package io.eventplatform.storage.duckdb;

import static io.eventplatform.storage.duckdb.ColumnSql.quoted;

import io.eventplatform.storage.Column;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.WriteMode;
import java.sql.SQLException;
import java.util.List;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * Writes rows in the transaction that is open. APPEND rows go through an appender straight into their
 * table; a stage between costs as much and gives nothing. UPSERT rows go through a stage, because an
 * appender can only add.
 */
final class RowWriter {

    private static final String STAGE = "upserted_rows";

    private RowWriter() {}

    /** Writes checked rows to {@code stored}, which has all their columns and perhaps more. */
    static void write(DuckDBConnection connection, String where, TableSpec stored, TableRows checked) {
        if (checked.rows().isEmpty()) {
            return;
        }
        try {
            if (stored.mode() == WriteMode.APPEND) {
                try (DuckDBAppender appender = connection.createAppender("main", stored.name())) {
                    append(appender, stored, checked);
                }
            } else {
                upsert(connection, stored, checked);
            }
        } catch (SQLException e) {
            throw DuckDbErrors.classifyRows(where, stored.name(), e);
        }
    }

    private static void upsert(DuckDBConnection connection, TableSpec stored, TableRows checked) throws SQLException {
        DuckDbFile.execute(
                connection,
                "CREATE OR REPLACE TEMP TABLE " + STAGE + " AS FROM " + Tables.qualified(stored) + " LIMIT 0");
        try (DuckDBAppender appender = connection.createAppender("temp", "main", STAGE)) {
            append(appender, stored, checked);
        }
        DuckDbFile.execute(
                connection,
                "INSERT INTO " + Tables.qualified(stored) + " FROM temp.main." + STAGE + " ON CONFLICT "
                        + Tables.list(stored.key()) + " DO " + replacement(stored));
        DuckDbFile.execute(connection, "DROP TABLE temp.main." + STAGE);
    }

    private static String replacement(TableSpec stored) {
        List<String> others = stored.columns().stream()
                .map(Column::name)
                .filter(name -> !stored.key().contains(name))
                .map(name -> quoted(name) + " = excluded." + quoted(name))
                .toList();
        return others.isEmpty() ? "NOTHING" : "UPDATE SET " + String.join(", ", others);
    }

    private static void append(DuckDBAppender appender, TableSpec stored, TableRows checked) throws SQLException {
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
