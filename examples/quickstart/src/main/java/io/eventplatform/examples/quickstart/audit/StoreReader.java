package io.eventplatform.examples.quickstart.audit;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.function.Consumer;

/** Reads a DuckDB file by SQL. */
final class StoreReader implements AutoCloseable {

    private final Connection connection;

    StoreReader(Path database) throws SQLException {
        Properties settings = new Properties();
        settings.setProperty("duckdb.read_only", "true");
        settings.setProperty("jdbc_stream_results", "true");
        connection = DriverManager.getConnection("jdbc:duckdb:" + database, settings);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
        }
    }

    long rows(String table) throws SQLException {
        return number("SELECT count(*) FROM " + quoted(table));
    }

    long sum(String table, String column) throws SQLException {
        return number("SELECT coalesce(sum(" + quoted(column) + "), 0)::BIGINT FROM " + quoted(table));
    }

    /** How many rows only one of two queries gives; a row that one gives oftener counts for each time. */
    long differingRows(String left, String right) throws SQLException {
        return number("WITH l AS (" + left + "), r AS (" + right + ") SELECT count(*) FROM ("
                + "(FROM l EXCEPT ALL FROM r) UNION ALL (FROM r EXCEPT ALL FROM l))");
    }

    void eventIds(String table, Consumer<String> reader) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT event_id FROM " + quoted(table))) {
            while (rows.next()) {
                reader.accept(rows.getString(1));
            }
        }
    }

    private long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
