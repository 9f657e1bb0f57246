package io.eventplatform.processor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.event.Event;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** State and timers of a pipeline that dies at any step, or moves between instances: each event counts once. */
@ExtendWith(KafkaExtension.class)
class StateCrashTest {

    private static final int EVENTS = 300;
    private static final StateSpec<ValueState<Long>> SEEN = StateSpec.value("seen", Long.class);
    private static final StateSpec<ListState<Long>> AMOUNTS = StateSpec.list("amounts", Long.class);
    private static final long FAILING_ONCE = 7;

    private final EmbeddedKafka broker;
    private final String name = EmbeddedKafka.uniqueName("state-crash");
    private final Source source = Source.topic(name + "-in", Contracts.of(OrderPlaced.class));
    private final Pipeline pipeline = Pipeline.named(name)
            .from(source)
            .process("count", Count::new, SEEN, AMOUNTS)
            .to(name + "-out");

    StateCrashTest(EmbeddedKafka broker) {
        this.broker = broker;
    }

    /**
     * Gives each order the number it has for its customer; every tenth closes a batch, which a timer tells of. Some
     * orders fail at their first attempt, after they have counted.
     */
    private static final class Count implements Processor<Record, OrderPlaced> {

        @Override
        public void process(Event<Record> event, ProcessorContext<OrderPlaced> context) {
            ValueState<Long> seen = context.state(SEEN);
            long number = seen.get().orElse(0L) + 1;
            seen.set(number);
            OrderPlaced order = (OrderPlaced) event.payload();
            context.state(AMOUNTS).add(order.amount());
            if (order.amount() % 50 == FAILING_ONCE && context.attempt() == 1) {
                throw new IllegalStateException("fails once");
            }
            if (number % 10 == 0) {
                context.timers().atEventTime("batch-" + number, event.timestamp());
            }
            context.forward(
                    event.withPayload(new OrderPlaced(order.customer(), number, Optional.of("order@example.com"))));
        }

        @Override
        public void onTimer(Timer timer, ProcessorContext<OrderPlaced> context) {
            long batch = context.state(AMOUNTS).all().size();
            context.state(AMOUNTS).clear();
            context.forward(
                    Event.of(new OrderPlaced(context.key().orElseThrow(), batch, Optional.of("batch@example.com"))));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"POLLED", "PROCESSED", "OUTPUTS_SENT", "OFFSETS_SENT", "TRANSACTION_COMMITTED"})
    void aCrashAtAnyStepCountsEachEventOnceAndFiresEachTimerOnce(Step step) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(pipeline.topics(2));
            Map<String, Integer> sent = send(kafka, random);

            for (int crash = 0; crash < 4; crash++) {
                crashAt(kafka, step, 1 + random.nextInt(step == Step.PROCESSED || step == Step.OUTPUTS_SENT ? 60 : 4));
            }
            try (Runner runner =
                    Runner.start(pipeline, kafka.config(), options().build())) {
                runner.ready().toCompletableFuture().join();
                awaitDone(kafka, sent);
                assertThat(runner.health()).isInstanceOf(Health.Running.class);
            }

            assertCounted(kafka, sent, "seed " + seed + " at " + step);
        }
    }

    @Test
    void stateMovesWithItsPartitions() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(pipeline.topics(4));
            Map<String, Integer> sent = send(kafka, random);
            RunnerOptions options =
                    RunnerOptions.builder().retryPolicy(quickly()).build();

            Runner first = Runner.start(pipeline, kafka.config(), options);
            first.ready().toCompletableFuture().join();
            Runner second = Runner.start(pipeline, kafka.config(), options);
            merge(sent, send(kafka, random));
            second.ready().toCompletableFuture().join();
            merge(sent, send(kafka, random));
            first.close();
            merge(sent, send(kafka, random));
            awaitDone(kafka, sent);
            second.close();

            assertCounted(kafka, sent, "seed " + seed);
        }
    }

    /** Frozen inside a commit until another has taken over and gone on: what it had counted must not survive. */
    @Test
    void stateOfALostPartitionIsDroppedAndReadBackWhenItReturns() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(pipeline.topics(2));
            Map<String, Integer> sent = send(kafka, random);
            CountDownLatch frozen = new CountDownLatch(1);
            CountDownLatch thaw = new CountDownLatch(1);
            AtomicInteger processed = new AtomicInteger();
            RunnerOptions freezing = RunnerOptions.builder()
                    .retryPolicy(quickly())
                    .stepListener(step -> {
                        if (step == Step.PROCESSED) {
                            processed.incrementAndGet();
                        }
                        if (step == Step.OFFSETS_SENT && processed.get() > 0 && frozen.getCount() > 0) {
                            frozen.countDown();
                            await(thaw);
                        }
                    })
                    .build();

            KafkaConfig impatient = kafka.config().with("max.poll.interval.ms", 2_000);
            try (Runner first = Runner.start(pipeline, impatient, freezing)) {
                await(frozen);
                RunnerOptions options =
                        RunnerOptions.builder().retryPolicy(quickly()).build();
                try (Runner second = Runner.start(pipeline, kafka.config(), options)) {
                    kafka.awaitCommitted(name, source.topic());
                    thaw.countDown();
                    merge(sent, send(kafka, random));
                    kafka.awaitCommitted(name, source.topic());
                    assertThat(second.health()).isInstanceOf(Health.Running.class);
                }
                merge(sent, send(kafka, random));
                awaitDone(kafka, sent);
                assertThat(first.health()).as("seed %d", seed).isInstanceOf(Health.Running.class);
            }

            assertCounted(kafka, sent, "seed " + seed);
        }
    }

    /** A timer that is due may fire after the commit of the record that made it due. */
    private void awaitDone(KafkaWorld kafka, Map<String, Integer> sent) {
        kafka.awaitCommitted(name, source.topic());
        int outputs =
                sent.values().stream().mapToInt(orders -> orders + orders / 10).sum();
        KafkaWorld.await(() -> kafka.read(name + "-out").size() >= outputs);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static RetryPolicy quickly() {
        return new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(2));
    }

    private static RunnerOptions.Builder options() {
        return RunnerOptions.builder().instance("one").maxCommitRecords(50).retryPolicy(quickly());
    }

    private void crashAt(KafkaWorld kafka, Step step, int nth) {
        AtomicInteger reached = new AtomicInteger();
        RunnerOptions options = options()
                .stepListener(at -> {
                    if (at == step && reached.incrementAndGet() == nth) {
                        throw new AssertionError("crash at " + step);
                    }
                })
                .build();
        try (Runner runner = Runner.start(pipeline, kafka.config(), options)) {
            KafkaWorld.await(() -> runner.health() instanceof Health.Failed || everythingDone(kafka));
        }
    }

    private boolean everythingDone(KafkaWorld kafka) {
        return kafka.committed(name).values().stream()
                        .mapToLong(offset -> offset.offset())
                        .sum()
                >= kafka.read(source.topic()).size();
    }

    /** Sends orders of a few customers, in the order in which they happen; returns how many of each. */
    private Map<String, Integer> send(KafkaWorld kafka, Random random) {
        Map<String, Integer> sent = new HashMap<>();
        for (int i = 0; i < EVENTS; i++) {
            String customer = "customer-" + random.nextInt(7);
            sent.merge(customer, 1, Integer::sum);
            String time = Instant.ofEpochSecond(1_767_225_600L + i).toString();
            kafka.sendLater(source.topic(), customer, OrderPlaced.json("id-" + random.nextLong(), customer, i, time));
        }
        kafka.flush();
        return sent;
    }

    private static void merge(Map<String, Integer> into, Map<String, Integer> more) {
        more.forEach((customer, orders) -> into.merge(customer, orders, Integer::sum));
    }

    private void assertCounted(KafkaWorld kafka, Map<String, Integer> sent, String what) {
        Map<String, List<Integer>> numbers = new HashMap<>();
        Map<String, List<Integer>> batches = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : kafka.read(name + "-out")) {
            String body = new String(record.value(), UTF_8);
            int amount = Integer.parseInt(body.replaceAll(".*\"amount\":(\\d+).*", "$1"));
            (body.contains("batch@example.com") ? batches : numbers)
                    .computeIfAbsent(new String(record.key(), UTF_8), key -> new ArrayList<>())
                    .add(amount);
        }
        Map<String, List<Integer>> expected = new HashMap<>();
        sent.forEach((customer, orders) ->
                expected.put(customer, IntStream.rangeClosed(1, orders).boxed().toList()));
        assertThat(numbers).as(what).isEqualTo(expected);
        sent.forEach((customer, orders) -> {
            List<Integer> ofCustomer = batches.getOrDefault(customer, List.of());
            assertThat(ofCustomer).as("%s, batches of %s", what, customer).hasSize(orders / 10);
            assertThat(ofCustomer).as("%s, batches of %s", what, customer).containsOnly(10);
        });
        assertThat(kafka.read(pipeline.deadLetterTopic(source))).as(what).isEmpty();
    }
}
