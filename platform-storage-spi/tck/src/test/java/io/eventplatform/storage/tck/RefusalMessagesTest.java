package io.eventplatform.storage.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.Query.Filter;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableSpec;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every store says when it refuses, since the words come from the model and not from the adapter. */
class RefusalMessagesTest {

    private static final TableSpec TOTALS = TableSpec.upsert(
            "totals",
            List.of(
                    Column.required("name", ColumnType.STRING),
                    Column.optional("total", ColumnType.LONG),
                    Column.optional("price", ColumnType.DECIMAL)),
            List.of("name"));

    @Test
    void rowsThatDoNotFitAreAllNamedAndTheFirstIsExplained() {
        TableRows rows = new TableRows(
                TOTALS, List.of(Row.of("a", 1L, null), Row.of(null, 2L, null), Row.of("c", "three", null)));

        assertThatThrownBy(rows::checked).isInstanceOfSatisfying(StoreException.RowsRejected.class, rejected -> {
            assertThat(rejected)
                    .hasMessage("table totals refuses 2 of 3 rows, first row 1: column totals.name needs a value");
            assertThat(rejected.table()).isEqualTo("totals");
            assertThat(rejected.indices()).containsExactly(1, 2);
        });
    }

    @Test
    void aValueThatDoesNotFitIsExplained() {
        assertRowRefused(Row.of("a", 1, null), "column totals.total takes Long (LONG) but was java.lang.Integer");
        assertRowRefused(
                Row.of("a\uD83D", 1L, null),
                "column totals.name takes Unicode text but has half a surrogate pair at index 1");
        assertRowRefused(
                Row.of("a", 1L, new BigDecimal("1.0000000001")),
                "column totals.price takes at most 29 digits before and 9 after the point but the number has 1 and 10");
        assertRowRefused(Row.of("a", 1L), "table totals has 3 columns but the row has 2 values");
    }

    private static void assertRowRefused(Row row, String message) {
        assertThatThrownBy(() -> row.checkedFor(TOTALS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void aKeyTwiceIsNamed() {
        TableRows rows =
                new TableRows(TOTALS, List.of(Row.of("a", 1L, null), Row.of("b", 1L, null), Row.of("a", 2L, null)));

        assertThatThrownBy(rows::checked)
                .isInstanceOf(StoreException.Configuration.class)
                .hasMessage(
                        "table totals: rows 0 and 2 of one batch have the same key [name]. Reduce them to one row before"
                                + " the commit.");
    }

    @Test
    void anIncompatibleTableIsExplained() {
        Column name = TOTALS.columns().get(0);

        assertIncompatible(
                TableSpec.append("totals", TOTALS.columns()),
                "table totals is UPSERT with key [name] but is declared APPEND with key []. Declare what exists, or use a"
                        + " new table name.");
        assertIncompatible(
                TableSpec.upsert("totals", List.of(name, Column.optional("total", ColumnType.DOUBLE)), List.of("name")),
                "table totals has column total LONG (optional) but it is declared total DOUBLE (optional). Declare what"
                        + " exists, or use a new table name.");
        assertIncompatible(
                TableSpec.upsert("totals", List.of(name, Column.required("more", ColumnType.LONG)), List.of("name")),
                "table totals lacks the required column more, for which its rows have no value; only optional columns can"
                        + " be added. Declare what exists, or use a new table name.");
    }

    private static void assertIncompatible(TableSpec declared, String message) {
        assertThatThrownBy(() -> TOTALS.lackingFor(declared))
                .isInstanceOf(StoreException.SchemaIncompatible.class)
                .hasMessage(message);
    }

    @Test
    void aQueryThatDoesNotFitIsExplained() {
        assertThatThrownBy(() -> Query.of("totals").withColumns(List.of("nmae")).checkedFor(TOTALS))
                .isInstanceOf(StoreException.Configuration.class)
                .hasMessage("query of table totals: table totals has no column nmae, only [name, total, price]");
        assertThatThrownBy(() -> Query.of("totals")
                        .withFilter(new Filter.Equal("total", 1))
                        .checkedFor(TOTALS))
                .hasMessage("query of table totals: column totals.total takes Long (LONG) but was java.lang.Integer");
        assertThatThrownBy(() -> new Filter.AnyOf(List.of(), List.of()))
                .hasMessage("a filter by combinations needs a column");
    }
}
