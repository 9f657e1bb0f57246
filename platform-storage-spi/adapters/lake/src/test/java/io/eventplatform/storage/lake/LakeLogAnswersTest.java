package io.eventplatform.storage.lake;

import static io.eventplatform.storage.lake.Offsets.SINK;
import static io.eventplatform.storage.lake.Offsets.TABLE;
import static io.eventplatform.storage.lake.Offsets.batch;
import static io.eventplatform.storage.lake.Offsets.shard;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.LocalObjectStore;
import io.eventplatform.storage.ObjectInfo;
import io.eventplatform.storage.ObjectKey;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.WriteBatch;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an object store may answer about the log, and when: files that an entry names are never deleted. */
@Timeout(120)
class LakeLogAnswersTest {

    /** How the store answers for the log; the rest is as it is. */
    private static class LogStore extends ObservedObjectStore {

        LogStore(Path home) {
            super(LocalObjectStore.open(home), point -> {});
        }

        boolean makeEntry(ObjectKey key, byte[] content) {
            return super.putIfAbsent(key, content);
        }

        Optional<InputStream> getEntry(ObjectKey key) {
            return super.get(key);
        }

        @Override
        public final boolean putIfAbsent(ObjectKey key, byte[] content) {
            return key.value().contains("/_delta_log/") ? makeEntry(key, content) : super.putIfAbsent(key, content);
        }

        @Override
        public final Optional<InputStream> get(ObjectKey key) {
            return key.value().contains("/_delta_log/") ? getEntry(key) : super.get(key);
        }
    }

    @TempDir
    private Path home;

    /** The table and one shard are there, so that the next entry has number 2. */
    private LakeTableStore prepared() {
        LakeTableStore lake = open(new LogStore(home));
        lake.ensureTable(TABLE);
        lake.open(SINK, Set.of(shard(0)));
        return lake;
    }

    private static LakeTableStore open(LogStore store) {
        return LakeTableStore.builder(store, "orders")
                .partitionByDay("timestamp")
                .open();
    }

    private void assertTheFilesAreThoseOfTheLog() {
        try (LakeTableStore fresh = open(new LogStore(home))) {
            Offsets.assertRowsMatchPositions(fresh, "to a fresh reader");
            assertThat(dataFiles())
                    .containsExactlyInAnyOrderElementsOf(fresh.files().keys());
        }
    }

    private List<ObjectKey> dataFiles() {
        return LocalObjectStore.open(home).list("orders/dt=", "").stream()
                .map(ObjectInfo::key)
                .toList();
    }

    // A client of the store that asks again by itself hears that the object is there: its own

    @Test
    void anEntryThatStandsThoughThePutAnswersThatAnotherDoesIsRecognised() {
        prepared().close();
        try (LakeTableStore lake = open(new LogStore(home) {
            @Override
            boolean makeEntry(ObjectKey key, byte[] content) {
                super.makeEntry(key, content);
                return super.makeEntry(key, content);
            }
        })) {
            assertThat(lake.commit(SINK, batch(0, -1, 20))).isEqualTo(new CommitOutcome.Committed());

            assertTheFilesAreThoseOfTheLog();
        }
    }

    @Test
    void aPlaceThatIsTakenIsAmbiguousWhileItCannotBeReadByWhom() {
        prepared().close();
        boolean[] unreadable = {false};
        try (LakeTableStore lake = open(new LogStore(home) {
            @Override
            boolean makeEntry(ObjectKey key, byte[] content) {
                unreadable[0] |= super.makeEntry(key, content);
                return false;
            }

            @Override
            Optional<InputStream> getEntry(ObjectKey key) {
                if (unreadable[0]) {
                    throw new StoreException.Transient("the network is slow", null);
                }
                return super.getEntry(key);
            }
        })) {
            assertThatThrownBy(() -> lake.commit(SINK, batch(0, -1, 20)))
                    .isInstanceOf(StoreException.AmbiguousCommit.class)
                    .hasMessage(home + ", orders/_delta_log/00000000000000000002.json: it is unknown whether the"
                            + " entry was made. Read the position before anything else.");

            assertTheFilesAreThoseOfTheLog();
        }
    }

    @Test
    void aCommitThatFailsDeletesNothingWhileItCannotBeReadWhatTheLogNames() {
        List<WriteBatch> rival = new ArrayList<>(List.of(batch(0, -1, 5)));
        boolean[] unreadable = {false};
        try (LakeTableStore other = prepared();
                LakeTableStore lake = open(new LogStore(home) {
                    @Override
                    boolean makeEntry(ObjectKey key, byte[] content) {
                        rival.forEach(batch -> other.commit(SINK, batch));
                        rival.clear();
                        return super.makeEntry(key, content);
                    }

                    @Override
                    Optional<InputStream> getEntry(ObjectKey key) {
                        if (unreadable[0]) {
                            throw new StoreException.Transient("the network is slow", null);
                        }
                        unreadable[0] = rival.isEmpty(); // who stands there can be read, and nothing after it
                        return super.getEntry(key);
                    }
                })) {
            assertThatThrownBy(() -> lake.commit(SINK, batch(0, -1, 20)))
                    .isInstanceOf(StoreException.Transient.class)
                    .hasMessage("the network is slow");

            assertThat(dataFiles())
                    .as("of the rival one file, of the commit two")
                    .hasSize(3);
        }
    }

    // An entry that arrives late

    @Test
    void aBatchWhoseEarlierEntryArrivesLateHasTheFilesOfThatEntry() {
        prepared().close();
        List<byte[]> late = new ArrayList<>();
        int[] asked = {0};
        try (LakeTableStore lake = open(new LogStore(home) {
            @Override
            boolean makeEntry(ObjectKey key, byte[] content) {
                asked[0]++;
                if (asked[0] <= 5) { // all attempts of the first commit are under way for long
                    late.add(content);
                } else if (asked[0] == 6) {
                    super.makeEntry(key, late.get(0));
                } else {
                    return super.makeEntry(key, content);
                }
                throw new StoreException.AmbiguousCommit("the answer was lost", null);
            }
        })) {
            WriteBatch batch = batch(0, -1, 20);
            assertThatThrownBy(() -> lake.commit(SINK, batch)).isInstanceOf(StoreException.AmbiguousCommit.class);

            assertThat(lake.commit(SINK, batch)).isEqualTo(new CommitOutcome.Committed());

            Offsets.assertRowsMatchPositions(lake, "to the writer");
            assertThat(lake.files().keys()).containsExactlyInAnyOrderElementsOf(dataFiles());
            assertTheFilesAreThoseOfTheLog();
        }
    }

    // Slow answers

    @Test
    void aQueryDoesNotWaitForTheLogThatAnotherOneReads() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch answers = new CountDownLatch(1);
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try (LakeTableStore other = prepared();
                LakeTableStore lake = open(new LogStore(home) {
                    @Override
                    Optional<InputStream> getEntry(ObjectKey key) {
                        if (key.value().endsWith("3.json") && hangs.getCount() > 0) {
                            hangs.countDown();
                            await(answers);
                        }
                        return super.getEntry(key);
                    }
                })) {
            other.commit(SINK, batch(0, -1, 20));
            Future<?> slow = pool.submit(() -> Offsets.assertRowsMatchPositions(lake, "to the one that waited"));
            await(hangs);

            Offsets.assertRowsMatchPositions(lake, "to the one that did not");

            assertThat(slow).isNotDone();
            answers.countDown();
            slow.get(60, TimeUnit.SECONDS);
        } finally {
            answers.countDown();
            pool.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theDeadlineOfAQueryCoversTheReadingOfTheLog() {
        Duration deadline = Duration.ofMillis(1);
        List<ObjectKey> fetched = new ArrayList<>();
        try (LakeTableStore other = prepared();
                LakeTableStore lake = open(new LogStore(home) {
                    @Override
                    Optional<InputStream> getEntry(ObjectKey key) {
                        fetched.add(key);
                        long asked = System.nanoTime();
                        while (System.nanoTime() - asked <= deadline.toNanos()) {
                            Thread.onSpinWait();
                        }
                        return super.getEntry(key);
                    }
                })) {
            for (long next : new long[] {10, 20, 30}) {
                other.commit(SINK, batch(0, next == 10 ? -1 : next - 10, next));
            }
            fetched.clear();

            assertThatThrownBy(() -> lake.query(Query.of(TABLE.name()).withDeadline(deadline)))
                    .isInstanceOf(StoreException.Transient.class)
                    .hasMessage(home + ", lake orders, query of table orders: its log and files were not read within"
                            + " PT0.001S. Ask for less, or set a later deadline.");

            assertThat(fetched).as("entries read, of three").hasSizeLessThan(2);
        }
    }
}
