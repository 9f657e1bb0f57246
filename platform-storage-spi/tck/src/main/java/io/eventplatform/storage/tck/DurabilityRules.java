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
import org.junit.jupiter.api.Test;

/** What was acknowledged survives a close and a crash, whole. */
abstract class DurabilityRules extends Rules {

    /** Rows a batch has per shard, by round: short and long commits are hit at different places. */
    private static final int[] ROUNDS = {500, 1, 3_000, 50, 10_000};

    @Test
    void h1_aProcessKilledWhileCommittingLeavesWholeBatches() throws Exception {
        assumeDurable();
        bench().store().close();

        long acknowledged = 0;
        for (int round = 0; round < ROUNDS.length; round++) {
            acknowledged = Math.max(acknowledged, killWhileCommitting(ROUNDS[round], 2 + round));

            bench().reopen();
            assertWholeAfterKill(acknowledged);
            bench().store().close();
        }
        bench().reopen();
    }

    /** Kills the child just after it began its {@code kills}-th commit; returns what it last called done. */
    private long killWhileCommitting(int rowsPerShard, int kills) throws Exception {
        long acknowledged = 0;
        try (ChildProcess child = ChildProcess.start(bench(), ChildMain.class, Integer.toString(rowsPerShard))) {
            int begun = 0;
            while (begun < kills) {
                String line = child.readLine();
                if (line == null) {
                    throw new AssertionError("the child process ended by itself: " + child.errors());
                }
                if (line.equals("begin")) {
                    begun++;
                } else if (line.startsWith("done ")) {
                    acknowledged = Long.parseLong(line.substring("done ".length()));
                }
            }
        }
        return acknowledged;
    }

    private void assertWholeAfterKill(long acknowledged) {
        Position position = bench().position(A, B);
        bench().assertRowsMatchPosition(A);
        bench().assertRowsMatchPosition(B);
        assertThat(position.of(B)).as("position of the batch's other shard").isEqualTo(position.of(A));
        assertThat(position.of(A))
                .as("position after a kill: a batch whose commit had returned is missing")
                .isGreaterThanOrEqualTo(acknowledged);
        if (bench().can(Capability.UPSERT) && position.of(A) != Position.NOT_STARTED) {
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
        assertThatThrownBy(() -> bench().store().ensureTable(other))
                .isInstanceOf(StoreException.SchemaIncompatible.class);
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
            assertThat(second.readLine())
                    .as("what a second process says about a store that is open here; %s", second.errors())
                    .isNotNull()
                    .startsWith("refused ");
        }

        bench().commit(events(A, 0, 10));
        bench().assertRowsMatchPosition(A);
    }

    private void assumeDurable() {
        assumeTrue(bench().fixture().durable(), "the fixture says the store is not durable");
    }
}
