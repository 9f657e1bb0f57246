package io.eventplatform.processor;

import static io.eventplatform.processor.KafkaWorld.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.contract.Contracts;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import io.eventplatform.processor.sink.StoreSink;
import io.eventplatform.processor.sink.StoreSink.StartPolicy;
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
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.View;
import io.eventplatform.storage.WriteBatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(KafkaExtension.class)
class StoreSinkTest {

    private static final View TOTALS = View.named("totals")
            .groupBy(Column.required("customer", ColumnType.STRING))
            .measure(
                    Measure.count("orders"),
                    Measure.sum("amount", ColumnType.LONG),
                    Measure.max("largest", ColumnType.LONG))
            .build();

    private static final View SIZES = View.named("sizes")
            .groupBy(Column.required("customer", ColumnType.STRING))
            .measure(Measure.distinct("sizes", ColumnType.LONG), Measure.count("orders"))
            .build();

    private final EmbeddedKafka broker;
    private final String name = EmbeddedKafka.uniqueName("sink");
    private final String topic = name + "-events";
    private final InMemoryTableStore memory = new InMemoryTableStore();

    StoreSinkTest(EmbeddedKafka broker) {
        this.broker = broker;
    }

    private StoreSink.Builder builder() {
        return StoreSink.named(name, topic, Contracts.of(OrderPlaced.class))
                .table(TableProjection.append("orders", OrderPlaced.class)
                        .column("event_id", ColumnType.STRING, event -> event.id())
                        .column("amount", ColumnType.LONG, event -> event.payload()
                                .amount()))
                .view(ViewProjection.of(TOTALS, OrderPlaced.class)
                        .value("customer", event -> event.payload().customer())
                        .value("amount", event -> event.payload().amount())
                        .value("largest", event -> event.payload().amount()))
                .view(ViewProjection.of(SIZES, OrderPlaced.class)
                        .value("customer", event -> event.payload().customer())
                        .value("sizes", event -> event.payload().amount() % 7));
    }

    private static RunnerOptions.Builder options() {
        return RunnerOptions.builder().instance("one");
    }

    @Test
    void rowsAndViewsHoldWhatTheTopicHolds() {
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            StoreSink sink = builder().into(memory);
            kafka.create(sink.topics(2));
            Expected expected = send(kafka, 300, new Random(1));

            runOut(kafka, sink, options().build());

            expected.assertStored(memory, sink);
        }
    }

    @Test
    void recordsAfterTransactionMarkersAreReachedAndThePositionMovesOverTheMarkers() {
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            StoreSink sink = builder().into(memory);
            kafka.create(sink.topics(1));
            Pipeline pipeline = Pipeline.named(name + "-up")
                    .from(Source.topic(name + "-raw", Contracts.of(OrderPlaced.class)))
                    .to(topic);
            kafka.create(pipeline.topics(1));
            for (int i = 0; i < 10; i++) {
                kafka.send(name + "-raw", "k", OrderPlaced.json("id-" + i, "ada", i));
            }
            try (Runner runner = Runner.start(
                    pipeline, kafka.config(), options().maxCommitRecords(2).build())) {
                kafka.awaitCommitted(pipeline.name(), name + "-raw");
                assertThat(runner.progress().commits()).isGreaterThanOrEqualTo(5);
            }

            runOut(kafka, sink, options().build());

            assertThat(orders(memory)).hasSize(10);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"POLLED", "PROCESSED", "ROWS_BUILT", "STORE_COMMITTED", "PROGRESS_REPORTED"})
    void aCrashAtAnyStepLosesNothingAndDoublesNothing(Step step) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            StoreSink sink = builder().into(memory);
            kafka.create(sink.topics(2));
            Expected expected = send(kafka, 300, random);
            for (int crash = 0; crash < 4; crash++) {
                AtomicInteger reached = new AtomicInteger();
                int nth = 1 + random.nextInt(step == Step.PROCESSED ? 100 : 2);
                RunnerOptions crashing = options()
                        .maxCommitRecords(40)
                        .stepListener(at -> {
                            if (at == step && reached.incrementAndGet() == nth) {
                                throw new AssertionError("crash at " + step);
                            }
                        })
                        .build();
                try (Runner runner = Runner.start(sink, kafka.config(), crashing)) {
                    KafkaWorld.await(() -> runner.health() instanceof Health.Failed
                            || orders(memory).size() == 300);
                }
            }

            runOut(kafka, sink, options().build());

            expected.assertStored(memory, sink);
        }
    }

    /** What goes wrong between the sink and its store, at the third commit. */
    enum Fault {
        TRANSIENT,
        CAPACITY,
        AMBIGUOUS_BUT_WRITTEN,
        AMBIGUOUS_AND_NOT_WRITTEN,
        ANOTHER_WRITER_CAME_FIRST,
        READ_FAILS
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void aStoreThatFailsForAWhileLosesNothingAndDoublesNothing(Fault fault) {
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            FaultyStore store = new FaultyStore(memory, fault);
            StoreSink sink = builder().into(store);
            kafka.create(sink.topics(2));
            Expected expected = send(kafka, 300, new Random(7));

            runOut(kafka, sink, options().maxCommitRecords(30).build());

            assertThat(store.faults).isPositive();
            expected.assertStored(memory, sink);
        }
    }

    @Test
    void aStoreThatWasSetBackToNothingIsFilledAgain() {
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            InMemoryTableStore fresh = new InMemoryTableStore();
            StoreSink sink = builder().into(new SetBackStore(memory, fresh));
            kafka.create(sink.topics(2));
            Expected expected = send(kafka, 300, new Random(9));

            runOut(kafka, sink, options().maxCommitRecords(30).build());

            expected.assertStored(fresh, sink);
        }
    }

    @Test
    void aRowTheStoreRefusesBecomesADeadLetterAndItsNeighboursAreStored() {
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            TableStore picky = new StoreDelegate(memory) {
                @Override
                public CommitOutcome commit(SinkId sink, WriteBatch batch) {
                    for (var rows : batch.tables()) {
                        if (rows.table().name().equals("orders")
                                && rows.rows().stream()
                                        .anyMatch(row -> Long.valueOf(13).equals(row.get(1)))) {
                            throw new StoreException.RowsRejected("orders", List.of(), "13 is refused", null);
                        }
                    }
                    return super.commit(sink, batch);
                }
            };
            StoreSink sink = builder().into(picky);
            kafka.create(sink.topics(1));
            for (int i = 0; i < 40; i++) {
                kafka.sendLater(topic, "k", OrderPlaced.json("id-" + i, "ada", i));
            }
            kafka.flush();

            runOut(kafka, sink, options().build());

            assertThat(orders(memory)).hasSize(39).noneMatch(row -> Long.valueOf(13)
                    .equals(row.get(1)));
            assertThat(kafka.read(sink.deadLetterTopic())).singleElement().satisfies(letter -> {
                assertThat(header(letter, "dead_letter.reason")).isEqualTo("store.rejected");
                assertThat(header(letter, "dead_letter.offset")).isEqualTo("13");
            });
            assertThat(new Catalogued(memory, sink).totals().get("ada")).isEqualTo(Row.of("ada", 39L, 780L - 13L, 39L));
        }
    }

    @Test
    void aValueAViewCannotTakeInBecomesADeadLetterAndItsNeighboursCount() {
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            StoreSink sink = builder().into(memory);
            kafka.create(sink.topics(1));
            kafka.sendLater(topic, "k", OrderPlaced.json("a", "ada", Long.MAX_VALUE));
            kafka.sendLater(topic, "k", OrderPlaced.json("b", "ada", 1)); // the sum would overflow
            kafka.sendLater(topic, "k", OrderPlaced.json("c", "bob", 1));
            kafka.flush();

            runOut(kafka, sink, options().build());

            assertThat(orders(memory)).extracting(row -> row.get(0)).containsExactlyInAnyOrder("a", "c");
            assertThat(kafka.read(sink.deadLetterTopic())).singleElement().satisfies(letter -> {
                assertThat(header(letter, "dead_letter.reason")).isEqualTo("view.refused");
                assertThat(header(letter, "dead_letter.offset")).isEqualTo("1");
            });
        }
    }

    @Test
    void aValueItsColumnDoesNotTakeIsNamedAndSmallerNumbersAreWidened() {
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            StoreSink sink = StoreSink.named(name, topic, Contracts.of(OrderPlaced.class))
                    .table(TableProjection.append("orders", OrderPlaced.class)
                            .column("event_id", ColumnType.STRING, event -> event.id())
                            .column(
                                    "amount",
                                    ColumnType.LONG,
                                    event -> event.payload().amount() < 10
                                            ? (Object) (int) event.payload().amount()
                                            : "ada@example.com"))
                    .into(memory);
            kafka.create(sink.topics(1));
            kafka.send(topic, "k", OrderPlaced.json("a", "ada", 5));
            kafka.send(topic, "k", OrderPlaced.json("b", "ada", 50));

            runOut(kafka, sink, options().build());

            assertThat(orders(memory)).extracting(row -> row.get(1)).containsExactly(5L);
            assertThat(kafka.read(sink.deadLetterTopic())).singleElement().satisfies(letter -> {
                assertThat(header(letter, "dead_letter.reason")).isEqualTo("store.rejected");
                assertThat(header(letter, "dead_letter.attempts")).isEqualTo("1");
                assertThat(header(letter, "dead_letter.detail"))
                        .contains("orders.amount takes Long")
                        .doesNotContain("ada@example.com");
            });
        }
    }

    @Test
    void aDeadLetterIsNotWrittenAgainWhileTheStoreFails() {
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            AtomicInteger failures = new AtomicInteger(3);
            StoreSink sink = builder().into(new StoreDelegate(memory) {
                @Override
                public CommitOutcome commit(SinkId id, WriteBatch batch) {
                    if (failures.getAndDecrement() > 0) {
                        throw new StoreException.Transient("later", null);
                    }
                    return super.commit(id, batch);
                }
            });
            kafka.create(sink.topics(1));
            kafka.send(topic, "k", "not json");

            runOut(kafka, sink, options().build());

            assertThat(failures).hasValueLessThan(0);
            assertThat(kafka.read(sink.deadLetterTopic())).hasSize(1);
        }
    }

    @Test
    void aTopicThatIsReplacedWhileItIsReadStopsTheSinkAndARestartReadsTheNewOne() throws Exception {
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            StoreSink sink = builder().into(memory);
            kafka.create(sink.topics(1));
            send(kafka, 5, new Random(4));

            try (Runner runner = Runner.start(sink, kafka.config(), options().build())) {
                kafka.awaitCommitted(sink.group(), topic);
                kafka.admin().deleteTopics(List.of(topic)).all().get();
                kafka.recreate(topic, 1);

                KafkaWorld.await(() -> runner.health() instanceof Health.Failed);
                assertThat(((Health.Failed) runner.health()).cause())
                        .hasMessageStartingWith("topic " + topic + " was deleted and created again");
                assertThatThrownBy(() -> runner.awaitRecords(100, java.time.Duration.ofSeconds(30)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageStartingWith("the runner has stopped: topic " + topic + " was deleted");
            }
            kafka.sendLater(topic, "k", OrderPlaced.json("new", "ada", 1));
            kafka.flush();
            try (Runner runner = Runner.start(sink, kafka.config(), options().build())) {
                KafkaWorld.await(() -> orders(memory).size() == 6);
                assertThat(runner.health()).isInstanceOf(Health.Running.class);
            }
        }
    }

    @Test
    void aTopicThatNoLongerHoldsItsBeginningIsRefusedUnlessAllowed() throws Exception {
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            StoreSink complete = builder().into(memory);
            kafka.create(complete.topics(1));
            send(kafka, 10, new Random(3));
            TopicPartition partition = new TopicPartition(topic, 0);
            kafka.admin()
                    .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(4)))
                    .all()
                    .get();

            try (Runner runner =
                    Runner.start(complete, kafka.config(), options().build())) {
                assertThatThrownBy(() -> runner.ready().toCompletableFuture().join())
                        .isInstanceOf(CompletionException.class)
                        .hasMessageContaining("the topic starts at offset 4: the store would be incomplete");
            }
            StoreSink available =
                    builder().startPolicy(StartPolicy.EARLIEST_AVAILABLE).into(memory);
            runOut(kafka, available, options().build());

            assertThat(orders(memory)).hasSize(6);
        }
    }

    @Test
    void whatASinkCannotDoIsRefusedWhenItIsBuilt() {
        assertThatThrownBy(() -> StoreSink.named(name, topic, Contracts.of(OrderPlaced.class))
                        .into(memory))
                .hasMessage("sink " + name + " writes no table and no view");
        assertThatThrownBy(() -> StoreSink.named(name, topic, Contracts.of(RouterTest.ParcelLost.class))
                        .table(TableProjection.append("orders", OrderPlaced.class)
                                .column("event_id", ColumnType.STRING, event -> event.id()))
                        .into(memory))
                .hasMessage("sink " + name + ": table orders takes order_placed v1, which is not among the contracts of"
                        + " its source, [parcel_lost v1]. Add it there");
        assertThatThrownBy(() -> ViewProjection.of(TOTALS, OrderPlaced.class).value("orders", event -> 1L))
                .hasMessage("view totals: measure orders counts events and takes no value. Leave the value out, or use"
                        + " Measure.sum or Measure.distinct");
        assertThatThrownBy(() -> builder()
                        .view(ViewProjection.of(TOTALS, OrderPlaced.class))
                        .into(memory))
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> StoreSink.named(name, topic, Contracts.of(OrderPlaced.class))
                        .view(ViewProjection.of(TOTALS, OrderPlaced.class))
                        .into(memory))
                .hasMessage("sink " + name + ": view totals has no value for [amount, customer, largest]. Add"
                        + " .value(name, event -> …) to its ViewProjection for each");
        assertThatThrownBy(() -> builder().into(new StoreDelegate(memory) {
                    @Override
                    public Set<Capability> capabilities() {
                        return Set.of(Capability.UPSERT);
                    }
                }))
                .isInstanceOf(StoreException.UnsupportedCapability.class)
                .hasMessage("sink " + name + " writes 3 tables, but this store has one. Make a sink for each table,"
                        + " into a store of its own (needs SEVERAL_TABLES)");
        assertThatThrownBy(() -> ViewProjection.of(TOTALS, OrderPlaced.class).value("nobody", event -> 1))
                .hasMessage("view totals has no group column or measure nobody");
    }

    private void runOut(KafkaWorld kafka, StoreSink sink, RunnerOptions options) {
        try (Runner runner = Runner.start(sink, kafka.config(), options)) {
            runner.ready().toCompletableFuture().join();
            kafka.awaitCommitted(sink.group(), topic);
            assertThat(runner.health()).isInstanceOf(Health.Running.class);
        }
    }

    private Expected send(KafkaWorld kafka, int events, Random random) {
        Expected expected = new Expected();
        for (int i = 0; i < events; i++) {
            String customer = "customer-" + random.nextInt(12);
            kafka.sendLater(topic, "key-" + i, OrderPlaced.json("id-" + i, customer, i)); // not kept in one partition
            expected.add("id-" + i, customer, i);
        }
        kafka.flush();
        return expected;
    }

    private static List<Row> orders(TableStore store) {
        List<Row> rows = new ArrayList<>();
        try (Cursor cursor = store.query(Query.of("orders"))) {
            cursor.forEachRemaining(rows::add);
        } catch (StoreException.Configuration e) {
            return List.of(); // not created yet
        }
        return rows;
    }

    /** A plain fold over what was sent. */
    private static final class Expected {

        private final List<String> ids = new ArrayList<>();
        private final Map<String, long[]> totals = new TreeMap<>();
        private final Map<String, Set<Long>> sizes = new TreeMap<>();

        void add(String id, String customer, long amount) {
            ids.add(id);
            long[] total = totals.computeIfAbsent(customer, key -> new long[3]);
            total[0]++;
            total[1] += amount;
            total[2] = Math.max(total[2], amount);
            sizes.computeIfAbsent(customer, key -> new HashSet<>()).add(amount % 7);
        }

        void assertStored(TableStore store, StoreSink sink) {
            assertThat(orders(store)).extracting(row -> row.get(0)).containsExactlyInAnyOrderElementsOf(ids);
            Map<String, Row> rows = new TreeMap<>();
            totals.forEach((customer, total) -> rows.put(customer, Row.of(customer, total[0], total[1], total[2])));
            assertThat(new Catalogued(store, sink).totals()).isEqualTo(rows);
            rows.replaceAll((customer, row) -> Row.of(
                    customer, (long) sizes.getOrDefault(customer, Set.of()).size(), row.get(1)));
            assertThat(new Catalogued(store, sink).rows("sizes")).isEqualTo(rows);
        }
    }

    private record Catalogued(TableStore store, StoreSink sink) {

        Map<String, Row> totals() {
            return rows("totals");
        }

        Map<String, Row> rows(String view) {
            Map<String, Row> rows = new TreeMap<>();
            Catalog.of(store, sink.id(), sink.views())
                    .read(view)
                    .rows()
                    .forEach(row -> rows.put(String.valueOf(row.get(0)), row));
            return rows;
        }
    }

    /** Puts a fault in front of the third commit, or behind it. */
    private static final class FaultyStore extends StoreDelegate {

        private final Fault fault;
        private int commits;
        private int faults;

        FaultyStore(TableStore store, Fault fault) {
            super(store);
            this.fault = fault;
        }

        @Override
        public CommitOutcome commit(SinkId sink, WriteBatch batch) {
            commits++;
            if (commits != 3) {
                return super.commit(sink, batch);
            }
            faults++;
            switch (fault) {
                case TRANSIENT -> throw new StoreException.Transient("later", null);
                case CAPACITY -> throw new StoreException.Capacity("disk full", null);
                case AMBIGUOUS_BUT_WRITTEN -> {
                    super.commit(sink, batch);
                    throw new StoreException.AmbiguousCommit("connection lost", null);
                }
                case AMBIGUOUS_AND_NOT_WRITTEN -> throw new StoreException.AmbiguousCommit("connection lost", null);
                case ANOTHER_WRITER_CAME_FIRST -> {
                    super.commit(
                            sink,
                            new WriteBatch(
                                    java.util.UUID.randomUUID(), batch.tables(), batch.expected(), batch.next()));
                    return super.commit(sink, batch);
                }
                case READ_FAILS -> {
                    return super.commit(sink, batch);
                }
            }
            throw new IllegalStateException("every fault is handled");
        }

        @Override
        public Cursor query(Query query) {
            if (fault == Fault.READ_FAILS && commits == 2 && faults == 0) {
                faults++;
                throw new StoreException.Transient("reads fail", null);
            }
            return super.query(query);
        }
    }

    /** From the third commit on it is another store, into which nothing was committed. */
    private static final class SetBackStore extends StoreDelegate {

        private final TableStore fresh;
        private int commits;

        SetBackStore(TableStore store, TableStore fresh) {
            super(store);
            this.fresh = fresh;
        }

        @Override
        public void ensureTable(TableSpec table) {
            super.ensureTable(table);
            fresh.ensureTable(table);
        }

        @Override
        public Position open(SinkId sink, Set<SourceShard> shards) {
            fresh.open(sink, shards);
            return super.open(sink, shards);
        }

        @Override
        public CommitOutcome commit(SinkId sink, WriteBatch batch) {
            commits++;
            return commits < 3 ? super.commit(sink, batch) : fresh.commit(sink, batch);
        }

        @Override
        public Cursor query(Query query) {
            return commits < 3 ? super.query(query) : fresh.query(query);
        }
    }
}
