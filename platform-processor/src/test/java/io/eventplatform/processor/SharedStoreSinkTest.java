package io.eventplatform.processor;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import io.eventplatform.processor.sink.StoreSink;
import io.eventplatform.processor.sink.TableProjection;
import io.eventplatform.processor.sink.ViewProjection;
import io.eventplatform.storage.Capability;
import io.eventplatform.storage.Catalog;
import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.InMemoryTableStore;
import io.eventplatform.storage.Measure;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.View;
import io.eventplatform.storage.WriteBatch;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Several instances of a sink into one store that they share. */
@Timeout(180)
@ExtendWith(KafkaExtension.class)
class SharedStoreSinkTest {

    private static final int PARTITIONS = 4;

    private static final View TOTALS = View.named("totals")
            .groupBy(Column.required("customer", ColumnType.STRING))
            .measure(Measure.count("orders"), Measure.sum("amount", ColumnType.LONG))
            .build();

    private final KafkaWorld kafka;
    private final String name = EmbeddedKafka.uniqueName("shared");
    private final String topic = name + "-events";
    private final SharedStore store = new SharedStore(new InMemoryTableStore());
    private final StoreSink sink = StoreSink.named(name, topic, Contracts.of(OrderPlaced.class))
            .table(TableProjection.append("orders", OrderPlaced.class)
                    .column("event_id", ColumnType.STRING, event -> event.id()))
            .view(ViewProjection.of(TOTALS, OrderPlaced.class)
                    .value("customer", event -> event.payload().customer())
                    .value("amount", event -> event.payload().amount()))
            .into(store);
    private final List<String> sent = new ArrayList<>();

    SharedStoreSinkTest(EmbeddedKafka broker) {
        this.kafka = new KafkaWorld(broker);
        kafka.create(sink.topics(PARTITIONS));
    }

    @AfterEach
    void disconnect() {
        kafka.close();
    }

    @Test
    void instancesShareThePartitionsAndTheSurvivorTakesOver() {
        send(200);
        Runner first = Runner.start(sink, kafka.config(), options(StepListener.NONE));
        first.ready().toCompletableFuture().join();
        Runner second = Runner.start(sink, kafka.config(), options(StepListener.NONE));
        try (first;
                second) {
            KafkaWorld.await(() -> second.progress().lag() >= 0); // it has been given partitions
            send(400);
            KafkaWorld.await(this::everythingIsStored);
            assertThat(first.progress().records()).isPositive();
            assertThat(second.progress().records()).isPositive();

            second.close();
            send(200);
            KafkaWorld.await(this::everythingIsStored);
        }
        assertStoredOnce();
    }

    @Test
    void anInstanceThatWasReplacedWhileItSleptWritesNothing() {
        CountDownLatch asleep = new CountDownLatch(1);
        CountDownLatch awake = new CountDownLatch(1);
        AtomicBoolean once = new AtomicBoolean();
        StepListener sleepsWithABatchInHand = step -> {
            if (step == Step.ROWS_BUILT && once.compareAndSet(false, true)) {
                asleep.countDown();
                awaitQuietly(awake);
            }
        };
        // After a second without a poll the group gives the partitions of a sleeper to others.
        KafkaConfig impatient = kafka.config().with("max.poll.interval.ms", 1000);
        send(200);
        try (Runner zombie = Runner.start(sink, impatient, options(sleepsWithABatchInHand))) {
            awaitQuietly(asleep);
            try (Runner heir = Runner.start(sink, kafka.config(), options(StepListener.NONE))) {
                KafkaWorld.await(this::everythingIsStored);
                int conflicts = store.conflicts.get();
                awake.countDown();
                KafkaWorld.await(() -> store.conflicts.get() > conflicts);

                send(200);
                KafkaWorld.await(this::everythingIsStored);
                assertThat(heir.progress().records()).isPositive();
            }
        }
        assertStoredOnce();
    }

    @Test
    void aStoreThatDoesNotAnswerDuringARebalanceHoldsUpASinkAndDoesNotStopIt() {
        send(200);
        store.failingOpens.set(3);
        try (Runner first = Runner.start(sink, kafka.config(), options(StepListener.NONE));
                Runner second = Runner.start(sink, kafka.config(), options(StepListener.NONE))) {
            KafkaWorld.await(this::everythingIsStored);
            assertThat(store.failingOpens).hasNonPositiveValue();
            assertThat(List.of(first.health(), second.health())).noneMatch(Health.Failed.class::isInstance);
        }
        assertStoredOnce();
    }

    @Test
    void anInstanceThatCrashesBetweenCommitAndReportLeavesNothingTwice() {
        AtomicInteger commits = new AtomicInteger();
        StepListener dies = step -> {
            if (step == Step.STORE_COMMITTED && commits.incrementAndGet() == 2) {
                throw new AssertionError("crash");
            }
        };
        send(100);
        Runner first = Runner.start(sink, kafka.config(), named("one", dies));
        KafkaWorld.await(() -> first.progress().records() > 0);
        send(300);
        KafkaWorld.await(() -> first.health() instanceof Health.Failed);

        try (Runner again = Runner.start(sink, kafka.config(), named("one", StepListener.NONE))) {
            KafkaWorld.await(this::everythingIsStored);
        }
        first.close();
        assertStoredOnce();
    }

    /** Without a name, so that the group lets go of an instance as soon as it leaves. */
    private static RunnerOptions options(StepListener listener) {
        return RunnerOptions.builder()
                .maxCommitRecords(25)
                .stepListener(listener)
                .build();
    }

    private static RunnerOptions named(String instance, StepListener listener) {
        return RunnerOptions.builder()
                .instance(instance)
                .maxCommitRecords(25)
                .stepListener(listener)
                .build();
    }

    private void send(int count) {
        for (int i = 0; i < count; i++) {
            String id = "id-" + sent.size();
            sent.add(id);
            kafka.sendLater(topic, "key-" + i % 37, OrderPlaced.json(id, i % 3 == 0 ? "ada" : "bob", 5));
        }
        kafka.flush();
    }

    private boolean everythingIsStored() {
        return stored().size() >= sent.size();
    }

    private List<Object> stored() {
        List<Object> ids = new ArrayList<>();
        try (Cursor rows = store.query(Query.of("orders").withColumns(List.of("event_id")))) {
            rows.forEachRemaining(row -> ids.add(String.valueOf(row.get(0))));
        }
        return ids;
    }

    private void assertStoredOnce() {
        assertThat(stored()).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(Catalog.of(store, sink.id(), sink.views()).read("totals").rows())
                .extracting(row -> (Long) row.get(1))
                .satisfies(counts -> assertThat(
                                counts.stream().mapToLong(Long::longValue).sum())
                        .isEqualTo(sent.size()));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stands for a database: one store that several instances write to. */
    private static final class SharedStore extends StoreDelegate {

        private final AtomicInteger conflicts = new AtomicInteger();
        private final AtomicInteger failingOpens = new AtomicInteger();

        SharedStore(TableStore store) {
            super(store);
        }

        @Override
        public Set<Capability> capabilities() {
            EnumSet<Capability> all = EnumSet.of(Capability.SHARED);
            all.addAll(super.capabilities());
            return all;
        }

        @Override
        public Position open(SinkId sink, Set<SourceShard> shards) {
            if (failingOpens.getAndDecrement() > 0) {
                throw new StoreException.Transient("503", null);
            }
            return super.open(sink, shards);
        }

        @Override
        public CommitOutcome commit(SinkId sink, WriteBatch batch) {
            CommitOutcome outcome = super.commit(sink, batch);
            if (outcome instanceof CommitOutcome.Conflict) {
                conflicts.incrementAndGet();
            }
            return outcome;
        }
    }
}
