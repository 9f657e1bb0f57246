package io.eventplatform.storage.duckdb;

import static io.eventplatform.storage.duckdb.internal.ColumnSql.quoted;

import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.WriteMode;
import io.eventplatform.storage.duckdb.internal.ColumnSql;
import io.eventplatform.storage.duckdb.internal.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;

/**
 * The tables of the file's main schema that a {@link TableSpec} can describe. The database's own catalog is
 * the only record of them: a primary key means {@link WriteMode#UPSERT}.
 */
final class Tables {

    private static final String COLUMNS = "SELECT table_name, column_name, data_type, is_nullable"
            + " FROM duckdb_columns() WHERE schema_name = 'main' AND database_name = current_database()"
            + " ORDER BY table_name, column_index";
    private static final String KEYS = "SELECT table_name, array_to_string(constraint_column_names, ',')"
            + " FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY' AND schema_name = 'main'"
            + " AND database_name = current_database()";

    private final Map<String, TableSpec> byName = new ConcurrentHashMap<>();

    void load(DuckDBConnection connection) throws SQLException {
        Map<String, List<String>> keys = new LinkedHashMap<>();
        Map<String, List<Optional<Column>>> columns = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(KEYS)) {
            while (rows.next()) {
                keys.put(rows.getString(1), List.of(rows.getString(2).split(",")));
            }
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(COLUMNS)) {
            while (rows.next()) {
                columns.computeIfAbsent(rows.getString(1), name -> new ArrayList<>())
                        .add(column(rows.getString(2), rows.getString(3), rows.getBoolean(4)));
            }
        }
        columns.forEach((name, all) ->
                describe(name, all, keys.getOrDefault(name, List.of())).ifPresent(this::remember));
    }

    private static Optional<Column> column(String name, String duckDbType, boolean nullable) {
        Optional<ColumnType> type = ColumnSql.fromType(duckDbType);
        try {
            return type.map(known -> new Column(name, known, nullable));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Empty for a table that was made by other hands in a way no specification can tell. */
    private static Optional<TableSpec> describe(String name, List<Optional<Column>> columns, List<String> key) {
        if (columns.stream().anyMatch(Optional::isEmpty)) {
            return Optional.empty();
        }
        List<Column> known = columns.stream().flatMap(Optional::stream).toList();
        try {
            return Optional.of(new TableSpec(name, known, key, key.isEmpty() ? WriteMode.APPEND : WriteMode.UPSERT));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    void remember(TableSpec table) {
        byName.put(table.name(), table);
    }

    Optional<TableSpec> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The stored table that takes rows of {@code declared}. */
    TableSpec forRowsOf(TableSpec declared) {
        Optional<TableSpec> stored = find(declared.name());
        if (stored.isEmpty() || !stored.get().lackingFor(declared).isEmpty()) {
            throw new StoreException.Configuration(
                    "table " + declared.name() + " is missing or lacks columns of the batch. Call ensureTable before"
                            + " commit.",
                    null);
        }
        return stored.get();
    }

    /** Creates or widens the table; the result is to be remembered once this is committed. */
    TableSpec ensure(DuckDBConnection connection, TableSpec declared) throws SQLException {
        Optional<TableSpec> stored = find(declared.name());
        if (stored.isEmpty()) {
            Database.execute(connection, create(declared));
            return declared;
        }
        List<Column> lacking = stored.get().lackingFor(declared);
        for (Column column : lacking) {
            Database.execute(connection, "ALTER TABLE " + qualified(declared) + " ADD COLUMN " + definition(column));
        }
        return stored.get().withColumns(lacking);
    }

    private static String create(TableSpec table) {
        String columns = table.columns().stream().map(Tables::definition).collect(Collectors.joining(", "));
        return "CREATE TABLE " + qualified(table) + " (" + columns
                + (table.key().isEmpty() ? "" : ", PRIMARY KEY " + list(table.key())) + ")";
    }

    private static String definition(Column column) {
        return quoted(column.name()) + " " + ColumnSql.type(column.type()) + (column.nullable() ? "" : " NOT NULL");
    }

    static String qualified(TableSpec table) {
        return "main." + quoted(table.name());
    }

    /** Quoted names in brackets. */
    static String list(List<String> names) {
        return names.stream().map(ColumnSql::quoted).collect(Collectors.joining(", ", "(", ")"));
    }
}
