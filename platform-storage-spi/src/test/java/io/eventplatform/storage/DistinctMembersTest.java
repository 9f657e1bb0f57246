package io.eventplatform.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the rows of a view with distinct measures are read. */
class DistinctMembersTest {

    private static final SinkId SINK = new SinkId("hot");
    private static final SourceShard P0 = new SourceShard("id-1", "visits", 0);
    private static final SourceShard P1 = new SourceShard("id-1", "visits", 1);

    private static final Measure USERS = Measure.distinct("users", ColumnType.STRING);
    private static final Measure PAGES = Measure.distinct("pages", ColumnType.LONG);

    private static final View DAILY = View.named("daily")
            .groupBy(Column.required("day", ColumnType.STRING))
            .measure(Measure.count("visits"), USERS, Measure.sum("seconds", ColumnType.LONG), PAGES)
            .build();

    private final TableStore store = new InMemoryTableStore();

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aMemberCountsOnceInAGroupHoweverManyShardsHaveIt() {
        commit(P0, accumulators("mon", P0, 3, 30L), member("mon", P0, USERS, "ann"), member("mon", P0, USERS, "bob"));
        commit(P1, accumulators("mon", P1, 2, 20L), member("mon", P1, USERS, "ann"), member("mon", P1, USERS, "cid"));

        assertThat(read(DAILY)).containsExactly(Row.of("mon", 5L, 3L, 50L, 0L));
    }

    @Test
    void aMemberCountsInEachOfItsGroups() {
        commit(
                P0,
                accumulators("mon", P0, 1, 1L),
                accumulators("tue", P0, 1, 1L),
                member("mon", P0, USERS, "ann"),
                member("tue", P0, USERS, "ann"));

        assertThat(read(DAILY)).containsExactly(Row.of("mon", 1L, 1L, 1L, 0L), Row.of("tue", 1L, 1L, 1L, 0L));
    }

    @Test
    void theMembersOfOneMeasureAreNoneOfAnother() {
        commit(P0, accumulators("mon", P0, 2, 1L), member("mon", P0, USERS, "7"), member("mon", P0, PAGES, 7L));

        assertThat(read(DAILY)).containsExactly(Row.of("mon", 2L, 1L, 1L, 1L));
    }

    @Test
    void aGroupWithoutMembersHasNone() {
        commit(P0, accumulators("mon", P0, 4, null));

        assertThat(read(DAILY)).containsExactly(Row.of("mon", 4L, 0L, null, 0L));
    }

    @Test
    void aViewOfTotalsCountsItsMembers() {
        View totals = View.named("totals").measure(USERS).build();
        commit(totals, P0, Row.of("id-1", 0L, "", null), Row.of("id-1", 0L, "users:ann", null));
        commit(totals, P1, Row.of("id-1", 1L, "", null), Row.of("id-1", 1L, "users:ann", null));

        assertThat(read(totals)).containsExactly(Row.of(1L));
    }

    @Test
    void theMembersOfAMeasureTheViewNoLongerHasAreLeftOut() {
        commit(P0, accumulators("mon", P0, 1, 1L), member("mon", P0, USERS, "ann"), member("mon", P0, PAGES, 1L));
        View without = View.named("daily")
                .groupBy(Column.required("day", ColumnType.STRING))
                .measure(Measure.count("visits"), PAGES)
                .build();

        assertThat(read(without)).containsExactly(Row.of("mon", 1L, 1L));
    }

    @Test
    void tooManyStoredRowsAreRefusedWithAdvice() {
        commit(P0, accumulators("mon", P0, 1, 1L), member("mon", P0, USERS, "ann"));
        Catalog limited = Catalog.of(new OneRowStore(store), SINK, List.of(DAILY));

        assertThatThrownBy(() -> limited.read("daily"))
                .isInstanceOf(StoreException.Capacity.class)
                .hasMessage(
                        "view daily: query of table daily_g1: more than 1 rows match. Filter more, or raise maxRows."
                                + " It stores a row for each group, each distinct member and shard: group finer and read fewer"
                                + " groups, or split the view.");
    }

    private static Row accumulators(String day, SourceShard shard, long visits, @Nullable Long seconds) {
        return Row.of(day, shard.topicId(), (long) shard.partition(), "", visits, null, seconds, null);
    }

    private static Row member(String day, SourceShard shard, Measure measure, Object member) {
        return Row.of(day, shard.topicId(), (long) shard.partition(), measure.member(member), 0L, null, null, null);
    }

    private List<Row> read(View view) {
        return Catalog.of(store, SINK, List.of(view)).read(view.name()).rows();
    }

    private void commit(SourceShard shard, Row... rows) {
        commit(DAILY, shard, rows);
    }

    private void commit(View view, SourceShard shard, Row... rows) {
        store.ensureTable(view.table());
        Position expected = store.open(SINK, Set.of(shard));
        WriteBatch batch = new WriteBatch(
                UUID.randomUUID(),
                List.of(new TableRows(view.table(), List.of(rows))),
                expected,
                Position.of(Map.of(shard, 10L)));
        assertThat(store.commit(SINK, batch)).isInstanceOf(CommitOutcome.Committed.class);
    }

    /** Reads no more than one row at a time. */
    private record OneRowStore(TableStore store) implements TableStore {

        @Override
        public Cursor query(Query query) {
            return store.query(query.withMaxRows(1));
        }

        @Override
        public Set<Capability> capabilities() {
            return store.capabilities();
        }

        @Override
        public void ensureTable(TableSpec table) {
            store.ensureTable(table);
        }

        @Override
        public Position open(SinkId sink, Set<SourceShard> shards) {
            return store.open(sink, shards);
        }

        @Override
        public CommitOutcome commit(SinkId sink, WriteBatch batch) {
            return store.commit(sink, batch);
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
