package io.eventplatform.storage.tck;

import static io.eventplatform.storage.tck.Bench.A;
import static io.eventplatform.storage.tck.Bench.B;
import static io.eventplatform.storage.tck.Bench.EVENTS;
import static io.eventplatform.storage.tck.Bench.SINK;
import static io.eventplatform.storage.tck.Bench.TOTALS;
import static io.eventplatform.storage.tck.Bench.at;
import static io.eventplatform.storage.tck.Bench.batch;
import static io.eventplatform.storage.tck.Bench.rowsOf;

import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.WriteBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What the kit runs in another process: it opens the store and commits batch after batch until it is
 * killed. Arguments: the fixture's class, the store's home, the rows of a batch for each shard.
 *
 * <p>It prints {@code begin} before a commit and {@code done <next>} after it, or {@code refused <message>}
 * if the store cannot be opened.
 */
final class ChildMain {

    private ChildMain() {}

    public static void main(String[] arguments) throws ReflectiveOperationException {
        StoreFixture fixture = Class.forName(arguments[0])
                .asSubclass(StoreFixture.class)
                .getDeclaredConstructor()
                .newInstance();
        try (TableStore store = fixture.open(Path.of(arguments[1]))) {
            commitForever(store, Integer.parseInt(arguments[2]));
        } catch (StoreException.Configuration e) {
            System.out.println("refused " + e.getMessage());
        }
    }

    private static void commitForever(TableStore store, int rowsPerShard) {
        boolean totals = Bench.hasTotals(store);
        store.ensureTable(EVENTS);
        if (totals) {
            store.ensureTable(TOTALS);
        }
        Position position = store.open(SINK, Set.of(A, B));
        while (true) {
            WriteBatch batch = nextBatch(position, rowsPerShard, totals);
            System.out.println("begin");
            CommitOutcome outcome = store.commit(SINK, batch);
            if (!(outcome instanceof CommitOutcome.Committed)) {
                throw new IllegalStateException("the only writer got " + outcome);
            }
            position = batch.next();
            System.out.println("done " + position.of(A));
        }
    }

    /** One event for each offset of both shards, and the count of them: all say the same as the position. */
    private static WriteBatch nextBatch(Position position, int rowsPerShard, boolean totals) {
        long from = Math.max(0, position.of(A));
        long to = from + rowsPerShard;
        List<Row> events = new ArrayList<>(rowsOf(A, from, to).rows());
        events.addAll(rowsOf(B, from, to).rows());
        TableRows rows = new TableRows(EVENTS, events);
        TableRows total = new TableRows(TOTALS, List.of(Row.of("offsets", to, null)));
        return batch(position, at(to, to), totals ? new TableRows[] {rows, total} : new TableRows[] {rows});
    }
}
