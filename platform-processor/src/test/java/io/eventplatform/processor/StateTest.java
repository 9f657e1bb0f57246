package io.eventplatform.processor;

import static io.eventplatform.processor.KafkaWorld.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.eventplatform.contract.ContractDefinitionException;
import io.eventplatform.contract.Contracts;
import io.eventplatform.event.Event;
import io.eventplatform.event.EventIds;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a stage may rely on of its state, its timers and the clocks, on a real broker. */
@ExtendWith(KafkaExtension.class)
class StateTest {

    private static final RetryPolicy QUICKLY = new RetryPolicy(2, Duration.ofMillis(1), Duration.ofMillis(2));
    private static final StateSpec<ValueState<Long>> SEEN = StateSpec.value("seen", Long.class);

    private final KafkaWorld kafka;
    private final String name = EmbeddedKafka.uniqueName("state");
    private final Source source = Source.topic(name + "-in", Contracts.of(OrderPlaced.class));

    StateTest(EmbeddedKafka broker) {
        this.kafka = new KafkaWorld(broker);
    }

    @AfterEach
    void disconnect() {
        kafka.close();
    }

    private static RunnerOptions.Builder options() {
        return RunnerOptions.builder().retryPolicy(QUICKLY);
    }

    private Progress runOut(Pipeline pipeline) {
        try (Runner runner = Runner.start(pipeline, kafka.config(), options().build())) {
            kafka.awaitCommitted(name, source.topic());
            return runner.close(Duration.ofSeconds(30)).progress();
        }
    }

    private void send(String id, String customer, long amount, String timestamp) {
        kafka.send(source.topic(), customer, OrderPlaced.json(id, customer, amount, timestamp));
    }

    private List<Long> amounts() {
        return kafka.values(name + "-out").stream()
                .map(body -> Long.parseLong(body.replaceAll(".*\"amount\":(\\d+).*", "$1")))
                .toList();
    }

    private static Event<OrderPlaced> withAmount(Event<Record> event, long amount) {
        OrderPlaced order = (OrderPlaced) event.payload();
        return event.withPayload(new OrderPlaced(order.customer(), amount, Optional.empty()));
    }

    // ---- state

    // region count-per-key
    static final class CountOrders implements Processor<Record, OrderPlaced> {

        static final StateSpec<ValueState<Long>> ORDERS = StateSpec.value("orders", Long.class);

        @Override
        public void process(Event<Record> event, ProcessorContext<OrderPlaced> context) {
            ValueState<Long> orders = context.state(ORDERS);
            long number = orders.get().orElse(0L) + 1;
            orders.set(number);
            context.forward(withAmount(event, number));
        }
    }
    // endregion

    @Test
    void stateIsKeptByKeyAndSurvivesARestart() {
        // region declare-state
        Pipeline pipeline = Pipeline.named(name)
                .from(source)
                .process("count", CountOrders::new, CountOrders.ORDERS)
                .to(name + "-out");
        // endregion
        kafka.create(pipeline.topics(1));
        send("a", "ada", 1, "2026-01-01T00:00:00Z");
        send("b", "bob", 1, "2026-01-01T00:00:00Z");
        runOut(pipeline);
        send("c", "ada", 1, "2026-01-01T00:00:00Z");
        runOut(pipeline);

        assertThat(amounts()).containsExactly(1L, 1L, 2L);
        assertThat(pipeline.describe())
                .contains("\n  count keeps value orders of Long\n", "\n  state in " + name + ".state\n");
    }

    @Test
    void aFailedRecordTakesBackWhatItWroteAndNoMore() {
        Pipeline pipeline = Pipeline.named(name)
                .from(source)
                .process(
                        "count",
                        () -> (Processor<Record, OrderPlaced>) (event, context) -> {
                            long number = context.state(SEEN).get().orElse(0L) + 1;
                            context.state(SEEN).set(number);
                            context.forward(withAmount(event, number));
                            if (event.id().equals("bad")) {
                                throw new IllegalStateException("always");
                            }
                        },
                        SEEN)
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        send("a", "ada", 1, "2026-01-01T00:00:00Z");
        send("bad", "ada", 1, "2026-01-01T00:00:00Z");
        send("c", "ada", 1, "2026-01-01T00:00:00Z");

        runOut(pipeline);

        assertThat(amounts()).containsExactly(1L, 2L);
        assertThat(kafka.read(pipeline.deadLetterTopic(source))).hasSize(1);
    }

    @Test
    void aRecordWithoutKeyAndOneWithTooMuchStateAreDeadLettersThatSaySo() {
        StateSpec<ListState<String>> notes = StateSpec.list("notes", String.class);
        Pipeline pipeline = Pipeline.named(name)
                .from(source)
                .process(
                        "note",
                        () -> (Processor<Record, Record>) (event, context) -> {
                            context.state(notes).add("x".repeat((int) ((OrderPlaced) event.payload()).amount()));
                            context.forward(event);
                        },
                        notes)
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        kafka.send(source.topic(), null, OrderPlaced.json("a", "ada", 1));
        send("b", "ada", 2_000_000, "2026-01-01T00:00:00Z");
        send("c", "ada", 3, "2026-01-01T00:00:00Z");

        Progress progress = runOut(pipeline);

        assertThat(progress.outputs()).isEqualTo(1);
        assertThat(kafka.read(pipeline.deadLetterTopic(source)))
                .extracting(
                        letter -> header(letter, "dead_letter.reason"), letter -> header(letter, "dead_letter.stage"))
                .containsExactly(tuple("state.no_key", "note"), tuple("state.too_large", "note"));
    }

    @Test
    void mistakesAreNamed() {
        Pipeline pipeline = Pipeline.named(name)
                .from(source)
                .process(
                        "with",
                        () -> (Processor<Record, Record>) (event, context) -> {
                            ValueState<Long> seen = context.state(SEEN);
                            context.forward(event);
                            late.add(seen);
                        },
                        SEEN)
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        send("a", "ada", 1, "2026-01-01T00:00:00Z");

        runOut(pipeline);

        assertThatThrownBy(() -> late.get(0).get())
                .hasMessage("state seen of stage with was used after the call that it belongs to had returned");
        assertThatThrownBy(() -> Pipeline.named(name)
                        .from(source)
                        .process(
                                "twice",
                                () -> (Processor<Record, Record>) (event, context) -> {},
                                SEEN,
                                StateSpec.map("seen", Long.class)))
                .hasMessage("stage twice declares two states named seen; a name is the identity of a state. Give each"
                        + " its own");
        assertThatThrownBy(() -> StateSpec.value("any", Object.class)).isInstanceOf(ContractDefinitionException.class);
        assertThatThrownBy(() -> SEEN.withTtl(Duration.ZERO))
                .hasMessage("ttl of state seen must be at least 1 ms but was PT0S");
    }

    private final List<ValueState<Long>> late = new CopyOnWriteArrayList<>();

    /** Nothing is wrong with the records, so none becomes a dead letter, also where the processor catches all. */
    @Test
    void aStageThatUsesWhatItDoesNotDeclareStopsTheRunner() {
        assertThatItStops(
                Pipeline.named(name)
                        .from(source)
                        .process("s", () -> swallowing(context -> context.state(SEEN)))
                        .to(name + "-out"),
                "stage s does not declare value seen of Long. Give the state to process(…) when the pipeline is built");
        assertThatItStops(
                Pipeline.named(name)
                        .from(source)
                        .process("s", () -> swallowing(ProcessorContext::timers))
                        .to(name + "-out"),
                "stage s sets timers but declares no state, which they are kept with. Give a StateSpec to process(…) when"
                        + " the pipeline is built");
        assertThatItStops(
                Pipeline.named(name)
                        .from(source)
                        .process("s", () -> swallowing(ProcessorContext::timers), SEEN)
                        .to(name + "-out"),
                "stage s sets timers but its processor has no onTimer, so they would be lost. Implement"
                        + " Processor.onTimer");
    }

    private static Processor<Record, Record> swallowing(Consumer<ProcessorContext<Record>> call) {
        return (event, context) -> {
            try {
                call.accept(context);
            } catch (RuntimeException e) {
                context.forward(event);
            }
        };
    }

    private void assertThatItStops(Pipeline pipeline, String message) {
        kafka.create(pipeline.topics(1));
        send("a", "ada", 1, "2026-01-01T00:00:00Z");

        try (Runner runner =
                Runner.start(pipeline, kafka.config(), options().instance("one").build())) {
            KafkaWorld.await(() -> runner.health() instanceof Health.Failed);
            assertThat(((Health.Failed) runner.health()).cause()).hasMessage("pipeline " + name + ": " + message);
        }
        assertThat(kafka.read(pipeline.deadLetterTopics().get(0))).isEmpty();
    }

    @Test
    void aStateThatBecameAnotherKindIsRefusedWithOneRemedy() {
        Pipeline pipeline = Pipeline.named(name)
                .from(source)
                .process("count", CountOrders::new, CountOrders.ORDERS)
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        send("a", "ada", 1, "2026-01-01T00:00:00Z");
        runOut(pipeline);

        StateSpec<ListState<Long>> asList = StateSpec.list(CountOrders.ORDERS.name(), Long.class);
        Pipeline changed = Pipeline.named(name)
                .from(source)
                .process("count", () -> (Processor<Record, OrderPlaced>) (event, context) -> {}, asList)
                .to(name + "-out");
        assertThat(failureOf(changed))
                .hasMessageMatching("the changelog holds at " + pipeline.stateTopic() + "-0@\\d+ state "
                        + CountOrders.ORDERS.name() + " of stage count as VALUE, which is declared as LIST now\\."
                        + " Give the state of the new kind another name");
    }

    @Test
    void stateWithoutOffsetsAndOffsetsWithoutStateAreRefused() throws Exception {
        Pipeline pipeline = Pipeline.named(name)
                .from(source)
                .process("count", CountOrders::new, CountOrders.ORDERS)
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        send("a", "ada", 1, "2026-01-01T00:00:00Z");
        runOut(pipeline);

        kafka.admin().deleteTopics(List.of(pipeline.stateTopic())).all().get();
        kafka.recreate(pipeline.stateTopic(), 1);
        kafka.configure(pipeline.stateTopic(), "cleanup.policy", "compact");
        assertThat(failureOf(pipeline))
                .hasMessageStartingWith(
                        pipeline.stateTopic() + "-0 is empty, but offsets were committed with state: the topic"
                                + " was deleted, its records expired, or a reset left out a source.");

        send("b", "ada", 1, "2026-01-01T00:00:00Z");
        kafka.admin().deleteConsumerGroups(List.of(name)).all().get();
        runOut(pipeline);
        kafka.admin().deleteConsumerGroups(List.of(name)).all().get();
        assertThat(failureOf(pipeline))
                .hasMessageStartingWith(pipeline.stateTopic() + "-0 holds state, but none of the task's inputs has a"
                        + " committed offset");
    }

    private Throwable failureOf(Pipeline pipeline) {
        try (Runner runner = Runner.start(pipeline, kafka.config(), options().build())) {
            runner.ready().toCompletableFuture().join();
            throw new AssertionError("the runner started");
        } catch (CompletionException e) {
            return Objects.requireNonNull(e.getCause());
        }
    }

    // ---- time

    @Test
    void stateGoesWhenItsTimeToLiveIsOverInEventTime() {
        StateSpec<MapState<String>> visits =
                StateSpec.map("visits", String.class).withTtl(Duration.ofHours(1));
        Pipeline pipeline = Pipeline.named(name)
                .from(source)
                .process(
                        "visit",
                        () -> (Processor<Record, OrderPlaced>) (event, context) -> {
                            context.forward(withAmount(
                                    event, context.state(visits).entries().size()));
                            context.state(visits).put(event.id(), "x");
                        },
                        visits)
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        send("a", "ada", 1, "2026-01-01T00:00:00Z");
        send("b", "ada", 1, "2026-01-01T00:30:00Z");
        send("c", "ada", 1, "2026-01-01T01:00:00Z"); // a has gone
        runOut(pipeline);
        send("d", "ada", 1, "2026-01-01T01:29:59Z");
        send("e", "bob", 1, "2026-01-01T12:00:00Z"); // all of ada's have gone
        send("f", "ada", 1, "2026-01-01T12:00:00Z");
        runOut(pipeline);

        assertThat(amounts()).containsExactly(0L, 1L, 1L, 2L, 0L, 0L);
    }

    @Test
    void theWatermarkFollowsTheRecordsLessWhatTheyMayBeLate() {
        List<Optional<Instant>> watermarks = new CopyOnWriteArrayList<>();
        Pipeline pipeline = Pipeline.named(name)
                .from(source.withOutOfOrderness(Duration.ofMinutes(5)))
                .process("watch", () -> (Processor<Record, Record>) (event, context) -> {
                    watermarks.add(context.watermark());
                    context.forward(event);
                })
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        send("a", "ada", 1, "2026-01-01T00:10:00Z");
        send("b", "ada", 1, "2026-01-01T00:00:00Z");
        send("c", "ada", 1, "9999-01-01T00:00:00Z"); // no farther than the wall clock and ten minutes
        runOut(pipeline);
        send("d", "ada", 1, "2026-01-01T00:00:00Z");
        runOut(pipeline);

        Optional<Instant> fifth = Optional.of(Instant.parse("2026-01-01T00:05:00Z"));
        assertThat(watermarks.subList(0, 3)).containsExactly(Optional.empty(), fifth, fifth);
        assertThat(watermarks.get(3).orElseThrow())
                .isBetween(
                        Instant.now().minus(Duration.ofHours(1)), Instant.now().plus(Duration.ofMinutes(5)));
    }

    // ---- timers

    @Test
    void eventTimeTimersFireInOrderAndSeeStateAsOfTheirTime() {
        StateSpec<ListState<Long>> recent = StateSpec.list("recent", Long.class).withTtl(Duration.ofHours(1));
        List<String> fired = new CopyOnWriteArrayList<>();
        Pipeline pipeline = Pipeline.named(name)
                .from(source)
                .process("sum", () -> new Sum(recent, fired), recent)
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        send("a", "ada", 1, "2026-01-01T00:00:00Z");
        send("b", "ada", 2, "2026-01-01T00:10:00Z");
        send("z", "bob", 1, "2026-01-02T00:00:00Z"); // far past the timer and the time to live

        try (Runner runner = Runner.start(pipeline, kafka.config(), options().build())) {
            runner.ready().toCompletableFuture().join();
            KafkaWorld.await(() -> amounts().size() == 2);
        }

        assertThat(fired).containsExactly("close ada 2026-01-01T00:30:00Z", "close bob 2026-01-02T00:00:00Z");
        assertThat(amounts()).containsExactly(3L, 1L);
    }

    /** Sums up what came within half an hour. */
    private record Sum(StateSpec<ListState<Long>> recent, List<String> fired)
            implements Processor<Record, OrderPlaced> {

        @Override
        public void process(Event<Record> event, ProcessorContext<OrderPlaced> context) {
            OrderPlaced order = (OrderPlaced) event.payload();
            context.state(recent).add(order.amount());
            Instant end = order.customer().equals("bob") ? event.timestamp() : Instant.parse("2026-01-01T00:30:00Z");
            context.timers().atEventTime("close", end);
            context.timers().atEventTime("cancelled", Instant.EPOCH);
            context.timers().cancel("cancelled");
        }

        @Override
        public void onTimer(Timer timer, ProcessorContext<OrderPlaced> context) {
            String customer = context.key().orElseThrow();
            fired.add(timer.name() + " " + customer + " " + timer.time());
            long sum = context.state(recent).all().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            context.forward(Event.of(new OrderPlaced(customer, sum, Optional.empty())));
        }
    }

    @Test
    void aWallClockTimerFiresWithoutRecordsAndAcrossARestartOnceUnderAnIdOfItsOwn() {
        AtomicLong ahead = new AtomicLong();
        InstantSource clock = () -> Instant.now().plusMillis(ahead.get());
        Instant due = Instant.now().plus(Duration.ofHours(1));
        Pipeline pipeline = Pipeline.named(name)
                .from(source)
                .process("remind", () -> new Remind(due), SEEN)
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        send("a", "ada", 1, "2026-01-01T00:00:00Z");
        runOut(pipeline);
        assertThat(amounts()).isEmpty();

        ahead.set(Duration.ofHours(2).toMillis());
        RunnerOptions later = options().clock(clock).build();
        for (int i = 0; i < 2; i++) {
            try (Runner runner = Runner.start(pipeline, kafka.config(), later)) {
                runner.ready().toCompletableFuture().join();
                KafkaWorld.await(() -> amounts().size() == 1);
            }
        }

        ConsumerRecord<byte[], byte[]> reminder = kafka.read(name + "-out").get(0);
        assertThat(amounts()).containsExactly(1L);
        assertThat(new String(reminder.key(), UTF_8)).isEqualTo("ada");
        assertThat(header(reminder, "event_id"))
                .isEqualTo(EventIds.derive(
                        name,
                        "remind",
                        "ada",
                        "remind",
                        Instant.ofEpochMilli(due.toEpochMilli()).toString(),
                        "0"));
    }

    // region remind
    record Remind(Instant due) implements Processor<Record, OrderPlaced> {

        @Override
        public void process(Event<Record> event, ProcessorContext<OrderPlaced> context) {
            context.timers().atWallClock("remind", due);
        }

        @Override
        public void onTimer(Timer timer, ProcessorContext<OrderPlaced> context) {
            context.forward(
                    Event.of(new OrderPlaced(context.key().orElseThrow(), context.attempt(), Optional.empty())));
        }
    }
    // endregion

    @Test
    void aTimerThatKeepsFailingIsTriedAgainAndThenADeadLetterWithoutEffect() {
        List<Integer> attempts = new CopyOnWriteArrayList<>();
        Pipeline pipeline = Pipeline.named(name)
                .from(source)
                .process("fail", () -> new FailingTimer(attempts), SEEN)
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        send("a", "ada", 1, "2026-01-01T00:00:00Z");
        send("b", "ada", 1, "2026-01-01T00:00:01Z");
        try (Runner runner = Runner.start(pipeline, kafka.config(), options().build())) {
            runner.ready().toCompletableFuture().join();
            KafkaWorld.await(() -> kafka.read(pipeline.deadLetterTopic(source)).size() == 1
                    && kafka.values(name + "-out").size() == 2);
        }

        ConsumerRecord<byte[], byte[]> letter =
                kafka.read(pipeline.deadLetterTopic(source)).get(0);
        assertThat(attempts).containsExactly(1, 2);
        assertThat(amounts()).containsExactly(0L, 0L); // the timer's writes were taken back
        assertThat(letter.value()).isNull();
        assertThat(new String(letter.key(), UTF_8)).isEqualTo("ada");
        assertThat(header(letter, "dead_letter.reason")).isEqualTo("timer.failed");
        assertThat(header(letter, "dead_letter.stage")).isEqualTo("fail");
        assertThat(header(letter, "dead_letter.timer")).isEqualTo("never");
        assertThat(header(letter, "dead_letter.time")).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(header(letter, "dead_letter.attempts")).isEqualTo("2");
    }

    private record FailingTimer(List<Integer> attempts) implements Processor<Record, OrderPlaced> {

        @Override
        public void process(Event<Record> event, ProcessorContext<OrderPlaced> context) {
            if (event.id().equals("a")) {
                context.timers().atEventTime("never", event.timestamp());
            }
            context.forward(withAmount(event, context.state(SEEN).get().orElse(0L)));
        }

        @Override
        public void onTimer(Timer timer, ProcessorContext<OrderPlaced> context) {
            attempts.add(context.attempt());
            context.state(SEEN).set(100L);
            throw new IllegalStateException("the service is down");
        }
    }

    // ---- owners

    @Test
    void theFencingTokenGrowsWithEachOwnerAndProcessorsAreOpenedAndClosed() {
        List<Long> tokens = new CopyOnWriteArrayList<>();
        List<String> life = new CopyOnWriteArrayList<>();
        Pipeline pipeline = Pipeline.named(name)
                .from(source)
                .process("token", () -> new Tokens(tokens, life))
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        send("a", "ada", 1, "2026-01-01T00:00:00Z");
        send("b", "ada", 1, "2026-01-01T00:00:00Z");
        runOut(pipeline);
        send("c", "ada", 1, "2026-01-01T00:00:00Z");
        runOut(pipeline);

        assertThat(tokens).hasSize(3);
        assertThat(tokens.get(0)).isPositive().isEqualTo(tokens.get(1)).isLessThan(tokens.get(2));
        assertThat(life).startsWith("open TaskInfo[pipeline=" + name + ", stage=token, partition=0]", "close");
    }

    private record Tokens(List<Long> tokens, List<String> life) implements Processor<Record, Record> {

        @Override
        public void open(TaskInfo task) {
            life.add("open " + task);
        }

        @Override
        public void process(Event<Record> event, ProcessorContext<Record> context) {
            tokens.add(context.fencingToken());
            context.forward(event);
        }

        @Override
        public void close() {
            life.add("close");
        }
    }

    @Test
    void aProcessorThatDoesNotOpenStopsTheRunnerAndClosesThoseBefore() {
        List<String> life = new ArrayList<>();
        Pipeline pipeline = Pipeline.named(name)
                .from(source)
                .process("first", () -> new Tokens(new ArrayList<>(), life))
                .process("second", () -> new Processor<Record, Record>() {
                    @Override
                    public void open(TaskInfo task) {
                        throw new IllegalStateException("no connection");
                    }

                    @Override
                    public void process(Event<Record> event, ProcessorContext<Record> context) {}
                })
                .to(name + "-out");
        kafka.create(pipeline.topics(1));

        assertThat(failureOf(pipeline))
                .hasMessage("stage second of pipeline " + name
                        + " did not open: java.lang.IllegalStateException: no connection");
        assertThat(life).hasSize(2).last().isEqualTo("close");
    }
}
