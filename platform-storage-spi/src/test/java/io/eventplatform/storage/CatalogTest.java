package io.eventplatform.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CatalogTest {

    private static final SinkId SINK = new SinkId("hot");
    private static final SourceShard P0 = new SourceShard("id-1", "signups", 0);
    private static final SourceShard P1 = new SourceShard("id-1", "signups", 1);
    private static final SourceShard P2 = new SourceShard("id-1", "signups", 2);
    private static final Instant EARLY = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant LATE = Instant.parse("2026-01-02T00:00:00Z");

    private static final View SIGNUPS = View.named("signups")
            .groupBy(Column.required("user_id", ColumnType.STRING))
            .measure(Measure.count("signup_count"), Measure.max("last_signup_at", ColumnType.TIMESTAMP))
            .build();

    private Instant now = Instant.parse("2026-03-01T08:00:00Z");
    private final TableStore store = new InMemoryTableStore(() -> now);
    private final Catalog catalog = Catalog.of(store, SINK, List.of(SIGNUPS));

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void theShardsOfAGroupAreMergedIntoOneRow() {
        commit(P0, 10, Row.of("ann", "id-1", 0L, 2L, EARLY), Row.of("bob", "id-1", 0L, 1L, null));
        commit(P1, 7, Row.of("ann", "id-1", 1L, 3L, LATE), Row.of("cid", "id-1", 1L, 1L, EARLY));

        ViewResult result = catalog.read("signups");

        assertThat(result.view()).isEqualTo(SIGNUPS);
        assertThat(result.columns())
                .extracting(Column::name)
                .containsExactly("user_id", "signup_count", "last_signup_at");
        assertThat(result.rows())
                .containsExactly(Row.of("ann", 5L, LATE), Row.of("bob", 1L, null), Row.of("cid", 1L, EARLY));
    }

    @Test
    void partitionsOfATopicThatWasCreatedAgainAreShardsOfTheirOwn() {
        SourceShard again = new SourceShard("id-2", "signups", 0);
        commit(P0, 10, Row.of("ann", "id-1", 0L, 2L, EARLY));
        commit(again, 1, Row.of("ann", "id-2", 0L, 1L, LATE));

        assertThat(catalog.read("signups").rows()).containsExactly(Row.of("ann", 3L, LATE));
    }

    @Test
    void aCommittedRowReplacesTheOneOfItsShardAndIsNotAddedToIt() {
        commit(P0, 10, Row.of("ann", "id-1", 0L, 2L, EARLY));
        commit(P0, 11, Row.of("ann", "id-1", 0L, 3L, EARLY));

        assertThat(catalog.read("signups").rows()).containsExactly(Row.of("ann", 3L, EARLY));
    }

    @Test
    void theResultTellsHowFarItReachesAndHowFreshItIs() {
        commit(P0, 10, Row.of("ann", "id-1", 0L, 2L, EARLY));
        now = now.plusSeconds(5);
        commit(P1, 7);

        ViewResult result = catalog.read("signups");

        assertThat(result.position()).isEqualTo(Position.of(Map.of(P0, 10L, P1, 7L)));
        assertThat(result.asOf()).contains(Instant.parse("2026-03-01T08:00:05Z"));
    }

    @Test
    void aViewIntoWhichNothingWasCommittedHasNoRowsAndNoTime() {
        store.ensureTable(SIGNUPS.table());

        ViewResult result = catalog.read("signups");

        assertThat(result.rows()).isEmpty();
        assertThat(result.asOf()).isEmpty();
    }

    @Test
    void rowsAreSortedByTheGroupColumnsOneAfterTheOther() {
        View byDay = View.named("by_day")
                .groupBy(Column.required("day", ColumnType.DATE), Column.required("level", ColumnType.LONG))
                .measure(Measure.count("n"))
                .build();
        LocalDate first = LocalDate.of(2026, 1, 1);
        LocalDate second = LocalDate.of(2026, 1, 2);
        commit(
                byDay,
                P0,
                5,
                Row.of(second, 1L, "id-1", 0L, 1L),
                Row.of(first, 10L, "id-1", 0L, 1L),
                Row.of(first, 9L, "id-1", 0L, 1L));

        List<Row> rows = Catalog.of(store, SINK, List.of(byDay)).read("by_day").rows();

        assertThat(rows).containsExactly(Row.of(first, 9L, 1L), Row.of(first, 10L, 1L), Row.of(second, 1L, 1L));
    }

    @Test
    void aViewWithoutGroupColumnsHasOneRowOfTotals() {
        View totals = View.named("totals").measure(Measure.count("n")).build();
        commit(totals, P0, 5, Row.of("id-1", 0L, 4L));
        commit(totals, P1, 5, Row.of("id-1", 1L, 6L));

        List<Row> rows = Catalog.of(store, SINK, List.of(totals)).read("totals").rows();

        assertThat(rows).containsExactly(Row.of(10L));
    }

    @Test
    void sumsThatOverflowTogetherAreAnErrorThatNamesTheMeasure() {
        View spent = View.named("spent")
                .measure(Measure.sum("cents", ColumnType.LONG))
                .build();
        commit(spent, P0, 5, Row.of("id-1", 0L, Long.MAX_VALUE));
        commit(spent, P1, 5, Row.of("id-1", 1L, 1L));
        Catalog spending = Catalog.of(store, SINK, List.of(spent));

        assertThatThrownBy(() -> spending.read("spent"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("view spent: shards of measure cents cannot be merged: sum exceeds the range");
    }

    @Test
    void decimalsThatOverflowOnlyOnTheWayAreAddedAndThoseThatStayTooLargeAreAnError() {
        View spent = View.named("spent")
                .measure(Measure.sum("amount", ColumnType.DECIMAL))
                .build();
        BigDecimal most = new BigDecimal("99999999999999999999999999999.999999999");
        commit(spent, P0, 5, Row.of("id-1", 0L, most));
        commit(spent, P1, 5, Row.of("id-1", 1L, most));
        commit(spent, P2, 5, Row.of("id-1", 2L, most.negate()));
        Catalog spending = Catalog.of(store, SINK, List.of(spent));

        assertThat(spending.read("spent").rows()).containsExactly(Row.of(most));

        commit(spent, P2, 6, Row.of("id-1", 2L, BigDecimal.ZERO));
        assertThatThrownBy(() -> spending.read("spent"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "view spent: shards of measure amount cannot be merged: column spent.amount takes at most 29"
                                + " digits before and 9 after the point but the number has 30 and 9");
    }

    @Test
    void anUnknownViewIsRefusedWithTheNamesOfThoseThereAre() {
        View totals = View.named("totals").measure(Measure.count("n")).build();
        Catalog two = Catalog.of(store, SINK, List.of(SIGNUPS, totals));

        UnknownViewException refusal = catchThrowableOfType(UnknownViewException.class, () -> two.read("sign_ups"));

        assertThat(refusal).hasMessage("no view \"sign_ups\"; known views: signups, totals");
        assertThat(refusal.view()).isEqualTo("sign_ups");
        assertThat(refusal.known()).containsExactly("signups", "totals");
        assertThatThrownBy(() -> Catalog.builder().build().read("x")).hasMessage("no view \"x\"; known views: none");
    }

    @Test
    void viewsOfSeveralSinksAreFoundInTheOrderTheyWereAdded() {
        View totals = View.named("totals").measure(Measure.count("n")).build();
        Catalog both = Catalog.builder()
                .add(store, new SinkId("b"), List.of(totals))
                .add(store, new SinkId("a"), List.of(SIGNUPS))
                .build();

        assertThat(both.views()).containsExactly(totals, SIGNUPS);
        assertThat(both.find("signups")).contains(SIGNUPS);
        assertThat(both.find("sign_ups")).isEmpty();
    }

    @Test
    void twoViewsOfOneNameAreRefused() {
        Catalog.Builder builder = Catalog.builder().add(store, new SinkId("a"), List.of(SIGNUPS));

        assertThatThrownBy(() -> builder.add(store, new SinkId("b"), List.of(SIGNUPS)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("view signups was added twice, by sink a and by sink b");
    }

    @Test
    void theCursorIsClosedAlsoWhenTheStoreFailsHalfway() {
        FailingStore failing = new FailingStore();
        Catalog broken = Catalog.of(failing, SINK, List.of(SIGNUPS));

        assertThatThrownBy(() -> broken.read("signups"))
                .isInstanceOf(StoreException.Transient.class)
                .hasMessage("disk gone");
        assertThat(failing.closedCursors).isEqualTo(1);
    }

    @Test
    void aViewWhoseTableIsNotThereYetIsAFailureOfTheStore() {
        assertThatThrownBy(() -> catalog.read("signups")).isInstanceOf(StoreException.Configuration.class);
    }

    private void commit(SourceShard shard, long next, Row... rows) {
        commit(SIGNUPS, shard, next, rows);
    }

    private void commit(View view, SourceShard shard, long next, Row... rows) {
        store.ensureTable(view.table());
        Position expected = store.open(SINK, Set.of(shard));
        WriteBatch batch = new WriteBatch(
                UUID.randomUUID(),
                List.of(new TableRows(view.table(), List.of(rows))),
                expected,
                Position.of(Map.of(shard, next)));
        assertThat(store.commit(SINK, batch)).isInstanceOf(CommitOutcome.Committed.class);
    }

    /** Fails after the first row of any query. */
    private static final class FailingStore implements TableStore {

        int closedCursors;

        @Override
        public Cursor query(Query query) {
            Iterator<Row> rows = new ArrayList<>(List.of(Row.of("ann", 1L, null))).iterator();
            return new Cursor() {
                @Override
                public boolean hasNext() {
                    return true;
                }

                @Override
                public Row next() {
                    if (rows.hasNext()) {
                        return rows.next();
                    }
                    throw new StoreException.Transient("disk gone", null);
                }

                @Override
                public List<Column> columns() {
                    return SIGNUPS.columns();
                }

                @Override
                public Position position() {
                    return Position.of(Map.of());
                }

                @Override
                public Optional<Instant> asOf() {
                    return Optional.empty();
                }

                @Override
                public void close() {
                    closedCursors++;
                }
            };
        }

        @Override
        public Set<Capability> capabilities() {
            return Set.of();
        }

        @Override
        public void ensureTable(TableSpec table) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Position open(SinkId sink, Set<SourceShard> shards) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CommitOutcome commit(SinkId sink, WriteBatch batch) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
