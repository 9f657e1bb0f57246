package io.eventplatform.storage.tck;

import static io.eventplatform.storage.tck.Bench.A;
import static io.eventplatform.storage.tck.Bench.B;
import static io.eventplatform.storage.tck.Bench.EVENTS;
import static io.eventplatform.storage.tck.Bench.SINK;
import static io.eventplatform.storage.tck.Bench.TOTALS;
import static io.eventplatform.storage.tck.Bench.at;
import static io.eventplatform.storage.tck.Bench.batch;
import static io.eventplatform.storage.tck.Bench.event;
import static io.eventplatform.storage.tck.Bench.events;
import static io.eventplatform.storage.tck.Bench.rowsOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.WriteBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Rows and positions move together, once, from where the writer thinks they are. */
abstract class CommitRules extends Rules {

    @Test
    void h1_rowsAndPositionMoveTogether() {
        bench().prepared();

        bench().commit(events(A, 0, 10));
        bench().commit(events(A, 10, 25));

        assertThat(bench().position(A)).isEqualTo(at(A, 25));
        bench().assertRowsMatchPosition(A);
    }

    @Test
    void h1_oneBatchMovesSeveralShards() {
        bench().prepared();

        bench().commit(batch(at(-1, -1), at(3, 4), allOf(rowsOf(A, 0, 3), rowsOf(B, 0, 4))));

        assertThat(bench().position(A, B)).isEqualTo(at(3, 4));
        bench().assertRowsMatchPosition(A);
        bench().assertRowsMatchPosition(B);
    }

    @Test
    void h1_aShardThatWasNeverCommittedIsNotStarted() {
        assertThat(bench().store().open(SINK, Set.of(A, B))).isEqualTo(at(Position.NOT_STARTED, Position.NOT_STARTED));
        assertThat(bench().store().open(SINK, Set.of(A, B)))
                .as("the second open of the same shards")
                .isEqualTo(at(Position.NOT_STARTED, Position.NOT_STARTED));
    }

    @Test
    void h2_theSameBatchTwiceIsWrittenOnce() {
        bench().prepared();
        WriteBatch batch = events(A, 0, 10);
        bench().commit(batch);

        CommitOutcome again = bench().store().commit(SINK, batch);

        assertThat(again)
                .as("outcome of the same batch again: look at how the position row keeps the batch's id")
                .isEqualTo(new CommitOutcome.AlreadyCommitted());
        bench().assertRowsMatchPosition(A);
    }

    @Test
    void h2_theSameOffsetsUnderAnotherIdAreAConflict() {
        bench().prepared();
        bench().commit(events(A, 0, 10));

        CommitOutcome rebuilt = bench().store().commit(SINK, events(A, 0, 10));

        assertThat(rebuilt).isEqualTo(new CommitOutcome.Conflict(at(A, 10)));
        bench().assertRowsMatchPosition(A);
    }

    @Test
    void h2_aBatchIsNotRecognisedWhenOneOfItsShardsMovedOn() {
        bench().prepared();
        WriteBatch both = batch(at(-1, -1), at(3, 4), allOf(rowsOf(A, 0, 3), rowsOf(B, 0, 4)));
        bench().commit(both);
        bench().commit(events(A, 3, 5));

        CommitOutcome again = bench().store().commit(SINK, both);

        assertThat(again)
                .as("AlreadyCommitted needs the batch's id on every shard")
                .isEqualTo(new CommitOutcome.Conflict(at(5, 4)));
        bench().assertRowsMatchPosition(A);
        bench().assertRowsMatchPosition(B);
    }

    @Test
    void h3_aStaleExpectationIsAConflictThatTellsThePosition() {
        bench().prepared();
        bench().commit(events(A, 0, 10));

        CommitOutcome stale = bench().store().commit(SINK, events(A, 5, 20));

        assertThat(stale)
                .as("outcome of a commit that expects 5 when the position is 10: look at the compare-and-set")
                .isEqualTo(new CommitOutcome.Conflict(at(A, 10)));
        bench().assertRowsMatchPosition(A);
    }

    @Test
    void h3_anExpectationAheadOfThePositionIsAConflict() {
        bench().prepared();
        bench().commit(events(A, 0, 10));

        CommitOutcome ahead = bench().store().commit(SINK, events(A, 11, 12));

        assertThat(ahead).isEqualTo(new CommitOutcome.Conflict(at(A, 10)));
        bench().assertRowsMatchPosition(A);
    }

    @Test
    void h3_oneStaleShardStopsTheWholeBatch() {
        bench().prepared();
        bench().commit(events(B, 0, 7));

        CommitOutcome outcome =
                bench().store().commit(SINK, batch(at(-1, 6), at(3, 9), allOf(rowsOf(A, 0, 3), rowsOf(B, 6, 9))));

        assertThat(outcome)
                .as("a conflict tells the position of all the batch's shards")
                .isEqualTo(new CommitOutcome.Conflict(at(-1, 7)));
        bench().assertRowsMatchPosition(A);
        bench().assertRowsMatchPosition(B);
    }

    @Test
    void h3_offsetsMayHaveGaps() {
        bench().prepared();
        bench().commit(batch(at(A, -1), at(A, 5_000_000_000L)));

        bench().commit(batch(at(A, 5_000_000_000L), at(A, 5_000_000_017L)));

        assertThat(bench().position(A)).isEqualTo(at(A, 5_000_000_017L));
    }

    @Test
    void h3_aShardThatWasNeverOpenedIsRefused() {
        bench().store().ensureTable(EVENTS);
        bench().store().open(SINK, Set.of(B));

        assertRefused(
                StoreException.Configuration.class, "a commit on a shard without a position row", () -> bench().store()
                        .commit(SINK, events(A, 0, 10)));
        assertThat(bench().read(EVENTS)).isEmpty();
    }

    @Test
    void h3_eachSinkHasItsOwnPosition() {
        bench().prepared();
        SinkId other = new SinkId("another sink with spaces, 'quotes' and \"more\"");
        assertThat(bench().store().open(other, Set.of(A))).isEqualTo(at(A, -1));

        bench().commit(events(A, 0, 10));

        assertThat(bench().store().open(other, Set.of(A))).isEqualTo(at(A, -1));
        assertThat(bench().store().commit(other, batch(at(A, -1), at(A, 3)))).isEqualTo(new CommitOutcome.Committed());
        assertThat(bench().position(A)).isEqualTo(at(A, 10));
    }

    @Test
    void h3_aTopicThatWasCreatedAgainStartsAnew() {
        bench().prepared();
        bench().commit(events(A, 0, 10));

        SourceShard again = new SourceShard("topic-id-2", A.topic(), A.partition());

        assertThat(bench().store().open(SINK, Set.of(A, again)))
                .isEqualTo(Position.of(Map.of(A, 10L, again, Position.NOT_STARTED)));
    }

    @Test
    void h5_aRowWithoutARequiredValueRejectsTheWholeBatch() {
        bench().prepared();
        bench().commit(events(A, 0, 10));
        List<Row> rows = new ArrayList<>(rowsOf(A, 10, 3_000).rows());
        rows.set(2_000, Row.of(0L, null, "an offset is required"));

        WriteBatch batch = batch(at(A, 10), at(A, 3_000), new TableRows(EVENTS, rows));
        StoreException.RowsRejected rejected =
                assertRefused(StoreException.RowsRejected.class, "a null in a required column", () -> bench().store()
                        .commit(SINK, batch));

        assertThat(rejected.table()).isEqualTo(EVENTS.name());
        assertThat(rejected.indices()).as("the refused row, or nothing").isSubsetOf(2_000);
        assertNothingHappenedSince(10);
    }

    @Test
    void h5_aRowOfAnotherTypeRejectsTheWholeBatch() {
        bench().prepared();
        TableRows rows = new TableRows(EVENTS, List.of(event(A, 0), Row.of(0L, "not a number", null)));

        assertRefused(StoreException.RowsRejected.class, "text in a column of numbers", () -> bench().store()
                .commit(SINK, batch(at(A, -1), at(A, 2), rows)));
        assertNothingHappenedSince(0);
    }

    @Test
    void h5_aFailureInTheLastTableUndoesTheFirst() {
        bench().prepared();
        bench().commit(events(A, 0, 10));
        TableSpec missing = TableSpec.append("never_ensured", EVENTS.columns());

        TableRows first = rowsOf(A, 10, 20);
        WriteBatch batch = batch(at(A, 10), at(A, 20), first, new TableRows(missing, first.rows()));
        assertRefused(
                StoreException.Configuration.class, "a batch whose second table does not exist", () -> bench().store()
                        .commit(SINK, batch));
        assertNothingHappenedSince(10);
    }

    @Test
    void h5_aBatchDeclaringWhatTheTableIsNotIsRefused() {
        bench().prepared();
        TableSpec laxer = TableSpec.append(
                EVENTS.name(),
                List.of(
                        Column.required("shard", ColumnType.LONG),
                        Column.optional("at_offset", ColumnType.LONG),
                        Column.optional("note", ColumnType.STRING)));

        TableRows smuggled = new TableRows(laxer, List.of(event(A, 0), Row.of(0L, null, "smuggled")));
        assertRefused(
                StoreException.class,
                "a null in a required column which the batch calls optional",
                () -> bench().store().commit(SINK, batch(at(A, -1), at(A, 2), smuggled)));
        assertNothingHappenedSince(0);
    }

    @Test
    void h5_aKeyTwiceInOneBatchIsRefused() {
        assumeUpsert();
        bench().prepared();
        TableRows rows = new TableRows(TOTALS, List.of(Row.of("a", 1L, null), Row.of("a", 2L, null)));

        assertRefused(
                StoreException.Configuration.class,
                "two rows with one key: which one wins must not be left to the store",
                () -> bench().store().commit(SINK, batch(at(A, -1), at(A, 2), rows)));
        assertNothingHappenedSince(0);
        assertThat(bench().totals()).isEmpty();
    }

    private void assertNothingHappenedSince(long next) {
        assertThat(bench().position(A))
                .as("position after a failed commit")
                .isEqualTo(at(A, next == 0 ? Position.NOT_STARTED : next));
        bench().assertRowsMatchPosition(A);
    }

    @Test
    void h6_aCommitAfterAFailedOneIsWhole() {
        bench().prepared();
        TableRows refused = new TableRows(EVENTS, List.of(event(A, 0), Row.of(null, null, null)));
        assertRefused(StoreException.RowsRejected.class, "a row of nulls", () -> bench().store()
                .commit(SINK, batch(at(A, -1), at(A, 2), refused)));

        bench().commit(events(A, 0, 10));
        bench().commit(events(A, 10, 20));

        assertThat(bench().position(A)).isEqualTo(at(A, 20));
        bench().assertRowsMatchPosition(A);
    }

    @Test
    void h6_aCommitAfterAConflictIsWhole() {
        bench().prepared();
        bench().commit(events(A, 0, 10));
        assertThat(bench().store().commit(SINK, events(A, 3, 12))).isInstanceOf(CommitOutcome.Conflict.class);

        bench().commit(events(A, 10, 20));

        bench().assertRowsMatchPosition(A);
    }

    @Test
    void h8_aClosedStoreRefusesByName() {
        bench().prepared();
        bench().store().close();
        bench().store().close();

        Map<String, ThrowingCallable> calls = Map.of(
                "commit", () -> bench().store().commit(SINK, events(A, 0, 10)),
                "open", () -> bench().store().open(SINK, Set.of(A)),
                "query", () -> bench().read(EVENTS),
                "ensureTable", () -> bench().store().ensureTable(EVENTS));
        calls.forEach((name, call) -> assertRefused(StoreException.Configuration.class, name + " after close", call));
    }

    @Test
    void h12_aBatchWithoutRowsMovesThePosition() {
        bench().prepared();

        bench().commit(batch(at(A, -1), at(A, 42)));
        bench().commit(batch(at(A, 42), at(A, 43), new TableRows(EVENTS, List.of())));

        assertThat(bench().position(A)).isEqualTo(at(A, 43));
        assertThat(bench().read(EVENTS)).isEmpty();
    }

    @Test
    void h12_aBatchMayStayWhereItIs() {
        bench().prepared();
        bench().commit(batch(at(A, -1), at(A, 42)));
        WriteBatch still = batch(at(A, 42), at(A, 42));

        bench().commit(still);

        assertThat(bench().store().commit(SINK, still)).isEqualTo(new CommitOutcome.AlreadyCommitted());
    }

    @Test
    void upsert_aRowReplacesTheOneWithItsKey() {
        assumeUpsert();
        bench().prepared();
        bench().commit(batch(
                at(A, -1),
                at(A, 2),
                new TableRows(TOTALS, List.of(Row.of("a", 1L, "first"), Row.of("b", 5L, "stays")))));

        bench().commit(batch(
                at(A, 2), at(A, 4), new TableRows(TOTALS, List.of(Row.of("a", 2L, null), Row.of("c", 9L, "new")))));

        assertThat(bench().totals())
                .as("rows by key: a row replaces the whole earlier one, also by null")
                .containsOnly(
                        Map.entry("a", Row.of("a", 2L, null)),
                        Map.entry("b", Row.of("b", 5L, "stays")),
                        Map.entry("c", Row.of("c", 9L, "new")));
    }

    @Test
    void upsert_aTableMayConsistOfItsKey() {
        assumeUpsert();
        TableSpec members = TableSpec.upsert(
                "members",
                List.of(Column.required("city", ColumnType.STRING), Column.required("member", ColumnType.LONG)),
                List.of("member", "city"));
        bench().store().ensureTable(members);
        bench().prepared();

        bench().commit(batch(
                at(A, -1), at(A, 2), new TableRows(members, List.of(Row.of("Rome", 1L), Row.of("Oslo", 1L)))));
        bench().commit(batch(
                at(A, 2), at(A, 4), new TableRows(members, List.of(Row.of("Rome", 1L), Row.of("Rome", 2L)))));

        assertThat(bench().read(members))
                .containsExactlyInAnyOrder(Row.of("Rome", 1L), Row.of("Oslo", 1L), Row.of("Rome", 2L));
    }

    private static TableRows allOf(TableRows first, TableRows second) {
        List<Row> rows = new ArrayList<>(first.rows());
        rows.addAll(second.rows());
        return new TableRows(first.table(), rows);
    }
}
