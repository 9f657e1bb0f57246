package io.eventplatform.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.aggregate.Aggregate;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class MeasureTest {

    @Test
    void onlyACountNeedsAValueInEveryRow() {
        assertThat(Measure.count("n").column()).isEqualTo(Column.required("n", ColumnType.LONG));
        assertThat(Measure.sum("total", ColumnType.DECIMAL).column())
                .isEqualTo(Column.optional("total", ColumnType.DECIMAL));
        assertThat(Measure.min("first", ColumnType.DATE).column()).isEqualTo(Column.optional("first", ColumnType.DATE));
        assertThat(Measure.max("last", ColumnType.TIMESTAMP).column())
                .isEqualTo(Column.optional("last", ColumnType.TIMESTAMP));
    }

    @ParameterizedTest
    @EnumSource(names = {"LONG", "DOUBLE", "DECIMAL"})
    void aSumIsKeptAsANumber(ColumnType type) {
        assertThat(Measure.sum("total", type).type()).isEqualTo(type);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JSON")
    void anExtremeIsKeptAsAnyTypeThatHasAnOrder(ColumnType type) {
        assertThat(Measure.min("first", type).type()).isEqualTo(type);
        assertThat(Measure.max("last", type).type()).isEqualTo(type);
    }

    @Test
    void aDistinctIsReadAsANumberThatEveryGroupHas() {
        Measure users = Measure.distinct("active_users", ColumnType.STRING);

        assertThat(users.column()).isEqualTo(Column.required("active_users", ColumnType.LONG));
        assertThat(users.type()).isEqualTo(ColumnType.STRING);
    }

    @Test
    void onlyACountOfEventsNeedsNoValues() {
        assertThat(Measure.count("n").countsEvents()).isTrue();
        assertThat(Measure.distinct("users", ColumnType.STRING).countsEvents()).isFalse();
        assertThat(Measure.sum("total", ColumnType.LONG).countsEvents()).isFalse();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("members")
    void aMemberIsKeptAsTheTextOfItsCanonicalForm(ColumnType type, Object value, String text) {
        Measure measure = Measure.distinct("m", type);

        assertThat(measure.member(type.canonical("m", value))).isEqualTo("m:" + text);
    }

    static Stream<Arguments> members() {
        return Stream.of(
                Arguments.of(ColumnType.STRING, "a:b", "a:b"),
                Arguments.of(ColumnType.STRING, "", ""),
                Arguments.of(ColumnType.LONG, -7L, "-7"),
                Arguments.of(ColumnType.BOOLEAN, true, "true"),
                Arguments.of(ColumnType.DOUBLE, 0.1, "0x1.999999999999ap-4"),
                Arguments.of(ColumnType.DOUBLE, -0.0, "0x0.0p0"),
                Arguments.of(ColumnType.DOUBLE, Double.NaN, "NaN"),
                Arguments.of(ColumnType.DECIMAL, new BigDecimal("1E+2"), "100.000000000"),
                Arguments.of(ColumnType.DECIMAL, new BigDecimal("100.0"), "100.000000000"),
                Arguments.of(
                        ColumnType.TIMESTAMP,
                        Instant.parse("2026-01-01T00:00:00.0000019Z"),
                        "2026-01-01T00:00:00.000001Z"),
                Arguments.of(ColumnType.DATE, LocalDate.of(2026, 1, 31), "2026-01-31"));
    }

    @Test
    void whatCannotBeDistinctIsRefused() {
        assertThatThrownBy(() -> Measure.distinct("documents", ColumnType.JSON))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("measure documents: members must not be JSON, since one document has many spellings");
        assertThatThrownBy(() -> new Measure("total", Aggregate.sum(), ColumnType.LONG, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("measure total: different values can be counted, but sum takes every value");
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("refused")
    void whatCannotBeAMeasureIsRefused(String name, Aggregate aggregate, ColumnType type, String message) {
        assertThatThrownBy(() -> new Measure(name, aggregate, type))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(
                        "Total",
                        Aggregate.count(),
                        ColumnType.LONG,
                        "measure name must be 1 to 63 of a-z, 0-9 and _, not starting with a digit, but was \"Total\""),
                Arguments.of(
                        "_total",
                        Aggregate.count(),
                        ColumnType.LONG,
                        "measure _total must not start with _, which marks columns of the platform"),
                Arguments.of(
                        "total", Aggregate.count(), ColumnType.STRING, "measure total: count cannot be kept as STRING"),
                Arguments.of(
                        "total", Aggregate.sum(), ColumnType.STRING, "measure total: sum cannot be kept as STRING"),
                Arguments.of("total", Aggregate.min(), ColumnType.JSON, "measure total: min cannot be kept as JSON"),
                Arguments.of("total", Aggregate.max(), ColumnType.JSON, "measure total: max cannot be kept as JSON"));
    }
}
