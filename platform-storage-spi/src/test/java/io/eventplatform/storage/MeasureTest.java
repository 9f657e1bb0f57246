package io.eventplatform.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.aggregate.Aggregate;
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
