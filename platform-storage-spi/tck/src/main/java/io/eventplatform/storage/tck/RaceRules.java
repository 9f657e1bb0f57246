package io.eventplatform.storage.tck;

import static io.eventplatform.storage.tck.Bench.A;
import static io.eventplatform.storage.tck.Bench.B;
import static io.eventplatform.storage.tck.Bench.EVENTS;
import static io.eventplatform.storage.tck.Bench.SINK;
import static io.eventplatform.storage.tck.Bench.at;
import static io.eventplatform.storage.tck.Bench.batch;
import static io.eventplatform.storage.tck.Bench.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Writers race for a position: one wins, the others are told that they lost. */
abstract class RaceRules extends Rules {

    private static final int ROUNDS = 20;
    private static final int ROWS = 50;

    /** A writer's own way to the store, and its mark in the rows it writes. */
    private record Writer(String name, TableStore store) {

        CommitOutcome commit(long expected, long next) {
            List<Row> rows = LongStream.range(Math.max(0, expected), next)
                    .mapToObj(offset -> Row.of((long) A.partition(), offset, name))
                    .toList();
            return store.commit(SINK, batch(at(A, expected), at(A, next), new TableRows(EVENTS, rows)));
        }
    }

    @Test
    void h4_ofTwoWritersFromOnePositionExactlyOneWins() throws Exception {
        bench().prepared();
        List<Writer> writers = writers(2);

        long from = Position.NOT_STARTED;
        for (int round = 0; round < ROUNDS; round++) {
            long expected = from;
            long next = Math.max(0, from) + ROWS;
            List<CommitOutcome> outcomes = race(writers, writer -> writer.commit(expected, next));

            assertOneWinner(outcomes, next);
            from = next;
        }

        bench().assertRowsMatchPosition(A);
        assertEachBatchHasOneAuthor();
    }

    @Test
    void h4b_ofManyFirstWritersExactlyOneWins() throws Exception {
        bench().store().ensureTable(EVENTS);
        List<Writer> writers = writers(8);

        List<CommitOutcome> outcomes = race(writers, writer -> {
            Position found = writer.store().open(SINK, Set.of(A));
            return found.of(A) == Position.NOT_STARTED
                    ? writer.commit(Position.NOT_STARTED, ROWS)
                    : new CommitOutcome.Conflict(found);
        });

        assertOneWinner(outcomes, ROWS);
        bench().assertRowsMatchPosition(A);
        assertEachBatchHasOneAuthor();
    }

    @Test
    void h4_sinksDoNotDisturbEachOther() throws Exception {
        bench().prepared();
        List<Writer> writers = writers(4);

        List<CommitOutcome> outcomes = race(writers, writer -> {
            SinkId own = new SinkId(writer.name());
            writer.store().open(own, Set.of(A, B));
            CommitOutcome last = new CommitOutcome.Conflict(at(-1, -1));
            for (long next = 1; next <= ROUNDS; next++) {
                last = writer.store()
                        .commit(
                                own,
                                batch(
                                        at(next == 1 ? -1 : next - 1, next == 1 ? -1 : next - 1),
                                        at(next, next),
                                        new TableRows(EVENTS, List.of(event(A, next)))));
            }
            return last;
        });

        assertThat(outcomes)
                .as("last outcomes of sinks that share tables but no positions")
                .containsOnly(new CommitOutcome.Committed());
        assertThat(bench().read(EVENTS)).hasSize(writers.size() * ROUNDS);
    }

    private List<Writer> writers(int count) {
        List<Writer> writers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            writers.add(new Writer("writer " + i, bench().storeOfAnotherWriter()));
        }
        return writers;
    }

    private static void assertOneWinner(List<CommitOutcome> outcomes, long next) {
        assertThat(outcomes)
                .as("outcomes of writers that started from one position: look at what locks the position row between"
                        + " the comparison and the commit")
                .containsOnlyOnce(new CommitOutcome.Committed());
        assertThat(outcomes.stream().filter(outcome -> !(outcome instanceof CommitOutcome.Committed)))
                .as("outcomes of the losers: a conflict that tells where the winner went")
                .allMatch(new CommitOutcome.Conflict(at(A, next))::equals);
    }

    private void assertEachBatchHasOneAuthor() {
        assertThat(bench().read(EVENTS).stream()
                        .map(row -> List.of((Long) row.values().get(1) / ROWS, String.valueOf(row.get(2))))
                        .distinct()
                        .map(batchAndAuthor -> batchAndAuthor.get(0))
                        .toList())
                .as("batches by author: a loser's rows were kept")
                .doesNotHaveDuplicates();
    }

    private interface Turn {
        CommitOutcome take(Writer writer) throws Exception;
    }

    /** Lets all writers go at once. A writer's exception fails the test: losing a race is not an error. */
    private static List<CommitOutcome> race(List<Writer> writers, Turn turn) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(writers.size());
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<CommitOutcome>> running = new ArrayList<>();
            for (Writer writer : writers) {
                running.add(pool.submit(() -> {
                    start.await();
                    return turn.take(writer);
                }));
            }
            start.countDown();
            List<CommitOutcome> outcomes = new ArrayList<>();
            for (Future<CommitOutcome> one : running) {
                outcomes.add(result(one));
            }
            return outcomes;
        } finally {
            pool.shutdownNow();
        }
    }

    private static CommitOutcome result(Future<CommitOutcome> running) throws InterruptedException {
        try {
            return running.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("a writer that raced got an exception instead of an outcome", e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("a writer that raced did not come back: look for a deadlock of position rows", e);
        }
    }
}
