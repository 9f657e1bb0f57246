package io.eventplatform.storage.duckdb.internal;

import static io.eventplatform.storage.duckdb.internal.ColumnSql.quoted;

import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.Query.Filter;
import io.eventplatform.storage.TableSpec;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * A query in SQL. Combinations are appended to a temporary table of the reader's connection and joined: as
 * parameters, a thousand of them take four times as long.
 */
final class Selection {

    private record Parameter(Column column, Object value) {}

    private final TableSpec table;
    private final List<String> conditions = new ArrayList<>();
    private final List<Parameter> parameters = new ArrayList<>();
    private int combinationTables;

    private Selection(TableSpec table) {
        this.table = table;
    }

    /** The statement of a checked query, ready to be executed. */
    static PreparedStatement prepare(DuckDBConnection connection, Snapshot snapshot, Query checked)
            throws SQLException {
        Selection selection = new Selection(snapshot.table());
        for (Filter filter : checked.filters()) {
            if (filter instanceof Filter.Equal equal) {
                selection.addEqual(equal);
            } else if (filter instanceof Filter.AnyOf anyOf) {
                selection.addAnyOf(connection, anyOf);
            }
        }
        return selection.statement(connection, snapshot.relation(), checked);
    }

    private void addEqual(Filter.Equal equal) {
        Column column = column(equal.column());
        conditions.add(compared(column) + " = " + ColumnSql.parameter(column.type()));
        parameters.add(new Parameter(column, equal.value()));
    }

    private void addAnyOf(DuckDBConnection connection, Filter.AnyOf anyOf) throws SQLException {
        List<Column> columns = anyOf.columns().stream().map(this::column).toList();
        String name = "combinations_" + combinationTables++;
        List<String> places = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            places.add("c" + i);
        }
        append(connection, name, columns, places, anyOf.combinations());
        conditions.add(columns.stream().map(Selection::compared).collect(Collectors.joining(", ", "(", ")"))
                + " IN (SELECT " + String.join(", ", places) + " FROM temp.main." + name + ")");
    }

    private static void append(
            DuckDBConnection connection,
            String name,
            List<Column> columns,
            List<String> places,
            List<List<Object>> combinations)
            throws SQLException {
        List<String> definitions = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            definitions.add(places.get(i) + " " + comparedType(columns.get(i)));
        }
        Database.execute(connection, "CREATE TEMP TABLE " + name + " (" + String.join(", ", definitions) + ")");
        try (DuckDBAppender appender = connection.createAppender("temp", "main", name)) {
            for (List<Object> combination : combinations) {
                appender.beginRow();
                for (int i = 0; i < places.size(); i++) {
                    ColumnSql.append(appender, columns.get(i), combination.get(i));
                }
                appender.endRow();
            }
            appender.flush();
        }
    }

    private PreparedStatement statement(DuckDBConnection connection, String relation, Query checked)
            throws SQLException {
        String columns = checked.columns().stream()
                .map(this::column)
                .map(ColumnSql::selected)
                .collect(Collectors.joining(", "));
        String where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
        // One row more than allowed shows that there are too many; Long.MAX_VALUE has no successor.
        long limit = Math.max(checked.maxRows(), checked.maxRows() + 1);
        PreparedStatement statement =
                connection.prepareStatement("SELECT " + columns + " FROM " + relation + where + " LIMIT " + limit);
        for (int i = 0; i < parameters.size(); i++) {
            ColumnSql.bind(
                    statement,
                    i + 1,
                    parameters.get(i).column(),
                    parameters.get(i).value());
        }
        return statement;
    }

    private Column column(String name) {
        return table.columns().get(table.indexOf(name));
    }

    /** JSON is compared as the text it is. */
    private static String compared(Column column) {
        return column.type() == ColumnType.JSON
                ? "CAST(" + quoted(column.name()) + " AS VARCHAR)"
                : quoted(column.name());
    }

    private static String comparedType(Column column) {
        return ColumnSql.type(column.type() == ColumnType.JSON ? ColumnType.STRING : column.type());
    }
}
