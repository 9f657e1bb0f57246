package io.eventplatform.processor;

import static io.eventplatform.processor.KafkaWorld.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import io.eventplatform.processor.sink.StoreSink;
import io.eventplatform.processor.sink.ViewProjection;
import io.eventplatform.storage.Catalog;
import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.InMemoryTableStore;
import io.eventplatform.storage.Measure;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.View;
import io.eventplatform.storage.duckdb.DuckDbTableStore;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Exact numbers from the topic through a store to the reader: distinct members and decimal sums. */
@ExtendWith(KafkaExtension.class)
class StoredViewsTest {

    private static final View TAKINGS = View.named("takings")
            .groupBy(Column.required("currency", ColumnType.STRING))
            .measure(
                    Measure.count("payments"),
                    Measure.distinct("payers", ColumnType.STRING),
                    Measure.sum("amount", ColumnType.DECIMAL))
            .build();

    private final EmbeddedKafka broker;
    private final String name = EmbeddedKafka.uniqueName("views");
    private final String topic = name + "-payments";

    @TempDir
    private Path directory;

    StoredViewsTest(EmbeddedKafka broker) {
        this.broker = broker;
    }

    enum Stores {
        IN_MEMORY {
            @Override
            TableStore open(Path directory) {
                return new InMemoryTableStore();
            }
        },
        DUCKDB {
            @Override
            TableStore open(Path directory) {
                return DuckDbTableStore.open(directory.resolve("views.duckdb"));
            }
        };

        abstract TableStore open(Path directory);
    }

    @ParameterizedTest
    @EnumSource(Stores.class)
    void aPayerWhoPaysInSeveralPartitionsCountsOnceAndSumsAreExact(Stores stores) {
        try (KafkaWorld kafka = new KafkaWorld(broker);
                TableStore store = stores.open(directory)) {
            StoreSink sink = sink(store);
            kafka.create(sink.topics(2));
            for (int i = 0; i < 10; i++) {
                send(kafka, i, "till-" + i, "eur", i % 3 == 0 ? "ann" : "bob", "0.1");
            }
            send(kafka, 10, "till-1", "eur", "", "-0.000000001");
            send(kafka, 11, "till-1", "usd", "", "12345678901234567890123456789.123456789");

            runOut(kafka, sink, options().build());

            assertThat(read(store, sink))
                    .containsExactly(
                            Row.of("eur", 11L, 2L, new BigDecimal("0.999999999")),
                            Row.of("usd", 1L, 0L, new BigDecimal("12345678901234567890123456789.123456789")));
        }
    }

    @ParameterizedTest
    @EnumSource(Stores.class)
    void crashesBetweenAndWithinBatchesCountNoMemberTwiceAndLoseNone(Stores stores) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (KafkaWorld kafka = new KafkaWorld(broker);
                TableStore store = stores.open(directory)) {
            StoreSink sink = sink(store);
            kafka.create(sink.topics(3));
            Map<String, BigDecimal> amounts = new TreeMap<>();
            Map<String, Set<String>> payers = new TreeMap<>();
            Map<String, Long> payments = new TreeMap<>();
            for (int i = 0; i < 400; i++) {
                String currency = "cur-" + random.nextInt(3);
                String payer = "payer-" + random.nextInt(60);
                BigDecimal amount = BigDecimal.valueOf(random.nextInt(), random.nextInt(10));
                send(kafka, i, "till-" + random.nextInt(20), currency, payer, amount.toPlainString());
                amounts.merge(currency, amount.setScale(9), BigDecimal::add);
                payers.computeIfAbsent(currency, key -> new HashSet<>()).add(payer);
                payments.merge(currency, 1L, Long::sum);
            }
            for (Step step : List.of(Step.ROWS_BUILT, Step.STORE_COMMITTED, Step.STORE_COMMITTED, Step.ROWS_BUILT)) {
                crashAt(step, 1 + random.nextInt(3), kafka, sink);
            }

            runOut(kafka, sink, options().maxCommitRecords(40).build());

            assertThat(read(store, sink))
                    .as("seed %d", seed)
                    .containsExactlyElementsOf(amounts.keySet().stream()
                            .map(each -> Row.of(
                                    each,
                                    payments.get(each),
                                    (long) payers.getOrDefault(each, Set.of()).size(),
                                    amounts.get(each)))
                            .toList());
        }
    }

    private void crashAt(Step step, int nth, KafkaWorld kafka, StoreSink sink) {
        AtomicInteger reached = new AtomicInteger();
        RunnerOptions crashing = options()
                .maxCommitRecords(20)
                .stepListener(at -> {
                    if (at == step && reached.incrementAndGet() == nth) {
                        throw new AssertionError("crash at " + step);
                    }
                })
                .build();
        try (Runner runner = Runner.start(sink, kafka.config(), crashing)) {
            KafkaWorld.await(() -> runner.health() instanceof Health.Failed);
        }
    }

    @ParameterizedTest
    @EnumSource(Stores.class)
    void aSumThatLeavesTheRangeRefusesTheEventThatDoesIt(Stores stores) {
        try (KafkaWorld kafka = new KafkaWorld(broker);
                TableStore store = stores.open(directory)) {
            StoreSink sink = sink(store);
            kafka.create(sink.topics(1));
            String most = "9".repeat(29) + ".999999999";
            send(kafka, 0, "t", "eur", "ann", most);
            send(kafka, 1, "t", "eur", "bob", "0.000000001"); // too much
            send(kafka, 2, "t", "eur", "cid", "-0.000000001"); // would make up for it
            send(kafka, 3, "t", "eur", "dan", "0.000000001"); // fits again
            send(kafka, 4, "t", "usd", "ann", "1");

            runOut(kafka, sink, options().build());

            assertThat(read(store, sink))
                    .containsExactly(
                            Row.of("eur", 3L, 3L, new BigDecimal(most)),
                            Row.of("usd", 1L, 1L, new BigDecimal("1.000000000")));
            assertThat(kafka.read(sink.deadLetterTopic()))
                    .singleElement()
                    .satisfies(letter -> assertRefused(
                            letter,
                            "1",
                            "a view cannot take it in: column takings.amount takes at most 29 digits before and 9 after"
                                    + " the point but the number has 30 and 9"));
        }
    }

    @ParameterizedTest
    @EnumSource(Stores.class)
    void anAmountThatDoesNotFitIsRefusedAlsoIfAnotherWouldMakeUpForIt(Stores stores) {
        try (KafkaWorld kafka = new KafkaWorld(broker);
                TableStore store = stores.open(directory)) {
            StoreSink sink = sink(store);
            kafka.create(sink.topics(1));
            send(kafka, 0, "t", "eur", "ann", "0.0000000005");
            send(kafka, 1, "t", "eur", "bob", "0.0000000005");
            send(kafka, 2, "t", "eur", "cid", "0.5000000000"); // zeros at the end lose nothing
            send(kafka, 3, "t", "eur", "dan", "1" + "0".repeat(29));

            runOut(kafka, sink, options().build());

            assertThat(read(store, sink)).containsExactly(Row.of("eur", 1L, 1L, new BigDecimal("0.500000000")));
            assertThat(kafka.read(sink.deadLetterTopic()))
                    .satisfiesExactly(
                            letter -> assertRefused(
                                    letter,
                                    "0",
                                    "column takings.amount takes at most 29 digits before and 9 after the point but"
                                            + " the number has 0 and 10"),
                            letter -> assertRefused(
                                    letter,
                                    "1",
                                    "column takings.amount takes at most 29 digits before and 9 after the point but"
                                            + " the number has 0 and 10"),
                            letter -> assertRefused(
                                    letter,
                                    "3",
                                    "column takings.amount takes at most 29 digits before and 9 after the point but"
                                            + " the number has 30 and 0"));
        }
    }

    private static void assertRefused(ConsumerRecord<byte[], byte[]> letter, String offset, String detail) {
        assertThat(header(letter, "dead_letter.reason")).isEqualTo("view.refused");
        assertThat(header(letter, "dead_letter.offset")).isEqualTo(offset);
        assertThat(header(letter, "dead_letter.detail")).endsWith(detail);
    }

    private StoreSink sink(TableStore store) {
        return StoreSink.named(name, topic, Contracts.of(PaymentTaken.class))
                .view(ViewProjection.of(TAKINGS, PaymentTaken.class)
                        .value("currency", event -> event.payload().currency())
                        .value("payers", event -> event.payload().payer().orElse(null))
                        .value("amount", event -> event.payload().amount()))
                .into(store);
    }

    private static RunnerOptions.Builder options() {
        return RunnerOptions.builder().instance("one");
    }

    private void send(KafkaWorld kafka, int id, String till, String currency, String payer, String amount) {
        kafka.sendLater(topic, till, PaymentTaken.json("id-" + id, till, currency, payer, amount));
    }

    private void runOut(KafkaWorld kafka, StoreSink sink, RunnerOptions options) {
        kafka.flush();
        try (Runner runner = Runner.start(sink, kafka.config(), options)) {
            runner.ready().toCompletableFuture().join();
            kafka.awaitCommitted(sink.group(), topic);
            assertThat(runner.health()).isInstanceOf(Health.Running.class);
        }
    }

    private static List<Row> read(TableStore store, StoreSink sink) {
        return Catalog.of(store, sink.id(), sink.views()).read("takings").rows();
    }
}
