package io.eventplatform.storage.duckdb.internal;

import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/**
 * Columns and their values in DuckDB. Instants cross as microseconds and dates as days: the driver's own
 * conversions depend on the JVM's zone, or on the Julian calendar.
 */
public final class ColumnSql {

    // Beyond these, DuckDB means infinity, or fails so hard that the file is closed.
    private static final long FIRST_MICRO = -9_223_372_022_400_000_000L;
    private static final long LAST_MICRO = Long.MAX_VALUE - 1;
    private static final long LAST_DAY = Integer.MAX_VALUE - 1L;
    private static final long FIRST_DAY = -LAST_DAY;

    private ColumnSql() {}

    /** A name as SQL takes it whatever it is; names have no quotes in them. */
    public static String quoted(String name) {
        return '"' + name + '"';
    }

    /** The type in SQL. */
    public static String type(ColumnType type) {
        return switch (type) {
            case STRING -> "VARCHAR";
            case LONG -> "BIGINT";
            case DOUBLE -> "DOUBLE";
            case BOOLEAN -> "BOOLEAN";
            case DECIMAL -> "DECIMAL(38,9)";
            case TIMESTAMP -> "TIMESTAMP";
            case DATE -> "DATE";
            case JSON -> "JSON";
        };
    }

    /** The reverse of {@link #type}; empty for a type of DuckDB's that no column of ours has. */
    public static Optional<ColumnType> fromType(String duckDbType) {
        for (ColumnType type : ColumnType.values()) {
            if (type(type).equals(duckDbType)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /**
     * Appends a value in its canonical form.
     *
     * @throws IllegalArgumentException naming the column, if DuckDB cannot keep the value
     */
    public static void append(DuckDBAppender appender, Column column, @Nullable Object value) throws SQLException {
        if (value == null) {
            appender.appendNull();
            return;
        }
        switch (column.type()) {
            case STRING, JSON -> appender.append((String) value);
            case LONG -> appender.append(((Long) value).longValue());
            case DOUBLE -> appender.append(((Double) value).doubleValue());
            case BOOLEAN -> appender.append(((Boolean) value).booleanValue());
            case DECIMAL -> appender.append((BigDecimal) value);
            case TIMESTAMP -> appender.appendEpochMicros(micros(column, (Instant) value));
            case DATE -> appender.appendEpochDays(days(column, (LocalDate) value));
        }
    }

    /** A parameter of the type, to be filled by {@link #bind}. */
    static String parameter(ColumnType type) {
        return switch (type) {
            case TIMESTAMP -> "make_timestamp(?)";
            case DATE -> "(DATE '1970-01-01' + CAST(? AS INTEGER))";
            case DECIMAL -> "CAST(? AS DECIMAL(38,9))";
            case STRING, LONG, DOUBLE, BOOLEAN, JSON -> "?";
        };
    }

    static void bind(PreparedStatement statement, int index, Column column, Object value) throws SQLException {
        switch (column.type()) {
            case STRING, JSON -> statement.setString(index, (String) value);
            case LONG -> statement.setLong(index, (Long) value);
            case DOUBLE -> statement.setDouble(index, (Double) value);
            case BOOLEAN -> statement.setBoolean(index, (Boolean) value);
            case DECIMAL -> statement.setBigDecimal(index, (BigDecimal) value);
            case TIMESTAMP -> statement.setLong(index, micros(column, (Instant) value));
            case DATE -> statement.setLong(index, days(column, (LocalDate) value));
        }
    }

    /** The expression that {@link #read} reads. */
    static String selected(Column column) {
        String name = quoted(column.name());
        return switch (column.type()) {
            case TIMESTAMP -> "epoch_us(" + name + ")";
            case DATE -> name + " - DATE '1970-01-01'";
            case STRING, LONG, DOUBLE, BOOLEAN, DECIMAL, JSON -> name;
        };
    }

    static @Nullable Object read(ResultSet rows, int index, ColumnType type) throws SQLException {
        Object value =
                switch (type) {
                    case STRING, JSON -> rows.getString(index);
                    case LONG, TIMESTAMP, DATE -> rows.getLong(index);
                    case DOUBLE -> rows.getDouble(index);
                    case BOOLEAN -> rows.getBoolean(index);
                    case DECIMAL -> rows.getBigDecimal(index);
                };
        if (rows.wasNull()) {
            return null;
        }
        return switch (type) {
            case TIMESTAMP -> instant((Long) value);
            case DATE -> LocalDate.ofEpochDay((Long) value);
            case STRING, LONG, DOUBLE, BOOLEAN, DECIMAL, JSON -> value;
        };
    }

    /** The instant so many microseconds after 1970. */
    public static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /** Microseconds since 1970; finer digits are cut off. */
    public static long micros(Instant instant) {
        // ChronoUnit.MICROS.between goes through nanoseconds, which overflow in the year 2262.
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
    }

    private static long micros(Column column, Instant instant) {
        if (instant.isBefore(instant(FIRST_MICRO)) || instant.isAfter(instant(LAST_MICRO))) {
            throw new IllegalArgumentException("column " + column.name() + " takes instants from "
                    + instant(FIRST_MICRO) + " to " + instant(LAST_MICRO) + " but was " + instant);
        }
        return micros(instant);
    }

    private static int days(Column column, LocalDate date) {
        if (date.toEpochDay() < FIRST_DAY || date.toEpochDay() > LAST_DAY) {
            throw new IllegalArgumentException("column " + column.name() + " takes dates from "
                    + LocalDate.ofEpochDay(FIRST_DAY) + " to " + LocalDate.ofEpochDay(LAST_DAY) + " but was " + date);
        }
        return (int) date.toEpochDay();
    }
}
