package io.eventplatform.processor;

import static io.eventplatform.processor.KafkaWorld.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A pipeline that dies at any step, or moves between instances, forwards each id once and keeps each key's order. */
@ExtendWith(KafkaExtension.class)
class CrashTest {

    private static final int EVENTS = 400;

    private final EmbeddedKafka broker;
    private final String name = EmbeddedKafka.uniqueName("crash");
    private Pipeline pipeline = pipeline(Pipeline.named(name));

    private Pipeline pipeline(Pipeline.Named named) {
        return named.from(Source.topic(name + "-in", Contracts.of(OrderPlaced.class))
                        .deduplicatedById(DedupWindow.of(Duration.ofDays(1))))
                .process("same", () -> (Processor<Record, Record>) (event, context) -> context.forward(event))
                .to(name + "-out");
    }

    CrashTest(EmbeddedKafka broker) {
        this.broker = broker;
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"POLLED", "PROCESSED", "OUTPUTS_SENT", "OFFSETS_SENT", "TRANSACTION_COMMITTED"})
    void aCrashAtAnyStepLosesNothingAndDoublesNothing(Step step) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(pipeline.topics(2));
            Map<String, List<String>> sent = sendWithDuplicates(kafka, random);

            for (int crash = 0; crash < 4; crash++) {
                crashAt(kafka, step, 1 + random.nextInt(step == Step.PROCESSED || step == Step.OUTPUTS_SENT ? 60 : 3));
            }
            finish(kafka);

            assertForwardedOnceInOrder(kafka, sent, "seed " + seed + " at " + step);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"POLLED", "PROCESSED", "OUTPUTS_SENT", "OUTPUTS_ACKNOWLEDGED", "OFFSETS_COMMITTED"})
    void atLeastOnceACrashAtAnyStepLosesNothingAndKeepsTheOrder(Step step) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        pipeline = pipeline(Pipeline.named(name).atLeastOnce());
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(pipeline.topics(2));
            Map<String, List<String>> sent = sendWithDuplicates(kafka, random);

            for (int crash = 0; crash < 4; crash++) {
                crashAt(kafka, step, 1 + random.nextInt(step == Step.PROCESSED || step == Step.OUTPUTS_SENT ? 60 : 3));
            }
            finish(kafka);

            assertThat(firstForwarded(kafka)).as("seed %d at %s", seed, step).isEqualTo(sent);
        }
    }

    @Test
    void atLeastOnceNothingIsDoubledWithoutACrash() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        pipeline = pipeline(Pipeline.named(name).atLeastOnce());
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(pipeline.topics(4));
            Map<String, List<String>> sent = sendWithDuplicates(kafka, random);

            try (Runner first = Runner.start(pipeline, kafka.config(), RunnerOptions.defaults())) {
                first.ready().toCompletableFuture().join();
                merge(sent, sendWithDuplicates(kafka, random));
                try (Runner second = Runner.start(pipeline, kafka.config(), RunnerOptions.defaults())) {
                    second.ready().toCompletableFuture().join();
                    merge(sent, sendWithDuplicates(kafka, random));
                }
                merge(sent, sendWithDuplicates(kafka, random));
                kafka.awaitCommitted(name, name + "-in");
            }
            finish(kafka);

            assertForwardedOnceInOrder(kafka, sent, "seed " + seed);
        }
    }

    /** For each key its ids, each where it came out first. */
    private Map<String, List<String>> firstForwarded(KafkaWorld kafka) {
        Map<String, List<String>> forwarded = new HashMap<>();
        Set<String> ids = new HashSet<>();
        for (ConsumerRecord<byte[], byte[]> record : kafka.read(name + "-out")) {
            String id = header(record, "event_id");
            if (ids.add(id)) {
                forwarded
                        .computeIfAbsent(id.substring(0, id.indexOf('-', 4)), key -> new ArrayList<>())
                        .add(id);
            }
        }
        return forwarded;
    }

    @Test
    void partitionsThatMoveBetweenInstancesLoseNothingAndDoubleNothing() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(pipeline.topics(4));
            Map<String, List<String>> sent = new HashMap<>();
            RunnerOptions options = RunnerOptions.defaults();

            Runner first = Runner.start(pipeline, kafka.config(), options);
            merge(sent, sendWithDuplicates(kafka, random));
            first.ready().toCompletableFuture().join();
            Runner second = Runner.start(pipeline, kafka.config(), options);
            merge(sent, sendWithDuplicates(kafka, random));
            second.ready().toCompletableFuture().join();
            merge(sent, sendWithDuplicates(kafka, random));
            first.close();
            merge(sent, sendWithDuplicates(kafka, random));
            kafka.awaitCommitted(name, pipeline.sources().get(0).topic());
            second.close();

            assertForwardedOnceInOrder(kafka, sent, "seed " + seed);
        }
    }

    @Test
    void aTwinUnderTheSameInstanceNameStopsOneOfTheTwoAndDoublesNothing() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(pipeline.topics(2));
            RunnerOptions options = RunnerOptions.builder().instance("twin").build();
            Map<String, List<String>> sent = sendWithDuplicates(kafka, random);

            try (Runner first = Runner.start(pipeline, kafka.config(), options)) {
                first.ready().toCompletableFuture().join();
                try (Runner second = Runner.start(pipeline, kafka.config(), options)) {
                    merge(sent, sendWithDuplicates(kafka, random));
                    KafkaWorld.await(() -> first.health() instanceof Health.Failed);
                    kafka.awaitCommitted(name, pipeline.sources().get(0).topic());
                    assertThat(second.health()).isInstanceOf(Health.Running.class);
                }
            }

            assertForwardedOnceInOrder(kafka, sent, "seed " + seed);
        }
    }

    /** Frozen inside a commit until another has taken over and gone on; then it must give way and carry on. */
    @Test
    void anInstanceThatWasFrozenWhileAnotherTookOverDoublesNothingAndRecovers() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(pipeline.topics(2));
            Map<String, List<String>> sent = sendWithDuplicates(kafka, random);
            CountDownLatch frozen = new CountDownLatch(1);
            CountDownLatch thaw = new CountDownLatch(1);
            RunnerOptions freezing = RunnerOptions.builder()
                    .stepListener(step -> {
                        if (step == Step.OFFSETS_SENT && frozen.getCount() > 0) {
                            frozen.countDown();
                            await(thaw);
                        }
                    })
                    .build();

            KafkaConfig impatient = kafka.config().with("max.poll.interval.ms", 2_000);
            try (Runner first = Runner.start(pipeline, impatient, freezing)) {
                await(frozen);
                try (Runner second = Runner.start(pipeline, kafka.config(), RunnerOptions.defaults())) {
                    kafka.awaitCommitted(name, pipeline.sources().get(0).topic());
                    thaw.countDown();
                    merge(sent, sendWithDuplicates(kafka, random));
                    kafka.awaitCommitted(name, pipeline.sources().get(0).topic());
                    assertThat(second.health()).isInstanceOf(Health.Running.class);
                }
                merge(sent, sendWithDuplicates(kafka, random));
                kafka.awaitCommitted(name, pipeline.sources().get(0).topic());
                assertThat(first.health()).as("seed %d", seed).isInstanceOf(Health.Running.class);
            }

            assertForwardedOnceInOrder(kafka, sent, "seed " + seed);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void crashAt(KafkaWorld kafka, Step step, int nth) {
        AtomicInteger reached = new AtomicInteger();
        StepListener listener = at -> {
            if (at == step && reached.incrementAndGet() == nth) {
                throw new AssertionError("crash at " + step);
            }
        };
        RunnerOptions options = RunnerOptions.builder()
                .instance("one")
                .maxCommitRecords(50)
                .stepListener(listener)
                .build();
        try (Runner runner = Runner.start(pipeline, kafka.config(), options)) {
            KafkaWorld.await(() -> runner.health() instanceof Health.Failed || everythingDone(kafka));
        }
    }

    private boolean everythingDone(KafkaWorld kafka) {
        return kafka.committed(name).values().stream()
                        .mapToLong(offset -> offset.offset())
                        .sum()
                >= kafka.read(pipeline.sources().get(0).topic()).size();
    }

    private void finish(KafkaWorld kafka) {
        RunnerOptions options = RunnerOptions.builder().instance("one").build();
        try (Runner runner = Runner.start(pipeline, kafka.config(), options)) {
            runner.ready().toCompletableFuture().join();
            kafka.awaitCommitted(name, pipeline.sources().get(0).topic());
            assertThat(runner.health()).isInstanceOf(Health.Running.class);
        }
    }

    /** Sends events of a few keys, some twice; returns for each key its ids in order. */
    private Map<String, List<String>> sendWithDuplicates(KafkaWorld kafka, Random random) {
        Map<String, List<String>> sent = new HashMap<>();
        for (int i = 0; i < EVENTS; i++) {
            String key = "key-" + random.nextInt(10);
            List<String> ids = sent.computeIfAbsent(key, k -> new ArrayList<>());
            boolean again = !ids.isEmpty() && random.nextInt(5) == 0;
            String id = again ? ids.get(random.nextInt(ids.size())) : key + "-" + random.nextLong();
            if (!again) {
                ids.add(id);
            }
            kafka.sendLater(pipeline.sources().get(0).topic(), key, OrderPlaced.json(id, key, i));
        }
        kafka.flush();
        return sent;
    }

    private static void merge(Map<String, List<String>> into, Map<String, List<String>> more) {
        more.forEach((key, ids) -> into.merge(key, ids, (a, b) -> {
            List<String> all = new ArrayList<>(a);
            all.addAll(b);
            return all;
        }));
    }

    private void assertForwardedOnceInOrder(KafkaWorld kafka, Map<String, List<String>> sent, String what) {
        Map<String, List<String>> forwarded = new HashMap<>();
        Set<String> ids = new HashSet<>();
        for (ConsumerRecord<byte[], byte[]> record :
                kafka.read(pipeline.targetTopics().get(0))) {
            String id = header(record, "event_id");
            assertThat(ids.add(id)).as("%s: %s came out once", what, id).isTrue();
            forwarded
                    .computeIfAbsent(id.substring(0, id.indexOf('-', 4)), key -> new ArrayList<>())
                    .add(id);
        }
        assertThat(forwarded).as(what).isEqualTo(sent);
        assertThat(kafka.read(pipeline.deadLetterTopics().get(0))).as(what).isEmpty();
    }
}
