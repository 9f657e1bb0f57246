package io.eventplatform.storage.tck;

import static io.eventplatform.storage.tck.Bench.A;
import static io.eventplatform.storage.tck.Bench.B;
import static io.eventplatform.storage.tck.Bench.EVENTS;
import static io.eventplatform.storage.tck.Bench.SINK;
import static io.eventplatform.storage.tck.Bench.at;
import static io.eventplatform.storage.tck.Bench.events;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.eventplatform.storage.Capability;
import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.WriteBatch;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What was acknowledged survives a close and a crash, whole. */
abstract class DurabilityRules extends Rules {

    /** Each round kills a process later in its commit, from the beginning of it to the end. */
    private static final int KILLS = 8;

    private static final int COMMITS_BEFORE_KILL = 4;
    private static final int ROWS_PER_SHARD = 2_000;

    @Test
    void h1_aProcessKilledWhileCommittingLeavesWholeBatches() throws Exception {
        assumeDurable();
        for (int kill = 0; kill < KILLS; kill++) {
            bench().store().close();

            long acknowledged = killWhileCommitting((kill + 0.5) / KILLS);

            bench().reopen();
            assertWholeAfterKill(acknowledged);
        }
    }

    /**
     * Lets a process commit a few times, then kills it in a commit, after this part of the time that the
     * commit before it took. Returns the position it was last told to be committed.
     */
    private long killWhileCommitting(double part) throws Exception {
        try (ChildProcess child = ChildProcess.start(bench(), ChildMain.class, Integer.toString(ROWS_PER_SHARD))) {
            long acknowledged = Position.NOT_STARTED;
            long nanos = 0;
            for (int i = 0; i < COMMITS_BEFORE_KILL; i++) {
                child.expect("begin");
                long begun = System.nanoTime();
                acknowledged = Long.parseLong(child.expect("done "));
                nanos = System.nanoTime() - begun;
            }
            child.expect("begin");
            LockSupport.parkNanos((long) (nanos * part));
            child.kill();
            return acknowledged;
        }
    }

    private void assertWholeAfterKill(long acknowledged) {
        Position position = bench().position(A, B);
        bench().assertRowsMatchPosition(A);
        bench().assertRowsMatchPosition(B);
        assertThat(position.of(B)).as("position of the batch's other shard").isEqualTo(position.of(A));
        assertThat(position.of(A))
                .as("position after a kill: a batch whose commit had returned is missing")
                .isGreaterThanOrEqualTo(acknowledged);
        if (Bench.hasTotals(bench().store()) && position.of(A) != Position.NOT_STARTED) {
            assertThat(bench().totals()).containsOnlyKeys("offsets");
            assertThat(bench().totals().get("offsets")).isEqualTo(Row.of("offsets", position.of(A), null));
        }
    }

    @Test
    void h8_closingWhileCommittingNeverHalfWrites() throws Exception {
        TableStore store = bench().prepared();
        CountDownLatch underWay = new CountDownLatch(3);
        AtomicLong acknowledged = new AtomicLong();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            for (long from = 0; ; from += 500) {
                store.commit(SINK, events(A, from, from + 500));
                acknowledged.set(from + 500);
                underWay.countDown();
            }
        });
        assertThat(underWay.await(60, TimeUnit.SECONDS)).as("three commits").isTrue();

        store.close();

        assertThatThrownBy(() -> writer.get(60, TimeUnit.SECONDS))
                .as("a writer whose store was closed")
                .hasCauseInstanceOf(StoreException.class);
        if (bench().fixture().durable()) {
            bench().reopen();
            assertThat(bench().position(A).of(A)).isGreaterThanOrEqualTo(acknowledged.get());
            bench().assertRowsMatchPosition(A);
        }
    }

    @Test
    void h14_positionsAndRowsSurviveARestart() {
        assumeDurable();
        bench().prepared();
        bench().commit(events(A, 0, 10));
        SinkId other = new SinkId("other");
        bench().store().open(other, Set.of(B));

        bench().reopen();

        assertThat(bench().position(A, B)).isEqualTo(at(10, Position.NOT_STARTED));
        assertThat(bench().store().open(other, Set.of(B))).isEqualTo(at(B, Position.NOT_STARTED));
        bench().assertRowsMatchPosition(A);
    }

    @Test
    void h14_aShardThatWasOpenedIsRememberedWithoutACommit() {
        assumeDurable();
        bench().prepared();

        bench().reopen();

        assertThat(bench().store().commit(SINK, events(A, 0, 10)))
                .as("a commit on a shard that was opened before the restart: its position row must be durable")
                .isEqualTo(new CommitOutcome.Committed());
        bench().assertRowsMatchPosition(A);
    }

    @Test
    void h14_aBatchIsRecognisedAfterARestart() {
        assumeDurable();
        bench().prepared();
        WriteBatch batch = events(A, 0, 10);
        bench().commit(batch);

        bench().reopen();

        assertThat(bench().store().commit(SINK, batch)).isEqualTo(new CommitOutcome.AlreadyCommitted());
        bench().assertRowsMatchPosition(A);
    }

    @Test
    void h14_tablesAreRememberedAfterARestart() {
        assumeDurable();
        bench().prepared();
        bench().commit(events(A, 0, 10));

        bench().reopen();

        assertThat(bench().read(EVENTS)).hasSize(10);
        TableSpec other =
                TableSpec.append(EVENTS.name(), List.of(EVENTS.columns().get(0)));
        assertRefused(
                StoreException.SchemaIncompatible.class,
                "a table that existed before the restart, declared otherwise,",
                () -> bench().store().ensureTable(other));
        bench().commit(events(A, 10, 20));
        bench().assertRowsMatchPosition(A);
    }

    @Test
    void h14_aStoreThatIsNotDurableStartsEmpty() {
        assumeTrue(!bench().fixture().durable(), "the fixture says the store is durable");
        bench().prepared();
        bench().commit(events(A, 0, 10));

        bench().reopen();

        assertThat(bench().position(A))
                .as("rows and positions are gone together")
                .isEqualTo(at(A, Position.NOT_STARTED));
        bench().store().ensureTable(EVENTS);
        assertThat(bench().read(EVENTS)).isEmpty();
    }

    @Test
    void capability_aPrivateStoreRefusesASecondProcess() throws Exception {
        assumeDurable();
        assumeTrue(!bench().can(Capability.SHARED), "the store declares SHARED");
        bench().prepared();

        try (ChildProcess second = ChildProcess.start(bench(), ChildMain.class, "1")) {
            // a store that is open here and not SHARED
            second.expect("refused ");
        }

        bench().commit(events(A, 0, 10));
        bench().assertRowsMatchPosition(A);
    }
}
