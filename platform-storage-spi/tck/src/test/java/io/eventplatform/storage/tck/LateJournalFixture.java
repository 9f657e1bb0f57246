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
 * A durable store that writes the rows of a batch to its file at once and the position with the next batch.
 * It hangs before it does that, so that whoever kills it then kills it in between.
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
        private boolean positionIsLate;

        LateJournalStore(Path journal) {
            this.journal = journal;
            sound.ensureTable(EVENTS);
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
            long to = Long.parseLong(line);
            SinkId aside = new SinkId("aside");
            Position from = sound.open(aside, Set.of(A, B));
            List<Row> rows = new ArrayList<>(rowsOf(A, Math.max(0, from.of(A)), to).rows());
            rows.addAll(rowsOf(B, Math.max(0, from.of(B)), to).rows());
            sound.commit(aside, batch(from, at(to, to), new TableRows(EVENTS, rows)));
        }

        @Override
        public Set<Capability> capabilities() {
            return Set.of();
        }

        @Override
        public CommitOutcome commit(SinkId sink, WriteBatch batch) {
            if (positionIsLate) {
                awaitKill();
            }
            positionIsLate = true;
            try {
                Files.writeString(
                        journal,
                        batch.next().of(A) + "\n",
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return sound.commit(SINK, batch);
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
