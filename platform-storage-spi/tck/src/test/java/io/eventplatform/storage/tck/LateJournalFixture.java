package io.eventplatform.storage.tck;

import static io.eventplatform.storage.tck.Bench.A;
import static io.eventplatform.storage.tck.Bench.B;
import static io.eventplatform.storage.tck.Bench.EVENTS;
import static io.eventplatform.storage.tck.Bench.SINK;
import static io.eventplatform.storage.tck.Bench.at;
import static io.eventplatform.storage.tck.Bench.batch;
import static io.eventplatform.storage.tck.Bench.rowsOf;

import io.eventplatform.storage.Capability;
import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.WriteBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/**
 * A durable store that writes the rows of a batch to its file at once, but the position only with the next
 * batch. It hangs where that is due for the fourth time, so that the kill finds the position missing.
 */
public final class LateJournalFixture implements StoreFixture {

    @Override
    public TableStore open(Path home) {
        return new LateJournalStore(home.resolve("journal.txt"));
    }

    @Override
    public boolean durable() {
        return true;
    }

    private static final class LateJournalStore extends BrokenStore {

        private final Path journal;
        private final List<Long> committed = new ArrayList<>();

        LateJournalStore(Path journal) {
            this.journal = journal;
            sound.ensureTable(EVENTS);
            sound.open(SINK, Set.of(A, B));
            lines().forEach(this::replay);
        }

        private List<String> lines() {
            try {
                return Files.exists(journal) ? Files.readAllLines(journal) : List.of();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void replay(String line) {
            String[] words = line.split(" ", 2);
            boolean withRows = words[0].equals("rows");
            SinkId sink = withRows ? new SinkId("aside") : SINK;
            Position from = sound.open(sink, Set.of(A, B));
            long to = Long.parseLong(words[1]);
            List<Row> rows = new ArrayList<>();
            if (withRows) {
                rows.addAll(rowsOf(A, Math.max(0, from.of(A)), to).rows());
                rows.addAll(rowsOf(B, Math.max(0, from.of(B)), to).rows());
            }
            sound.commit(sink, batch(from, at(to, to), new TableRows(EVENTS, rows)));
        }

        @Override
        public Set<Capability> capabilities() {
            return Set.of();
        }

        @Override
        public CommitOutcome commit(SinkId sink, WriteBatch batch) {
            if (committed.size() == 4) {
                awaitKill();
            }
            if (!committed.isEmpty()) {
                write("position " + committed.get(committed.size() - 1));
            }
            committed.add(batch.next().of(A));
            write("rows " + batch.next().of(A));
            return sound.commit(SINK, batch);
        }

        private void write(String line) {
            try {
                Files.writeString(journal, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void awaitKill() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
