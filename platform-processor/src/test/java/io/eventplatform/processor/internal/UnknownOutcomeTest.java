package io.eventplatform.processor.internal;

import static io.eventplatform.processor.KafkaWorld.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import io.eventplatform.processor.DedupWindow;
import io.eventplatform.processor.Health;
import io.eventplatform.processor.KafkaWorld;
import io.eventplatform.processor.OrderPlaced;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Processor;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.StateSpec;
import io.eventplatform.processor.Step;
import io.eventplatform.processor.ValueState;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Commits that fail, or of which nobody knows whether they arrived, between a worker and a real broker. */
@ExtendWith(KafkaExtension.class)
class UnknownOutcomeTest {

    private static final int EVENTS = 100;

    private final EmbeddedKafka broker;
    private final String name = EmbeddedKafka.uniqueName("unknown");
    private final AtomicLong skippedNanos = new AtomicLong();

    UnknownOutcomeTest(EmbeddedKafka broker) {
        this.broker = broker;
    }

    /** What happens at a commit. */
    enum Fault {
        /** It arrives, the answer never does, also not on the repetitions. */
        ARRIVES_WITHOUT_ANSWER,
        /** It never arrives. */
        NEVER_ARRIVES,
        /** It is answered late. */
        ANSWERED_AT_THE_SECOND_CALL,
        /** The broker asks for an abort. */
        ABORTABLE,
        /** The coordinator had timed the transaction out. */
        FENCED,
        /** The offsets cannot be added. */
        OFFSETS_TIME_OUT
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void everyEventComesOutOnce(Fault fault) {
        Pipeline pipeline = Pipeline.named(name)
                .from(Source.topic(name + "-in", Contracts.of(OrderPlaced.class))
                        .deduplicatedById(DedupWindow.of(Duration.ofDays(1))))
                .to(name + "-out");
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            run(pipeline, kafka, new FaultyClients(fault, 2));
        }
    }

    /** The first commit is the claim of the tasks, the second has the first records. */
    @ParameterizedTest
    @CsvSource({
        "ARRIVES_WITHOUT_ANSWER, 1",
        "NEVER_ARRIVES, 1",
        "ABORTABLE, 1",
        "ARRIVES_WITHOUT_ANSWER, 2",
        "NEVER_ARRIVES, 2",
        "ABORTABLE, 2",
        "FENCED, 2",
        "OFFSETS_TIME_OUT, 2"
    })
    void everyEventCountsOnceInState(Fault fault, int commit) {
        StateSpec<ValueState<Long>> seen = StateSpec.value("seen", Long.class);
        Pipeline pipeline = Pipeline.named(name)
                .from(Source.topic(name + "-in", Contracts.of(OrderPlaced.class)))
                .process(
                        "count",
                        () -> (Processor<Record, OrderPlaced>) (event, context) -> {
                            long number = context.state(seen).get().orElse(0L) + 1;
                            context.state(seen).set(number);
                            context.forward(event.withPayload(
                                    new OrderPlaced(context.key().orElseThrow(), number, Optional.empty())));
                        },
                        seen)
                .to(name + "-out");
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            run(pipeline, kafka, new FaultyClients(fault, commit));

            Map<String, List<Integer>> numbers = new TreeMap<>();
            for (ConsumerRecord<byte[], byte[]> record : kafka.read(name + "-out")) {
                String amount = new String(record.value(), UTF_8).replaceAll(".*\"amount\":(\\d+).*", "$1");
                numbers.computeIfAbsent(new String(record.key(), UTF_8), key -> new ArrayList<>())
                        .add(Integer.parseInt(amount));
            }
            assertThat(numbers).hasSize(7).allSatisfy((key, ofKey) -> assertThat(ofKey)
                    .isEqualTo(IntStream.rangeClosed(1, ofKey.size()).boxed().toList()));
        }
    }

    private void run(Pipeline pipeline, KafkaWorld kafka, FaultyClients clients) {
        kafka.create(pipeline.topics(2));
        for (int i = 0; i < EVENTS; i++) {
            kafka.sendLater(pipeline.sources().get(0).topic(), "key-" + i % 7, OrderPlaced.json("id-" + i, "ada", i));
        }
        kafka.flush();
        RunnerOptions options = RunnerOptions.builder()
                .instance("one")
                .maxCommitRecords(20)
                .ticker(() -> System.nanoTime() + skippedNanos.get())
                .build();

        Worker worker = Worker.start(pipeline, kafka.config(), options, clients);
        kafka.awaitCommitted(name, pipeline.sources().get(0).topic());
        assertThat(worker.health()).isInstanceOf(Health.Running.class);
        assertThat(worker.close(Duration.ofSeconds(30)).progress().records()).isEqualTo(EVENTS);

        assertThat(clients.faults).hasPositiveValue();
        assertThat(kafka.read(pipeline.targetTopics().get(0)))
                .extracting(record -> header(record, "event_id"))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, EVENTS).mapToObj(i -> "id-" + i).toList());
    }

    @Test
    void aCommitThatTurnsOutToHaveArrivedIsNoTroubleAnyMore() {
        Pipeline pipeline = Pipeline.named(name)
                .from(Source.topic(name + "-in", Contracts.of(OrderPlaced.class)))
                .to(name + "-out");
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(pipeline.topics(1));
            RunnerOptions options = RunnerOptions.builder()
                    .instance("one")
                    .ticker(() -> System.nanoTime() + skippedNanos.get())
                    .build();
            FaultyClients clients = new FaultyClients(Fault.ARRIVES_WITHOUT_ANSWER, 2);

            Worker worker = Worker.start(pipeline, kafka.config(), options, clients);
            kafka.send(name + "-in", "k", OrderPlaced.json("a", "ada", 1));
            kafka.awaitCommitted(name, name + "-in");
            kafka.send(name + "-in", "k", OrderPlaced.json("b", "ada", 1));
            KafkaWorld.await(() -> worker.progress().commits() == 2);
            KafkaWorld.await(() -> worker.health() instanceof Health.Running);
            worker.close(Duration.ofSeconds(30));

            assertThat(clients.faults).hasPositiveValue();
        }
    }

    /** The worker sleeps inside a transaction until the coordinator has given it up. */
    @Test
    void aTransactionThatKafkaTimedOutIsSentAgainOnce() {
        Pipeline pipeline = Pipeline.named(name)
                .from(Source.topic(name + "-in", Contracts.of(OrderPlaced.class)))
                .to(name + "-out");
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(pipeline.topics(1));
            for (int i = 0; i < EVENTS; i++) {
                kafka.sendLater(name + "-in", "key-" + i % 7, OrderPlaced.json("id-" + i, "ada", i));
            }
            kafka.flush();
            AtomicInteger slept = new AtomicInteger();
            RunnerOptions options = RunnerOptions.builder()
                    .instance("one")
                    .stepListener(step -> {
                        if (step == Step.OFFSETS_SENT && slept.getAndIncrement() == 0) {
                            KafkaWorld.await(() -> state(kafka, name + ".one-0") == TransactionState.COMPLETE_ABORT);
                        }
                    })
                    .build();

            Worker worker = Worker.start(pipeline, kafka.config(), options, new ImpatientTransactions());
            kafka.awaitCommitted(name, name + "-in");
            assertThat(worker.close(Duration.ofSeconds(30)).progress().records())
                    .isEqualTo(EVENTS);

            assertThat(slept).hasValueGreaterThan(1);
            assertThat(kafka.read(name + "-out"))
                    .extracting(record -> header(record, "event_id"))
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, EVENTS).mapToObj(i -> "id-" + i).toList());
        }
    }

    private static TransactionState state(KafkaWorld kafka, String transactionalId) {
        try {
            return kafka.admin()
                    .describeTransactions(List.of(transactionalId))
                    .description(transactionalId)
                    .get()
                    .state();
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static final class ImpatientTransactions implements Clients {

        @Override
        public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
            return KAFKA.consumer(settings);
        }

        @Override
        public Admin admin(Map<String, Object> settings) {
            return KAFKA.admin(settings);
        }

        @Override
        public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
            Map<String, Object> impatient = new HashMap<>(settings);
            impatient.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 1_000);
            return KAFKA.producer(impatient);
        }
    }

    /** Puts the fault before or behind one commit of the first producer. */
    private final class FaultyClients implements Clients {

        private final Fault fault;
        private final int commit;
        private final AtomicInteger producers = new AtomicInteger();
        private final AtomicInteger commits = new AtomicInteger();
        private final AtomicInteger faults = new AtomicInteger();

        FaultyClients(Fault fault, int commit) {
            this.fault = fault;
            this.commit = commit;
        }

        @Override
        public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
            return KAFKA.consumer(settings);
        }

        @Override
        public Admin admin(Map<String, Object> settings) {
            return KAFKA.admin(settings);
        }

        @Override
        @SuppressWarnings("unchecked")
        public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
            Producer<byte[], byte[]> real = KAFKA.producer(settings);
            if (producers.getAndIncrement() > 0) {
                return real;
            }
            InvocationHandler faulty = (proxy, method, arguments) -> {
                try {
                    if (method.getName().equals("commitTransaction") && commits.incrementAndGet() >= commit) {
                        beforeCommit(real);
                    }
                    if (method.getName().equals("sendOffsetsToTransaction")
                            && fault == Fault.OFFSETS_TIME_OUT
                            && commits.get() == commit - 1
                            && faults.getAndIncrement() == 0) {
                        throw new TimeoutException("offsets");
                    }
                    return method.invoke(real, arguments);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            };
            return (Producer<byte[], byte[]>)
                    Proxy.newProxyInstance(Producer.class.getClassLoader(), new Class<?>[] {Producer.class}, faulty);
        }

        private void beforeCommit(Producer<byte[], byte[]> real) {
            switch (fault) {
                case ARRIVES_WITHOUT_ANSWER -> {
                    if (faults.getAndIncrement() == 0) {
                        real.commitTransaction();
                    }
                    passTransactionTimeout();
                    throw new TimeoutException("no answer");
                }
                case NEVER_ARRIVES -> {
                    faults.incrementAndGet();
                    passTransactionTimeout();
                    throw new TimeoutException("no answer");
                }
                case ANSWERED_AT_THE_SECOND_CALL -> {
                    if (faults.getAndIncrement() == 0) {
                        throw new TimeoutException("not yet");
                    }
                }
                case ABORTABLE -> {
                    if (faults.getAndIncrement() == 0) {
                        throw new TransactionAbortableException("abort, please");
                    }
                }
                case FENCED -> {
                    if (faults.getAndIncrement() == 0) {
                        throw new InvalidProducerEpochException("timed out");
                    }
                }
                case OFFSETS_TIME_OUT -> {}
            }
        }

        private void passTransactionTimeout() {
            skippedNanos.addAndGet(Duration.ofSeconds(16).toNanos());
        }
    }
}
