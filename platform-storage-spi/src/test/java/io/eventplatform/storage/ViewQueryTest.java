package io.eventplatform.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.storage.ViewQuery.Comparison;
import io.eventplatform.storage.ViewQuery.Condition;
import io.eventplatform.storage.ViewQuery.Condition.AnyOf;
import io.eventplatform.storage.ViewQuery.Condition.Bound;
import io.eventplatform.storage.ViewQuery.Order;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ViewQueryTest {

    private static final SinkId SINK = new SinkId("hot");
    private static final SourceShard P0 = new SourceShard("id-1", "sales", 0);
    private static final SourceShard P1 = new SourceShard("id-1", "sales", 1);
    private static final LocalDate MON = LocalDate.of(2026, 1, 5);
    private static final LocalDate TUE = LocalDate.of(2026, 1, 6);
    private static final LocalDate WED = LocalDate.of(2026, 1, 7);

    private static final View SALES = View.named("sales")
            .groupBy(Column.required("day", ColumnType.DATE), Column.required("shop", ColumnType.STRING))
            .measure(
                    Measure.count("n"),
                    Measure.sum("revenue", ColumnType.DECIMAL),
                    Measure.max("largest", ColumnType.LONG),
                    Measure.max("note", ColumnType.STRING))
            .build();

    private final TableStore store = new InMemoryTableStore(() -> Instant.parse("2026-03-01T08:00:00Z"));
    private final Catalog catalog = Catalog.of(store, SINK, List.of(SALES));

    @BeforeEach
    void fill() {
        commit(
                P0,
                Row.of(MON, "north", "id-1", 0L, 2L, new BigDecimal("10.5"), 7L, null),
                Row.of(TUE, "north", "id-1", 0L, 1L, new BigDecimal("4"), 4L, null),
                Row.of(WED, "south", "id-1", 0L, 5L, null, null, null));
        commit(
                P1,
                Row.of(MON, "north", "id-1", 1L, 1L, new BigDecimal("1"), 9L, null),
                Row.of(MON, "south", "id-1", 1L, 4L, new BigDecimal("20"), 5L, null));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void valuesOfAGroupColumnChooseItsGroups() {
        ViewQuery query = sales().withCondition(new AnyOf("shop", List.of("south", "west")));

        assertThat(keys(query)).containsExactly(List.of(MON, "south"), List.of(WED, "south"));
        assertThat(keys(sales().withCondition(new AnyOf("shop", List.of())))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Comparison.class)
    void aBoundOfAGroupColumnChoosesARangeOfGroups(Comparison comparison) {
        ViewQuery query =
                sales().withCondition(new Bound("day", comparison, TUE)).withGroupBy(List.of("day"));

        assertThat(keys(query))
                .isEqualTo(
                        switch (comparison) {
                            case LESS -> List.of(List.of(MON));
                            case AT_MOST -> List.of(List.of(MON), List.of(TUE));
                            case MORE -> List.of(List.of(WED));
                            case AT_LEAST -> List.of(List.of(TUE), List.of(WED));
                        });
    }

    @Test
    void conditionsOnMeasuresHoldForMergedRowsAndNeverForRowsWithoutAValue() {
        // 2 and 1 in its two shards.
        assertThat(keys(sales().withCondition(new AnyOf("n", List.of(3L))))).containsExactly(List.of(MON, "north"));
        assertThat(keys(sales().withCondition(new Bound("largest", Comparison.LESS, 8L))))
                .containsExactly(List.of(MON, "south"), List.of(TUE, "north"));
    }

    @Test
    void aRollUpMergesTheAccumulatorsOfGroupsThatDifferInOtherColumns() {
        ViewResult result = catalog.read(sales().withGroupBy(List.of("shop")));

        assertThat(result.columns())
                .extracting(Column::name)
                .containsExactly("shop", "n", "revenue", "largest", "note");
        assertThat(result.rows())
                .containsExactly(
                        Row.of("north", 4L, new BigDecimal("15.500000000"), 9L, null),
                        Row.of("south", 9L, new BigDecimal("20.000000000"), 5L, null));
    }

    @Test
    void aRollUpToNoColumnIsOneRowOfTotals() {
        assertThat(catalog.read(sales().withGroupBy(List.of())).rows())
                .containsExactly(Row.of(13L, new BigDecimal("35.500000000"), 9L, null));
    }

    @Test
    void aRollUpKeepsItsColumnsInTheOrderTheyAreNamed() {
        assertThat(keys(sales().withGroupBy(List.of("shop", "day"))))
                .containsExactly(
                        List.of("north", MON), List.of("north", TUE), List.of("south", MON), List.of("south", WED));
    }

    @Test
    void aConditionMayBeOnAColumnThatIsRolledUp() {
        ViewQuery query = sales().withGroupBy(List.of("shop"))
                .withCondition(new Bound("day", Comparison.AT_MOST, MON))
                .withCondition(new Bound("n", Comparison.MORE, 3L));

        assertThat(keys(query)).containsExactly(List.of("south"));
    }

    @Test
    void rowsAreSortedByTheColumnsAskedForThenByGroupAndThoseWithoutAValueAreLast() {
        assertThat(keys(sales().withOrder(List.of(new Order("revenue", true)))))
                .containsExactly(
                        List.of(MON, "south"), List.of(MON, "north"), List.of(TUE, "north"), List.of(WED, "south"));
        assertThat(keys(sales().withOrder(List.of(new Order("revenue", false)))))
                .endsWith(List.of(WED, "south"));
        assertThat(keys(sales().withOrder(List.of(new Order("shop", true), new Order("n", false)))))
                .containsExactly(
                        List.of(MON, "south"), List.of(WED, "south"), List.of(TUE, "north"), List.of(MON, "north"));
    }

    @Test
    void aLimitCutsTheSortedRowsAndTellsHowManyThereAre() {
        ViewResult cut =
                catalog.read(sales().withOrder(List.of(new Order("n", true))).withLimit(1));

        assertThat(cut.rows()).extracting(row -> row.get(2)).containsExactly(5L);
        assertThat(cut.totalRows()).isEqualTo(4);
        assertThat(cut.truncated()).isTrue();
        assertThat(catalog.read(sales().withLimit(4)).truncated()).isFalse();
    }

    @Test
    void anAnswerIsCompleteOnceEveryShardHasStarted() {
        assertThat(catalog.read("sales").complete()).isTrue();

        store.open(SINK, Set.of(new SourceShard("id-1", "sales", 2)));

        assertThat(catalog.read("sales").complete()).isFalse();
        assertThat(Catalog.of(store, new SinkId("other"), List.of(SALES))
                        .read("sales")
                        .complete())
                .isFalse();
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void whatTheViewCannotAnswerIsRefused(ViewQuery query, String message) {
        assertThatThrownBy(() -> catalog.read(query))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    static Stream<Arguments> refusals() {
        Condition wrongType = new AnyOf("day", List.of("monday"));
        return Stream.of(
                Arguments.of(sales().withGroupBy(List.of("n")), "no column \"n\" here, only day, shop"),
                Arguments.of(sales().withGroupBy(List.of("day", "day")), "column day is named twice"),
                Arguments.of(
                        sales().withCondition(new AnyOf("town", List.of("a"))),
                        "no column \"town\" here, only day, shop, n, revenue, largest, note"),
                Arguments.of(
                        sales().withGroupBy(List.of("shop")).withOrder(List.of(new Order("day", false))),
                        "no column \"day\" here, only shop, n, revenue, largest, note"),
                Arguments.of(
                        sales().withCondition(wrongType),
                        "column day takes LocalDate (DATE) but was java.lang.String"));
    }

    @Test
    void aLimitOfNothingIsRefused() {
        assertThatThrownBy(() -> sales().withLimit(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("limit must be 1 or more but was 0");
    }

    private static ViewQuery sales() {
        return ViewQuery.of("sales");
    }

    /** The group columns of each row. */
    private List<List<Object>> keys(ViewQuery query) {
        ViewResult result = catalog.read(query);
        int size = result.columns().size() - SALES.measures().size();
        return result.rows().stream()
                .map(row -> List.copyOf(row.values().subList(0, size)))
                .toList();
    }

    private void commit(SourceShard shard, Row... rows) {
        store.ensureTable(SALES.table());
        Position expected = store.open(SINK, Set.of(shard));
        WriteBatch batch = new WriteBatch(
                UUID.randomUUID(),
                List.of(new TableRows(SALES.table(), List.of(rows))),
                expected,
                Position.of(Map.of(shard, 10L)));
        assertThat(store.commit(SINK, batch)).isInstanceOf(CommitOutcome.Committed.class);
    }
}
