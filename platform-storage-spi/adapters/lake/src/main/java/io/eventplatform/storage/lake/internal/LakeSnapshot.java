package io.eventplatform.storage.lake.internal;

import static io.eventplatform.storage.duckdb.internal.ColumnSql.quoted;

import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.Query.Filter;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.duckdb.internal.ColumnSql;
import io.eventplatform.storage.duckdb.internal.Snapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;

/**
 * A version of the table as a query reads it: these files and no other, never whatever is in a directory.
 *
 * @param files that may hold rows of the query, where DuckDB can read them
 */
public record LakeSnapshot(TableState state, TableSpec table, List<Path> files) implements Snapshot {

    /** The files of the state that may hold rows which a checked query asks for. */
    public static List<DataFile> filesFor(TableState state, TableSpec table, Query checked) {
        return state.files().stream()
                .filter(file -> checked.filters().stream().allMatch(filter -> mayMatch(file, table, filter)))
                .toList();
    }

    private static boolean mayMatch(DataFile file, TableSpec table, Filter filter) {
        if (filter instanceof Filter.Equal equal) {
            Column column = table.columns().get(table.indexOf(equal.column()));
            return switch (column.type()) {
                case LONG, TIMESTAMP, DATE -> FileStats.mayHold(file.stats(), column, equal.value());
                case STRING, DOUBLE, BOOLEAN, DECIMAL, JSON -> true;
            };
        }
        return true;
    }

    /**
     * The rows of the files. A file that is older than a column lacks it, perhaps all of them do: a relation
     * without rows stands before them and has every column.
     */
    @Override
    public String relation() {
        String columns = table.columns().stream()
                .map(column -> column.type() == ColumnType.TIMESTAMP
                        ? "make_timestamp(epoch_us(" + quoted(column.name()) + ")) AS " + quoted(column.name())
                        : quoted(column.name()))
                .collect(Collectors.joining(", "));
        String none = table.columns().stream()
                .map(column -> "CAST(NULL AS " + fileType(column) + ") AS " + quoted(column.name()))
                .collect(Collectors.joining(", ", "SELECT ", " LIMIT 0"));
        String read = files.isEmpty()
                ? ""
                : files.stream()
                        .map(file -> "'" + file.toString().replace("'", "''") + "'")
                        .collect(Collectors.joining(
                                ", ",
                                " UNION ALL BY NAME SELECT * FROM read_parquet([",
                                "], union_by_name = true, hive_partitioning = false)"));
        return "(SELECT " + columns + " FROM ((" + none + ")" + read + "))";
    }

    private static String fileType(Column column) {
        return switch (column.type()) {
            case TIMESTAMP -> "TIMESTAMPTZ";
            case JSON -> "VARCHAR";
            case STRING, LONG, DOUBLE, BOOLEAN, DECIMAL, DATE -> ColumnSql.type(column.type());
        };
    }

    @Override
    public Standing standing(DuckDBConnection connection, SinkId sink) {
        SortedMap<SourceShard, Mark> marks = state.marksOf(sink);
        return new Standing(Mark.position(marks), Mark.newestCommit(marks));
    }
}
