package io.eventplatform.storage.duckdb;

import static io.eventplatform.storage.duckdb.internal.ColumnSql.quoted;

import io.eventplatform.storage.Column;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.WriteMode;
import io.eventplatform.storage.duckdb.internal.Database;
import io.eventplatform.storage.duckdb.internal.DuckDbErrors;
import io.eventplatform.storage.duckdb.internal.RowAppender;
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
                    RowAppender.append(appender, stored, checked);
                }
            } else {
                upsert(connection, stored, checked);
            }
        } catch (SQLException e) {
            throw DuckDbErrors.classifyRows(where, stored.name(), e);
        }
    }

    private static void upsert(DuckDBConnection connection, TableSpec stored, TableRows checked) throws SQLException {
        Database.execute(
                connection,
                "CREATE OR REPLACE TEMP TABLE " + STAGE + " AS FROM " + Tables.qualified(stored) + " LIMIT 0");
        try (DuckDBAppender appender = connection.createAppender("temp", "main", STAGE)) {
            RowAppender.append(appender, stored, checked);
        }
        Database.execute(
                connection,
                "INSERT INTO " + Tables.qualified(stored) + " FROM temp.main." + STAGE + " ON CONFLICT "
                        + Tables.list(stored.key()) + " DO " + replacement(stored));
        Database.execute(connection, "DROP TABLE temp.main." + STAGE);
    }

    private static String replacement(TableSpec stored) {
        List<String> others = stored.columns().stream()
                .map(Column::name)
                .filter(name -> !stored.key().contains(name))
                .map(name -> quoted(name) + " = excluded." + quoted(name))
                .toList();
        return others.isEmpty() ? "NOTHING" : "UPDATE SET " + String.join(", ", others);
    }
}
