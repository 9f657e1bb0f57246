package io.eventplatform.storage.lake.internal;

import static io.eventplatform.storage.duckdb.internal.ColumnSql.quoted;

import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.duckdb.internal.ColumnSql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the log says of a file's columns, so that a reader may pass it over: the number of rows, of missing
 * values, and the least and greatest value of numbers without fractions, times and dates, which are exact
 * and short. Delta counts times in milliseconds there, so ours are rounded outwards.
 */
final class FileStats {

    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private FileStats() {}

    /** The expressions that {@link #write} reads, of one row over all rows of a file. */
    static String expressions(List<Column> columns) {
        return columns.stream()
                .map(column -> "count(" + quoted(column.name()) + ")" + bounds(column))
                .collect(Collectors.joining(", ", "count(*), ", ""));
    }

    private static String bounds(Column column) {
        String name = quoted(column.name());
        return switch (column.type()) {
            case LONG -> ", min(" + name + "), max(" + name + ")";
            case TIMESTAMP -> ", epoch_us(min(" + name + ")), epoch_us(max(" + name + "))";
            case DATE -> ", min(" + name + ") - DATE '1970-01-01', max(" + name + ") - DATE '1970-01-01'";
            case STRING, DOUBLE, BOOLEAN, DECIMAL, JSON -> "";
        };
    }

    static String write(List<Column> columns, ResultSet row) throws SQLException {
        long rows = row.getLong(1);
        ObjectNode stats = MAPPER.createObjectNode().put("numRecords", rows);
        ObjectNode least = stats.putObject("minValues");
        ObjectNode greatest = stats.putObject("maxValues");
        ObjectNode missing = stats.putObject("nullCount");
        int place = 2;
        for (Column column : columns) {
            long present = row.getLong(place++);
            missing.put(column.name(), rows - present);
            if (!bounds(column).isEmpty()) {
                long from = row.getLong(place++);
                long to = row.getLong(place++);
                if (present > 0) {
                    putBounds(column, from, to, least, greatest);
                }
            }
        }
        return MAPPER.writeValueAsString(stats);
    }

    private static void putBounds(Column column, long from, long to, ObjectNode least, ObjectNode greatest) {
        switch (column.type()) {
            case LONG -> {
                least.put(column.name(), from);
                greatest.put(column.name(), to);
            }
            case TIMESTAMP -> {
                Instant first = ColumnSql.instant(from).truncatedTo(ChronoUnit.MILLIS);
                Instant last = ColumnSql.instant(to).plusNanos(999_000).truncatedTo(ChronoUnit.MILLIS);
                if (ofOurAge(first.atOffset(ZoneOffset.UTC).getYear())
                        && ofOurAge(last.atOffset(ZoneOffset.UTC).getYear())) {
                    least.put(column.name(), MILLIS.format(first));
                    greatest.put(column.name(), MILLIS.format(last));
                }
            }
            case DATE -> {
                LocalDate first = LocalDate.ofEpochDay(from);
                LocalDate last = LocalDate.ofEpochDay(to);
                if (ofOurAge(first.getYear()) && ofOurAge(last.getYear())) {
                    least.put(column.name(), first.toString());
                    greatest.put(column.name(), last.toString());
                }
            }
            case STRING, DOUBLE, BOOLEAN, DECIMAL, JSON -> throw new IllegalArgumentException(column.toString());
        }
    }

    /** Years of four digits, which every reader understands. */
    private static boolean ofOurAge(int year) {
        return year >= 1 && year <= 9999;
    }

    /** False if no row of the file has this value in the column. */
    static boolean mayHold(String stats, Column column, Object value) {
        JsonNode all = MAPPER.readTree(stats);
        JsonNode least = all.path("minValues").path(column.name());
        JsonNode greatest = all.path("maxValues").path(column.name());
        return least.isMissingNode()
                || greatest.isMissingNode()
                || (compare(column.type(), least, value) <= 0 && compare(column.type(), greatest, value) >= 0);
    }

    private static int compare(ColumnType type, JsonNode bound, Object value) {
        return switch (type) {
            case LONG -> Long.compare(bound.asLong(), (Long) value);
            case TIMESTAMP -> Instant.parse(bound.asString()).compareTo((Instant) value);
            case DATE -> LocalDate.parse(bound.asString()).compareTo((LocalDate) value);
            case STRING, DOUBLE, BOOLEAN, DECIMAL, JSON ->
                throw new IllegalArgumentException("no bounds of " + Objects.requireNonNull(type));
        };
    }
}
