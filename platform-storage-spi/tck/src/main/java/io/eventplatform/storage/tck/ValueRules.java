package io.eventplatform.storage.tck;

import static io.eventplatform.storage.tck.Bench.A;
import static io.eventplatform.storage.tck.Bench.EVENTS;
import static io.eventplatform.storage.tck.Bench.SINK;
import static io.eventplatform.storage.tck.Bench.at;
import static io.eventplatform.storage.tck.Bench.batch;
import static io.eventplatform.storage.tck.Bench.events;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.Query.Filter;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableSpec;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;

/** Values come back as they were written, or are refused; they are never changed in silence. */
abstract class ValueRules extends Rules {

    private static final String NUL = "\0";

    @Test
    void h11_textComesBackAsWritten() {
        assertComesBack(
                ColumnType.STRING,
                "",
                " ",
                "plain",
                "zażółć gęślą jaźń",
                "漢字 and 😀",
                "e\u0301 is not é",
                "quotes ' \" ` and \\ and ; --",
                "line\r\nbreak\ttab",
                "null",
                "\uFEFF byte order mark, \uFFFF");
    }

    @Test
    void h11_aNulCharacterIsStoredExactlyOrRefused() {
        assertComesBackOrIsRefused(ColumnType.STRING, NUL);
        assertComesBackOrIsRefused(ColumnType.STRING, "before" + NUL + "after");
    }

    @Test
    void h11_halfASurrogatePairIsRefused() {
        assertRefused(ColumnType.STRING, "half \uD83D pair");
        assertRefused(ColumnType.STRING, "\uDE00");
    }

    @Test
    void h11_halfASurrogatePairInJsonIsRefused() {
        assertRefused(ColumnType.JSON, "\"\uD83D\"");
    }

    @Test
    void h11_longsComeBackAsWritten() {
        assertComesBack(ColumnType.LONG, Long.MIN_VALUE, -1L, 0L, 1L, 1L << 53, (1L << 53) + 1, Long.MAX_VALUE);
    }

    @Test
    void h11_doublesComeBackAsWritten() {
        assertComesBack(
                ColumnType.DOUBLE,
                Double.NaN,
                Double.NEGATIVE_INFINITY,
                Double.POSITIVE_INFINITY,
                Double.MIN_VALUE,
                Double.MIN_NORMAL,
                Double.MAX_VALUE,
                -Double.MAX_VALUE,
                -0.0,
                0.1 + 0.2,
                1e-300);
    }

    @Test
    void h11_booleansComeBackAsWritten() {
        assertComesBack(ColumnType.BOOLEAN, true, false);
    }

    @Test
    void h11_decimalsComeBackExactly() {
        assertComesBack(
                ColumnType.DECIMAL,
                BigDecimal.ZERO,
                new BigDecimal("0.000000001"),
                new BigDecimal("-0.1"),
                new BigDecimal("19.99"),
                new BigDecimal("1E+28"),
                new BigDecimal("2.5000000000000000"),
                new BigDecimal("99999999999999999999999999999.999999999"),
                new BigDecimal("-99999999999999999999999999999.999999999"));
    }

    @Test
    void h11_decimalsWithTooManyDigitsAreRefusedAndNotRounded() {
        assertRefused(ColumnType.DECIMAL, new BigDecimal("0.0000000001"));
        assertRefused(ColumnType.DECIMAL, new BigDecimal("100000000000000000000000000000"));
        assertRefused(ColumnType.DECIMAL, new BigDecimal("1E+1000000"));
    }

    @Test
    void h11_instantsComeBackToTheMicrosecondInAnyZone() {
        Object[] instants = {
            Instant.EPOCH,
            Instant.parse("1969-12-31T23:59:59.999999Z"),
            Instant.parse("1900-01-01T00:00:00.000001Z"),
            Instant.parse("1883-11-18T17:00:00.123456Z"), // New York leaves local mean time
            Instant.parse("1582-10-10T12:00:00Z"), // a day the Julian calendar skipped
            Instant.parse("0001-01-01T00:00:00Z"),
            Instant.parse("2018-11-04T03:30:00.5Z"), // 00:30 in São Paulo, which does not exist
            Instant.parse("2024-03-10T07:30:00Z"), // 02:30 in New York, which does not exist
            Instant.parse("2024-11-03T05:30:00Z"), // 01:30 in New York, the first of two
            Instant.parse("2024-11-03T06:30:00Z"), // and the second
            Instant.parse("2016-12-31T23:59:59.999999Z"),
            Instant.parse("9999-12-31T23:59:59.999999Z"),
            Instant.parse("2024-05-17T10:11:12.123456789Z") // nanoseconds are cut off
        };
        for (String zone : List.of("America/Sao_Paulo", "America/New_York", "Asia/Kolkata", "UTC")) {
            inZone(zone, () -> assertComesBack(ColumnType.TIMESTAMP, instants));
        }
    }

    @Test
    void h11_theZoneOfTheReaderDoesNotMoveAnInstant() {
        Instant written = Instant.parse("2018-11-04T03:30:00.5Z");
        inZone("America/Sao_Paulo", () -> writeOne(ColumnType.TIMESTAMP, written));

        if (bench().fixture().durable()) {
            inZone("Pacific/Kiritimati", () -> bench().reopen());
        }

        inZone("Asia/Kolkata", () -> assertThat(bench().read(table(ColumnType.TIMESTAMP)))
                .containsExactly(Row.of(0L, written)));
    }

    @Test
    void h11_instantsOfOtherAgesAreStoredExactlyOrRefused() {
        assertComesBackOrIsRefused(ColumnType.TIMESTAMP, Instant.parse("-4000-01-01T00:00:00Z"));
        assertComesBackOrIsRefused(ColumnType.TIMESTAMP, Instant.parse("+200000-01-01T00:00:00Z"));
        Instant lastMicro = Instant.EPOCH.plus(Long.MAX_VALUE, ChronoUnit.MICROS);
        assertComesBackOrIsRefused(ColumnType.TIMESTAMP, lastMicro);
        assertComesBackOrIsRefused(ColumnType.TIMESTAMP, lastMicro.minusNanos(1_000));
        assertComesBackOrIsRefused(ColumnType.TIMESTAMP, lastMicro.plusNanos(1_000));
        assertComesBackOrIsRefused(ColumnType.TIMESTAMP, Instant.EPOCH.plus(Long.MIN_VALUE, ChronoUnit.MICROS));
        assertComesBackOrIsRefused(ColumnType.TIMESTAMP, Instant.MIN);
        assertComesBackOrIsRefused(ColumnType.TIMESTAMP, Instant.MAX);
    }

    @Test
    void h11_datesComeBackAsWritten() {
        Object[] dates = {
            LocalDate.EPOCH,
            LocalDate.of(1969, 12, 31),
            LocalDate.of(1582, 10, 4),
            LocalDate.of(1582, 10, 10),
            LocalDate.of(1500, 2, 28),
            LocalDate.of(1, 1, 1),
            LocalDate.of(2024, 2, 29),
            LocalDate.of(2018, 11, 4), // begins at 01:00 in São Paulo
            LocalDate.of(2011, 12, 30), // did not take place on Samoa
            LocalDate.of(9999, 12, 31)
        };
        for (String zone : List.of("America/Sao_Paulo", "Pacific/Apia", "UTC")) {
            inZone(zone, () -> assertComesBack(ColumnType.DATE, dates));
        }
    }

    @Test
    void h11_datesOfOtherAgesAreStoredExactlyOrRefused() {
        assertComesBackOrIsRefused(ColumnType.DATE, LocalDate.of(-44, 3, 15));
        assertComesBackOrIsRefused(ColumnType.DATE, LocalDate.ofEpochDay(Integer.MAX_VALUE));
        assertComesBackOrIsRefused(ColumnType.DATE, LocalDate.ofEpochDay(-Integer.MAX_VALUE));
        assertComesBackOrIsRefused(ColumnType.DATE, LocalDate.MIN);
        assertComesBackOrIsRefused(ColumnType.DATE, LocalDate.MAX);
    }

    @Test
    void h11_jsonTextComesBackAsWritten() {
        assertComesBack(
                ColumnType.JSON,
                "{}",
                "null",
                "{\"b\":1,\"a\":2,\"a\":3}",
                "{ \"spaces\" : [ 1.0 , 1e400, 12345678901234567890123 ] }",
                "\"\\u0000 and \\ud83d\"");
    }

    @Test
    void h11_theLocaleDoesNotMatterToDecimals() {
        inArabic(() -> assertComesBack(ColumnType.DECIMAL, new BigDecimal("1234567.891")));
    }

    @Test
    void h11_theLocaleDoesNotMatterToInstants() {
        inArabic(() -> assertComesBack(ColumnType.TIMESTAMP, Instant.parse("2024-05-17T10:11:12.123456Z")));
    }

    private static void inArabic(Runnable action) {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            action.run();
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void h12_aHundredThousandRowsFitInOneBatch() {
        bench().prepared();

        bench().commit(events(A, 0, 100_000));

        assertThat(bench().position(A)).isEqualTo(at(A, 100_000));
        bench().assertRowsMatchPosition(A);
    }

    @Test
    void h12_aValueMayHaveAMegabyte() {
        bench().prepared();
        String big = "0123456789abcdeé".repeat(1 << 16);

        bench().commit(batch(at(A, -1), at(A, 1), new TableRows(EVENTS, List.of(Row.of(0L, 0L, big)))));

        List<Row> rows = bench().read(Query.of(EVENTS.name()).withColumns(List.of("note")));
        assertThat(rows.equals(List.of(Row.of(big))))
                .as("a value of 1,048,576 characters is read as it was written")
                .isTrue();
    }

    // How values are written and read back

    /**
     * Through an APPEND table, by filter, as the key and a value of an UPSERT table, and after a restart.
     */
    private void assertComesBack(ColumnType type, Object... values) {
        Map<Long, Row> byId = new LinkedHashMap<>();
        for (Object value : values) {
            long id = writeOne(type, value);
            Row expected = Row.of(id, type.canonical("v", value));
            byId.put(id, expected);

            assertThat(bench().read(written(type, id)))
                    .as("%s %s read back", type, value)
                    .containsExactly(expected);
            assertThat(bench().read(written(type, id).withFilter(new Filter.Equal("v", value))))
                    .as("rows found by %s = %s", type, value)
                    .containsExactly(expected);
            assertThat(bench().read(Query.of(table(type).name())
                            .withFilter(new Filter.AnyOf(List.of("v", "id"), List.of(List.of(value, id))))))
                    .as("rows found by the combination of %s %s and %d", type, value, id)
                    .containsExactly(expected);
        }
        if (Bench.hasTotals(bench().store()) && type != ColumnType.JSON) {
            assertComesBackThroughAKey(type, values);
        }
        if (bench().fixture().durable()) {
            bench().reopen();
            byId.forEach((id, expected) -> assertThat(bench().read(written(type, id)))
                    .as("%s %s read back after a restart", type, expected.get(1))
                    .containsExactly(expected));
        }
    }

    private void assertComesBackThroughAKey(ColumnType type, Object... values) {
        TableSpec table = TableSpec.upsert(
                "keys_" + ids++, List.of(Column.required("k", type), Column.optional("v", type)), List.of("k"));
        bench().store().ensureTable(table);
        List<Row> rows =
                Arrays.stream(values).map(value -> Row.of(value, value)).toList();
        List<Row> expected = Arrays.stream(values)
                .map(value -> Row.of(type.canonical("k", value), type.canonical("v", value)))
                .toList();

        commit(new TableRows(table, rows));
        commit(new TableRows(table, rows));

        assertThat(bench().read(table))
                .as("rows with keys of type %s, written twice", type)
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    private void assertComesBackOrIsRefused(ColumnType type, Object value) {
        List<Row> stored = new ArrayList<>();
        try {
            stored.add(Row.of(writeOne(type, value), type.canonical("v", value)));
        } catch (StoreException.RowsRejected refused) {
            assertThat(refused.table()).isEqualTo(table(type).name());
        }

        assertThat(bench().read(written(type, ids - 1)))
                .as("%s %s, which is stored exactly or rejected", type, value)
                .isEqualTo(stored);
    }

    private void assertRefused(ColumnType type, Object value) {
        assertRefused(
                StoreException.RowsRejected.class,
                "%s %s, which no store may change in silence".formatted(type, value),
                () -> writeOne(type, value));
        assertThat(bench().read(table(type))).isEmpty();
    }

    /** One table for all values of a type: a store may have no more than one. */
    private static TableSpec table(ColumnType type) {
        return TableSpec.append(
                "values_" + type.name().toLowerCase(Locale.ROOT),
                List.of(Column.required("id", ColumnType.LONG), Column.optional("v", type)));
    }

    private static Query written(ColumnType type, long id) {
        return Query.of(table(type).name()).withFilter(new Filter.Equal("id", id));
    }

    private long ids;

    /** Writes the value in a row of its own; returns the row's id. */
    private long writeOne(ColumnType type, Object value) {
        long id = ids++;
        bench().store().ensureTable(table(type));
        commit(new TableRows(table(type), List.of(Row.of(id, value))));
        return id;
    }

    private void commit(TableRows rows) {
        long from = bench().position(A).of(A);
        bench().store().commit(SINK, batch(at(A, from), at(A, from + 1), rows));
    }

    private static void inZone(String zone, Runnable action) {
        TimeZone before = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone(zone));
            action.run();
        } finally {
            TimeZone.setDefault(before);
        }
    }
}
