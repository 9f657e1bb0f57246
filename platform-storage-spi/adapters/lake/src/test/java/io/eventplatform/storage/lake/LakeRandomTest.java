package io.eventplatform.storage.lake;

import static io.eventplatform.storage.lake.Offsets.SINK;
import static io.eventplatform.storage.lake.Offsets.TABLE;
import static io.eventplatform.storage.lake.Offsets.batch;
import static io.eventplatform.storage.lake.Offsets.shard;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.LocalObjectStore;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.WriteBatch;
import io.eventplatform.storage.lake.ObservedObjectStore.Point;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three writers commit to shards that go from hand to hand, also while the former owner still writes, and
 * everything fails now and then. Whatever happens: each shard has one row for each offset before its position.
 */
@Timeout(300)
class LakeRandomTest {

    private static final int WRITERS = 3;
    private static final int SHARDS = 4;
    private static final int TURNS = 60;

    /** The end of a process, as far as one JVM can play it: nothing is undone. */
    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }

    @TempDir
    private Path home;

    private final AtomicInteger commits = new AtomicInteger();
    private final AtomicInteger conflicts = new AtomicInteger();
    private final AtomicInteger crashes = new AtomicInteger();
    private final AtomicInteger ambiguous = new AtomicInteger();

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2})
    void eachShardHasItsOffsetsOnce(long given) throws Exception {
        long seed = given == 0 ? System.nanoTime() : given;
        ExecutorService pool = Executors.newFixedThreadPool(WRITERS);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                Random random = new Random(seed + i);
                writers.add(pool.submit(() -> new Writer(random).run("seed " + seed)));
            }
            for (Future<?> writer : writers) {
                writer.get(200, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }

        try (LakeTableStore lake =
                LakeTableStore.builder(LocalObjectStore.open(home), "orders").open()) {
            Offsets.assertRowsMatchPositions(lake, "at the end, seed " + seed);
        }
        assertThat(commits).as("commits, seed %d", seed).hasPositiveValue();
        assertThat(conflicts).as("conflicts, seed %d", seed).hasPositiveValue();
        assertThat(crashes).as("crashes, seed %d", seed).hasPositiveValue();
    }

    private final class Writer {

        private final Random random;
        private final Map<SourceShard, Long> believed = new HashMap<>();
        private LakeTableStore lake;

        Writer(Random random) {
            this.random = random;
            this.lake = start();
        }

        void run(String which) {
            for (int turn = 0; turn < TURNS; turn++) {
                try {
                    takeATurn();
                    if (random.nextInt(10) == 0) {
                        Offsets.assertRowsMatchPositions(lake, which);
                    }
                } catch (Crash e) {
                    crashes.incrementAndGet();
                    restart();
                } catch (StoreException.AmbiguousCommit e) {
                    ambiguous.incrementAndGet();
                    believed.clear();
                } catch (StoreException.Transient e) {
                    believed.clear();
                }
            }
            lake.close();
        }

        private void restart() {
            lake.close();
            believed.clear();
            lake = start();
        }

        private LakeTableStore start() {
            return LakeTableStore.builder(new ObservedObjectStore(LocalObjectStore.open(home), this::reach), "orders")
                    .open();
        }

        private void takeATurn() {
            lake.ensureTable(TABLE);
            Map<SourceShard, Long> from = chosenShards();
            Map<SourceShard, Long> to = new TreeMap<>();
            from.forEach((shard, next) -> to.put(shard, Math.max(0, next) + random.nextInt(12)));
            WriteBatch batch = batch(from, to);

            CommitOutcome outcome = lake.commit(SINK, batch);
            if (outcome instanceof CommitOutcome.Conflict conflict) {
                conflicts.incrementAndGet();
                believed.putAll(conflict.actual().next());
            } else {
                commits.incrementAndGet();
                believed.putAll(to);
                assertThat(lake.commit(SINK, batch))
                        .as("the same batch again: known, or overtaken by another writer")
                        .isNotEqualTo(new CommitOutcome.Committed());
            }
        }

        /** Some shards, and where this writer last saw them: others may have moved them since. */
        private Map<SourceShard, Long> chosenShards() {
            Set<SourceShard> chosen = new HashSet<>();
            chosen.add(shard(random.nextInt(SHARDS)));
            if (random.nextBoolean()) {
                chosen.add(shard(random.nextInt(SHARDS)));
            }
            if (!believed.keySet().containsAll(chosen) || random.nextInt(3) == 0) {
                Position found = lake.open(SINK, chosen);
                believed.putAll(found.next());
            }
            Map<SourceShard, Long> from = new TreeMap<>(believed);
            from.keySet().retainAll(chosen);
            return from;
        }

        private void reach(Point point) {
            int dice = random.nextInt(100);
            if (dice < 3) {
                throw new Crash();
            }
            if (dice < 20 && (point == Point.BEFORE_LOG || point == Point.AFTER_LOG)) {
                throw new StoreException.AmbiguousCommit("the answer was lost", null);
            }
            if (dice < 22 && point == Point.BEFORE_DATA) {
                throw new StoreException.Transient("the network is slow", null);
            }
        }
    }
}
