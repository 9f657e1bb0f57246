package io.eventplatform.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.contract.Contracts;
import io.eventplatform.event.Event;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import io.eventplatform.processor.internal.Clients;
import io.eventplatform.processor.internal.SteppedWorker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Starting, holding still, telling the truth, and ending. */
@ExtendWith(KafkaExtension.class)
class LifecycleTest {

    private final KafkaWorld kafka;
    private final String name = EmbeddedKafka.uniqueName("life");
    private final AtomicInteger handled = new AtomicInteger();

    LifecycleTest(EmbeddedKafka broker) {
        this.kafka = new KafkaWorld(broker);
    }

    @AfterEach
    void disconnect() {
        kafka.close();
    }

    /** With the topics of one partition. */
    private Pipeline pipeline(Processor<Record, Record> check) {
        Pipeline pipeline = Pipeline.named(name)
                .from(Source.topic(name + "-in", Contracts.of(OrderPlaced.class)))
                .process("check", () -> check)
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        return pipeline;
    }

    private void send(int count) {
        for (int i = 0; i < count; i++) {
            kafka.sendLater(name + "-in", "k", OrderPlaced.json("id-" + i, "ada", i));
        }
        kafka.flush();
    }

    private static RunnerOptions.Builder options() {
        return RunnerOptions.builder().instance("one").retryPolicy(new RetryPolicy(2, Duration.ZERO, Duration.ZERO));
    }

    @Test
    void aPausedRunnerCommitsWhatIsDoneKeepsItsPartitionsAndGoesOnWhenAsked() {
        Pipeline pipeline = pipeline((event, context) -> {
            handled.incrementAndGet();
            context.forward(event);
        });
        send(10);
        RunnerOptions patient = options().commitInterval(Duration.ofSeconds(10)).build();

        try (Runner runner = Runner.start(pipeline, kafka.config(), patient)) {
            KafkaWorld.await(() -> handled.get() == 10);
            runner.pause();
            KafkaWorld.await(() -> runner.health() instanceof Health.Paused);
            assertThat(kafka.read(name + "-out")).hasSize(10);
            send(10);

            runner.resume();
            KafkaWorld.await(() -> handled.get() == 20);
            assertThat(runner.health()).isInstanceOf(Health.Running.class);
        }
    }

    @Test
    void aPausedWorkerTakesUpNothing() {
        Pipeline pipeline = pipeline((event, context) -> handled.incrementAndGet());
        SteppedWorker worker =
                SteppedWorker.open(pipeline, kafka.config(), options().build(), Clients.KAFKA);
        send(1);
        KafkaWorld.await(() -> {
            worker.turn();
            return handled.get() == 1;
        });

        worker.pause();
        send(10);
        for (int turn = 0; turn < 10; turn++) {
            worker.turn();
        }
        assertThat(handled).hasValue(1);
        assertThat(worker.health()).isInstanceOf(Health.Paused.class);

        worker.resume();
        KafkaWorld.await(() -> {
            worker.turn();
            return handled.get() == 11;
        });
        worker.close();
    }

    @Test
    void aTimerThatFallsDueDuringAPauseFiresAfterIt() {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
        AtomicInteger fired = new AtomicInteger();
        Pipeline pipeline = Pipeline.named(name)
                .from(Source.topic(name + "-in", Contracts.of(OrderPlaced.class)))
                .process(
                        "remind",
                        () -> new RemindsAfterAMinute(now::get, handled, fired),
                        StateSpec.value("seen", Long.class))
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        SteppedWorker worker = SteppedWorker.open(
                pipeline, kafka.config(), options().clock(now::get).build(), Clients.KAFKA);
        send(1);
        KafkaWorld.await(() -> {
            worker.turn();
            return handled.get() == 1;
        });

        worker.pause();
        now.set(Instant.EPOCH.plus(Duration.ofMinutes(2)));
        for (int turn = 0; turn < 10; turn++) {
            worker.turn();
        }
        assertThat(fired).hasValue(0);
        assertThat(worker.health()).isInstanceOf(Health.Paused.class);

        worker.resume();
        KafkaWorld.await(() -> {
            worker.turn();
            return fired.get() == 1;
        });
        worker.close();
    }

    private record RemindsAfterAMinute(InstantSource clock, AtomicInteger handled, AtomicInteger fired)
            implements Processor<Record, OrderPlaced> {

        @Override
        public void process(Event<Record> event, ProcessorContext<OrderPlaced> context) {
            handled.incrementAndGet();
            context.timers().atWallClock("due", clock.instant().plus(Duration.ofMinutes(1)));
        }

        @Override
        public void onTimer(Timer timer, ProcessorContext<OrderPlaced> context) {
            fired.incrementAndGet();
        }
    }

    @Test
    void aRunnerThatIsReadyIsRunning() throws Exception {
        Pipeline pipeline = pipeline((event, context) -> context.forward(event));
        KafkaConfig config = kafka.config();

        // region start
        RunnerOptions options = RunnerOptions.builder()
                .instance("orders-0") // this pod's own name, the same after a restart
                .startTimeout(Duration.ofSeconds(10)) // how long Kafka may take to answer
                .build();
        Runner runner = Runner.start(pipeline, config, options);
        runner.ready().toCompletableFuture().get(5, TimeUnit.MINUTES); // has joined, state is read back
        // endregion

        assertThat(runner.health()).isInstanceOf(Health.Running.class);
        runner.close();
    }

    @Test
    void aCallThatDoesNotReturnIsNamedWithItsRecordAndStageWhileItRuns() {
        AtomicLong nanos = new AtomicLong();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Pipeline pipeline = pipeline((event, context) -> {
            entered.countDown();
            leave.await();
        });
        send(1);
        RunnerOptions options =
                options().ticker(nanos::get).stuckAfter(Duration.ofMinutes(1)).build();

        try (Runner runner = Runner.start(pipeline, kafka.config(), options)) {
            await(entered);
            nanos.addAndGet(Duration.ofSeconds(59).toNanos());
            assertThat(runner.health()).isNotInstanceOf(Health.Stuck.class);
            nanos.addAndGet(Duration.ofSeconds(2).toNanos());
            assertThat(runner.health()).isEqualTo(new Health.Stuck(name + "-in-0@0", "check", Duration.ofSeconds(61)));

            leave.countDown();
            KafkaWorld.await(() -> runner.health() instanceof Health.Running);
        }
    }

    @Test
    void aCallThatDoesNotReturnIsInterruptedWhenClosingTakesTooLongAndItsRecordIsNoDeadLetter() {
        CountDownLatch entered = new CountDownLatch(2);
        Pipeline pipeline = pipeline((event, context) -> {
            entered.countDown();
            if (event.id().equals("id-1")) {
                new CountDownLatch(1).await();
            }
            context.forward(event);
        });
        send(3);
        RunnerOptions once = options()
                .retryPolicy(new RetryPolicy(1, Duration.ZERO, Duration.ZERO))
                .build();

        Runner runner = Runner.start(pipeline, kafka.config(), once);
        await(entered);
        CloseReport report = runner.close(Duration.ofMillis(50));

        assertThat(report.stuck()).get().satisfies(stuck -> {
            assertThat(stuck.record()).isEqualTo(name + "-in-0@1");
            assertThat(stuck.stage()).isEqualTo("check");
        });
        assertThat(report.drained()).isFalse();
        assertThat(runner.close(Duration.ofSeconds(30)).drained()).isFalse();
        assertThat(report.progress().records()).isEqualTo(1);
        assertThat(report.unprocessed()).isEqualTo(2);
        assertThat(runner.health()).isInstanceOf(Health.Closed.class);
        assertThat(kafka.read(name + "-in." + name + ".dlt")).isEmpty();
    }

    @Test
    void whatIsClosedInTimeIsDrainedAndItsReportTellsWhatWasCommitted() {
        Pipeline pipeline = pipeline((event, context) -> {
            handled.incrementAndGet();
            context.forward(event);
        });
        send(10);

        Runner runner = Runner.start(pipeline, kafka.config(), options().build());
        KafkaWorld.await(() -> handled.get() == 10);
        // region close
        CloseReport report = runner.close(Duration.ofSeconds(20));
        if (!report.drained()) {
            System.err.println("Not drained: " + report.uncommitted() + " records are processed again"
                    + report.stuck().map(call -> ", stuck in " + call).orElse(""));
        }
        // endregion

        assertThat(report.drained()).isTrue();
        assertThat(report.stuck()).isEmpty();
        assertThat(report.uncommitted()).isZero();
        assertThat(report.progress().records()).isEqualTo(10);
    }

    @Test
    void aTimerThatDoesNotReturnIsNamedAndNoDeadLetterWhenClosingInterruptsIt() {
        CountDownLatch entered = new CountDownLatch(1);
        Pipeline pipeline = Pipeline.named(name)
                .from(Source.topic(name + "-in", Contracts.of(OrderPlaced.class)))
                .process("remind", () -> new WaitsInTimer(entered), StateSpec.value("seen", Long.class))
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        send(1);
        RunnerOptions once = options()
                .retryPolicy(new RetryPolicy(1, Duration.ZERO, Duration.ZERO))
                .build();

        Runner runner = Runner.start(pipeline, kafka.config(), once);
        await(entered);
        CloseReport report = runner.close(Duration.ofMillis(50));

        assertThat(report.stuck()).get().satisfies(stuck -> {
            assertThat(stuck.record()).isEqualTo("a timer in partition 0");
            assertThat(stuck.stage()).isEqualTo("remind");
        });
        assertThat(report.drained()).isFalse();
        assertThat(kafka.read(name + "-in." + name + ".dlt")).isEmpty();
    }

    @Test
    void aTimerThatFailsIsNamedWithStageAttemptsAndHowLong() {
        AtomicLong nanos = new AtomicLong();
        Pipeline pipeline = Pipeline.named(name)
                .from(Source.topic(name + "-in", Contracts.of(OrderPlaced.class)))
                .process("remind", () -> new FailsInTimer(handled), StateSpec.value("seen", Long.class))
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        send(1);
        RunnerOptions options = options()
                .ticker(nanos::get)
                .retryPolicy(new RetryPolicy(9, Duration.ofHours(1), Duration.ofHours(1)))
                .build();

        try (Runner runner = Runner.start(pipeline, kafka.config(), options)) {
            KafkaWorld.await(() -> handled.get() == 1);
            nanos.addAndGet(Duration.ofSeconds(7).toNanos());
            KafkaWorld.await(() -> new Health.Retrying(
                            "a timer in partition 0 failed in stage remind," + " 1 failed attempts since PT7S ago")
                    .equals(runner.health()));
        }
    }

    private record FailsInTimer(AtomicInteger handled) implements Processor<Record, OrderPlaced> {

        @Override
        public void process(Event<Record> event, ProcessorContext<OrderPlaced> context) {
            context.timers().atEventTime("due", event.timestamp());
        }

        @Override
        public void onTimer(Timer timer, ProcessorContext<OrderPlaced> context) {
            handled.incrementAndGet();
            throw new IllegalStateException("no");
        }
    }

    private record WaitsInTimer(CountDownLatch entered) implements Processor<Record, OrderPlaced> {

        @Override
        public void process(Event<Record> event, ProcessorContext<OrderPlaced> context) {
            context.timers().atEventTime("due", event.timestamp());
        }

        @Override
        public void onTimer(Timer timer, ProcessorContext<OrderPlaced> context) throws Exception {
            entered.countDown();
            new CountDownLatch(1).await();
        }
    }

    @Test
    void aPartitionThatAlwaysHasRecordsLeavesOthersTheirTurn() {
        AtomicLong nanos = new AtomicLong();
        List<Integer> partitions = new ArrayList<>();
        Processor<Record, Record> slow = (event, context) -> {
            nanos.addAndGet(Duration.ofMillis(400).toNanos());
            partitions.add(context.position().partition());
        };
        Pipeline pipeline = Pipeline.named(name)
                .from(Source.topic(name + "-in", Contracts.of(OrderPlaced.class)))
                .process("slow", () -> slow)
                .to(name + "-out");
        kafka.create(pipeline.topics(2));
        for (int i = 0; i < 100; i++) {
            kafka.sendLater(name + "-in", 0, OrderPlaced.json("id-" + i, "ada", i));
        }
        kafka.sendLater(name + "-in", 1, OrderPlaced.json("other", "eve", 1));
        kafka.flush();

        SteppedWorker worker = SteppedWorker.open(
                pipeline, kafka.config(), options().ticker(nanos::get).build(), Clients.KAFKA);
        KafkaWorld.await(() -> {
            worker.turn();
            return partitions.size() == 101;
        });
        worker.close();

        assertThat(partitions.indexOf(1)).isLessThan(100);
    }

    @Test
    void aProcessorMayCloseItsRunner() {
        CompletableFuture<Runner> itself = new CompletableFuture<>();
        List<CloseReport> reports = new ArrayList<>();
        Pipeline pipeline = pipeline((event, context) -> {
            reports.add(itself.join().close(Duration.ofSeconds(30)));
            context.forward(event);
        });
        send(2);

        Runner runner = Runner.start(pipeline, kafka.config(), options().build());
        itself.complete(runner);
        KafkaWorld.await(() -> runner.health() instanceof Health.Closed);

        assertThat(reports).singleElement().satisfies(report -> assertThat(report.drained())
                .isFalse());
        assertThat(runner.close(Duration.ofSeconds(30)).drained()).isTrue();
        assertThat(kafka.read(name + "-out")).hasSize(1);
    }

    @Test
    void aRecordThatFailsIsNamedWithStageAttemptsAndHowLong() {
        AtomicLong nanos = new AtomicLong();
        Pipeline pipeline = pipeline((event, context) -> {
            handled.incrementAndGet();
            throw new IllegalStateException("no");
        });
        send(1);
        RunnerOptions options = options()
                .ticker(nanos::get)
                .retryPolicy(new RetryPolicy(9, Duration.ofHours(1), Duration.ofHours(1)))
                .build();

        try (Runner runner = Runner.start(pipeline, kafka.config(), options)) {
            KafkaWorld.await(() -> handled.get() == 1);
            nanos.addAndGet(Duration.ofSeconds(7).toNanos());
            KafkaWorld.await(
                    () -> new Health.Retrying(name + "-in-0@0 failed in stage check, 1 failed attempts since PT7S ago")
                            .equals(runner.health()));
        }
    }

    @Test
    void anErrorIsAFailureOfItsRecordButTheMachinesOwnStopsTheRunner() {
        Pipeline pipeline = pipeline((event, context) -> {
            throw event.id().equals("id-0") ? new NoClassDefFoundError("x") : new OutOfMemoryError("played");
        });
        send(2);

        try (Runner runner = Runner.start(pipeline, kafka.config(), options().build())) {
            KafkaWorld.await(() -> runner.health() instanceof Health.Failed);
            assertThat(((Health.Failed) runner.health()).cause()).isInstanceOf(OutOfMemoryError.class);
            CloseReport report = runner.close(Duration.ofSeconds(10));
            assertThat(report.drained()).isFalse();
            assertThat(report.unprocessed()).isEqualTo(1);
        }
        try (Runner runner = Runner.start(pipeline, kafka.config(), options().build())) {
            KafkaWorld.await(() -> runner.health() instanceof Health.Failed);
        }
    }

    @Test
    void aRunnerThatReachesNoBrokerSaysWhichAndWhatToCheck() {
        KafkaConfig nowhere = KafkaConfig.of("127.0.0.1:1");
        RunnerOptions hasty = options().startTimeout(Duration.ofMillis(300)).build();

        assertThatThrownBy(() -> Runner.start(pipeline((event, context) -> {}), nowhere, hasty))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no answer from Kafka at 127.0.0.1:1. Check that it runs and can be reached from here, and"
                        + " the address and the security properties in KafkaConfig");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
