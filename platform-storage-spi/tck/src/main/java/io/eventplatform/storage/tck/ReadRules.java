package io.eventplatform.storage.tck;

import static io.eventplatform.storage.tck.Bench.A;
import static io.eventplatform.storage.tck.Bench.B;
import static io.eventplatform.storage.tck.Bench.EVENTS;
import static io.eventplatform.storage.tck.Bench.SINK;
import static io.eventplatform.storage.tck.Bench.TOTALS;
import static io.eventplatform.storage.tck.Bench.at;
import static io.eventplatform.storage.tck.Bench.batch;
import static io.eventplatform.storage.tck.Bench.events;
import static io.eventplatform.storage.tck.Bench.rowsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.Query.Filter;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Readers see whole batches, all that match and nothing else. */
abstract class ReadRules extends Rules {

    private static final Query EVENTS_AND_POSITION = Query.of(EVENTS.name()).withPositionOf(SINK);

    // H7

    @Test
    void h7_readersNeverSeeHalfABatch() throws Exception {
        TableStore store = bench().prepared();
        boolean totals = Bench.hasTotals(store);
        int rows = 3_000;
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            Future<?> reader = pool.submit(() -> readUntil(done, () -> assertEventsAreWhole(store)));
            Future<?> other = pool.submit(() -> readUntil(done, () -> assertTotalsAreWhole(store, totals)));

            for (long from = 0; from < 20L * rows; from += rows) {
                bench().commit(batch(
                        at(A, from == 0 ? Position.NOT_STARTED : from),
                        at(A, from + rows),
                        totals
                                ? new TableRows[] {rowsOf(A, from, from + rows), totalsAt(from + rows)}
                                : new TableRows[] {rowsOf(A, from, from + rows)}));
            }
            done.set(true);
            finish(reader);
            finish(other);
        } finally {
            done.set(true);
            pool.shutdownNow();
        }
    }

    private static TableRows totalsAt(long next) {
        return new TableRows(
                TOTALS,
                LongStream.range(0, 500)
                        .mapToObj(i -> Row.of("name " + i, next, null))
                        .toList());
    }

    private static void assertEventsAreWhole(TableStore store) {
        try (Cursor cursor = store.query(EVENTS_AND_POSITION)) {
            long next = cursor.position().next().getOrDefault(A, Position.NOT_STARTED);
            List<Row> rows = new ArrayList<>();
            cursor.forEachRemaining(rows::add);
            assertThat(rows.size())
                    .as(
                            "rows of %s in a snapshot whose position is %d: the reader saw half a batch, or rows and position"
                                    + " are read from two snapshots",
                            EVENTS.name(), next)
                    .isEqualTo((int) Math.max(0, next));
        }
    }

    private static void assertTotalsAreWhole(TableStore store, boolean totals) {
        if (!totals) {
            return;
        }
        try (Cursor cursor = store.query(
                Query.of(TOTALS.name()).withColumns(List.of("total")).withPositionOf(SINK))) {
            long next = cursor.position().next().getOrDefault(A, Position.NOT_STARTED);
            Set<Row> distinct = new HashSet<>();
            cursor.forEachRemaining(distinct::add);
            assertThat(distinct)
                    .as(
                            "values of %s that one batch writes together, in a snapshot whose position is %d",
                            TOTALS.name(), next)
                    .isEqualTo(next == Position.NOT_STARTED ? Set.of() : Set.of(Row.of(next)));
        }
    }

    private static void readUntil(AtomicBoolean done, Runnable check) {
        do {
            check.run();
        } while (!done.get());
    }

    private static void finish(Future<?> reader) throws Exception {
        try {
            reader.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AssertionError failed) {
                throw failed;
            }
            throw new AssertionError("a reader beside a writer got an exception", e.getCause());
        }
    }

    @Test
    void h7_anOpenCursorKeepsItsSnapshot() {
        bench().prepared();
        bench().commit(events(A, 0, 5_000));

        try (Cursor cursor = bench().store().query(EVENTS_AND_POSITION)) {
            bench().commit(events(A, 5_000, 10_000));
            List<Row> rows = new ArrayList<>();
            cursor.forEachRemaining(rows::add);

            assertThat(rows).hasSize(5_000);
            assertThat(cursor.position()).isEqualTo(Position.of(Map.of(A, 5_000L, B, -1L)));
        }
        assertThat(bench().read(EVENTS)).hasSize(10_000);
    }

    @Test
    void h7_positionAndTimeComeWithTheRows() {
        bench().prepared();
        bench().commit(events(A, 0, 5));

        Instant first = asOf(EVENTS_AND_POSITION);
        bench().commit(events(B, 0, 3));
        Instant second = asOf(EVENTS_AND_POSITION);

        assertThat(second).as("time of the newest commit of the sink").isAfterOrEqualTo(first);
        try (Cursor cursor = bench().store().query(EVENTS_AND_POSITION)) {
            assertThat(cursor.position()).isEqualTo(at(5, 3));
        }
    }

    private Instant asOf(Query query) {
        try (Cursor cursor = bench().store().query(query)) {
            assertThat(cursor.asOf()).as("time of the newest commit").isPresent();
            return cursor.asOf().get();
        }
    }

    @Test
    void h7_withoutACommitThereIsNoTime() {
        bench().prepared();

        try (Cursor cursor = bench().store().query(EVENTS_AND_POSITION)) {
            assertThat(cursor.asOf()).isEmpty();
            assertThat(cursor.position()).isEqualTo(at(-1, -1));
        }
        try (Cursor cursor = bench().store().query(EVENTS_AND_POSITION.withPositionOf(new SinkId("nobody")))) {
            assertThat(cursor.asOf()).isEmpty();
            assertThat(cursor.position().next()).isEmpty();
        }
        bench().commit(events(A, 0, 5));
        try (Cursor cursor = bench().store().query(Query.of(EVENTS.name()))) {
            assertThat(cursor.asOf()).as("no sink was named").isEmpty();
            assertThat(cursor.position().next()).isEmpty();
        }
    }

    // H13

    @Test
    void h13_moreRowsThanAllowedAreAnErrorAndNeverCut() {
        bench().prepared();
        bench().commit(events(A, 0, 11));

        assertRefused(StoreException.Capacity.class, "11 rows where 10 are allowed", () -> bench().read(
                        Query.of(EVENTS.name()).withMaxRows(10)));
        assertThat(bench().read(Query.of(EVENTS.name()).withMaxRows(11))).hasSize(11);
        assertThat(bench().read(Query.of(EVENTS.name()).withMaxRows(Long.MAX_VALUE)))
                .hasSize(11);
    }

    @Test
    void h13_noRowsAreHandedOutAfterTheDeadline() {
        bench().prepared();
        bench().commit(events(A, 0, 1_000));

        assertRefused(
                StoreException.Transient.class,
                "a query whose deadline has passed before it can start",
                () -> bench().read(Query.of(EVENTS.name()).withDeadline(Duration.ofNanos(1))));
        assertThat(bench().read(EVENTS)).as("the next query").hasSize(1_000);
    }

    // What a query returns

    @Test
    void query_columnsComeInTheOrderAskedFor() {
        bench().prepared();
        bench().commit(events(A, 0, 1));

        try (Cursor cursor =
                bench().store().query(Query.of(EVENTS.name()).withColumns(List.of("note", "shard", "note")))) {
            assertThat(cursor.columns())
                    .containsExactly(
                            EVENTS.columns().get(2),
                            EVENTS.columns().get(0),
                            EVENTS.columns().get(2));
            assertThat(cursor.next()).isEqualTo(Row.of("event 0", 0L, "event 0"));
        }
        try (Cursor cursor = bench().store().query(Query.of(EVENTS.name()))) {
            assertThat(cursor.columns()).as("all, when none is named").isEqualTo(EVENTS.columns());
        }
    }

    @Test
    void query_aCursorIsAnIterator() {
        bench().prepared();
        bench().commit(events(A, 0, 1));

        Cursor cursor = bench().store().query(Query.of(EVENTS.name()));
        assertThat(cursor.hasNext()).isTrue();
        assertThat(cursor.hasNext()).as("hasNext asked twice").isTrue();
        assertThat(cursor.next()).isEqualTo(Row.of(0L, 0L, "event 0"));
        assertThat(cursor.hasNext()).isFalse();
        assertThatThrownBy(cursor::next).isInstanceOf(NoSuchElementException.class);
        cursor.close();
        cursor.close();
    }

    @Test
    void query_allFiltersMustHold() {
        bench().prepared();
        bench().commit(batch(at(-1, -1), at(10, 10), rowsOf(A, 0, 10)));
        bench().commit(batch(at(10, 10), at(10, 20), rowsOf(B, 5, 10)));

        assertThat(bench().read(Query.of(EVENTS.name())
                        .withFilter(new Filter.Equal("shard", 1L))
                        .withFilter(new Filter.Equal("at_offset", 7L))))
                .containsExactly(Row.of(1L, 7L, "event 7"));
        assertThat(bench().read(Query.of(EVENTS.name())
                        .withFilter(new Filter.Equal("shard", 1L))
                        .withFilter(new Filter.Equal("note", "event 1"))))
                .isEmpty();
    }

    @Test
    void query_aFilterNeverMatchesAMissingValue() {
        bench().prepared();
        bench().commit(batch(at(A, -1), at(A, 1), new TableRows(EVENTS, List.of(Row.of(0L, 0L, null)))));

        assertThat(bench().read(Query.of(EVENTS.name()).withFilter(new Filter.Equal("note", ""))))
                .isEmpty();
        assertThat(bench().read(Query.of(EVENTS.name())
                        .withFilter(new Filter.AnyOf(List.of("note"), List.of(List.of(""))))))
                .isEmpty();
    }

    @Test
    void query_combinationsOfSeveralColumnsMatchTogether() {
        bench().prepared();
        bench().commit(batch(at(-1, -1), at(5_000, 5_000), rowsOf(A, 0, 5_000)));
        bench().commit(batch(at(5_000, 5_000), at(5_000, 10_000), rowsOf(B, 0, 5_000)));
        // even offsets of shard 0, odd ones of shard 1, and some that exist nowhere
        List<List<Object>> wanted = LongStream.range(0, 4_100)
                .mapToObj(i -> i < 4_000 ? List.<Object>of(i % 2, i, "event " + i) : List.<Object>of(0L, -i, "nowhere"))
                .toList();

        List<Row> found = bench().read(Query.of(EVENTS.name())
                .withFilter(new Filter.AnyOf(List.of("shard", "at_offset", "note"), wanted))
                .withFilter(new Filter.AnyOf(List.of("shard"), List.of(List.of(1L), List.of(1L), List.of(7L)))));

        assertThat(found)
                .as("rows of 4,100 combinations of three columns, once each")
                .containsExactlyInAnyOrderElementsOf(LongStream.range(0, 4_000)
                        .filter(i -> i % 2 == 1)
                        .mapToObj(i -> Row.of(1L, i, "event " + i))
                        .toList());
        assertThat(bench().read(Query.of(EVENTS.name()).withFilter(new Filter.AnyOf(List.of("shard"), List.of()))))
                .as("no combination matches no row")
                .isEmpty();
    }

    @Test
    void query_whatDoesNotExistIsRefused() {
        bench().prepared();
        Query events = Query.of(EVENTS.name());

        for (Query wrong : List.of(
                Query.of("nowhere"),
                events.withColumns(List.of("shard", "nowhere")),
                events.withFilter(new Filter.Equal("nowhere", 1L)),
                events.withFilter(new Filter.AnyOf(List.of("shard", "nowhere"), List.of())),
                events.withFilter(new Filter.Equal("shard", "1")),
                events.withFilter(new Filter.AnyOf(List.of("shard"), List.of(List.of(1)))))) {
            assertRefused(StoreException.Configuration.class, wrong.toString(), () -> bench().read(wrong));
        }
    }

    @Test
    void query_readersMayBeMany() throws Exception {
        bench().prepared();
        bench().commit(events(A, 0, 2_000));
        TableStore store = bench().store();

        List<CompletableFuture<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            readers.add(CompletableFuture.supplyAsync(
                    () -> Bench.read(store, Query.of(EVENTS.name())).size()));
        }

        for (CompletableFuture<Integer> reader : readers) {
            assertThat(reader.get(60, TimeUnit.SECONDS)).isEqualTo(2_000);
        }
    }
}
