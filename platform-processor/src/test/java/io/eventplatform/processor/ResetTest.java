package io.eventplatform.processor;

import static io.eventplatform.processor.KafkaWorld.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.contract.Contracts;
import io.eventplatform.event.Event;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import io.eventplatform.processor.Reset.Offset;
import io.eventplatform.processor.Reset.Target;
import io.eventplatform.processor.internal.ResetCommand;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A pipeline that was reset starts over with empty windows, state and timers, whatever happens meanwhile. */
@ExtendWith(KafkaExtension.class)
class ResetTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final StateSpec<ValueState<Long>> SEEN = StateSpec.value("seen", Long.class);

    private final EmbeddedKafka broker;
    private final KafkaWorld kafka;
    private final String name = EmbeddedKafka.uniqueName("reset");
    private final Source source = Source.topic(name + "-in", Contracts.of(OrderPlaced.class))
            .deduplicatedById(DedupWindow.of(Duration.ofDays(1)));
    private final List<Long> tokens = new CopyOnWriteArrayList<>();
    private final Pipeline pipeline = Pipeline.named(name)
            .from(source)
            .process("count", this::count, SEEN)
            .to(name + "-out");

    ResetTest(EmbeddedKafka broker) {
        this.broker = broker;
        this.kafka = new KafkaWorld(broker);
    }

    @AfterEach
    void disconnect() {
        kafka.close();
    }

    private Processor<Record, OrderPlaced> count() {
        return (event, context) -> {
            long number = context.state(SEEN).get().orElse(0L) + 1;
            context.state(SEEN).set(number);
            tokens.add(context.fencingToken());
            context.forward(numbered(event, number));
        };
    }

    private static Event<OrderPlaced> numbered(Event<Record> event, long number) {
        return event.withPayload(new OrderPlaced("ada", number, Optional.empty()));
    }

    private void runOut() {
        runOut(pipeline);
    }

    private void runOut(Pipeline all) {
        try (Runner runner = Runner.start(all, kafka.config(), RunnerOptions.defaults())) {
            all.sources().forEach(each -> kafka.awaitCommitted(name, each.topic()));
            runner.close(TIMEOUT);
        }
    }

    private void sendAndRun(String... ids) {
        kafka.create(pipeline.topics(1));
        for (String id : ids) {
            kafka.send(source.topic(), "ada", OrderPlaced.json(id, "ada", 1));
        }
        runOut();
    }

    /** What came out, as id and number. */
    private List<String> out() {
        return kafka.read(name + "-out").stream()
                .map(record -> header(record, "event_id")
                        + new String(record.value(), UTF_8).replaceAll(".*\"amount\":(\\d+).*", "$1"))
                .toList();
    }

    @Test
    void aResetToTheBeginningProcessesEverythingAgainWithEmptyWindowsAndState() {
        sendAndRun("a", "b", "a", "c");

        // region reset
        Reset.Plan done = Reset.of(pipeline).execute(kafka.config(), TIMEOUT);
        // endregion
        assertThat(done.describe())
                .containsExactly(
                        source.topic() + "-0: offset 4 to 0",
                        source.topic() + "." + name + ".dedup-0: 2 records of state emptied",
                        name + ".state-0: 2 records of state emptied");
        runOut();

        assertThat(out()).containsExactly("a1", "b2", "c3", "a1", "b2", "c3");
        assertThat(tokens.get(3)).isGreaterThan(tokens.get(2));
        assertThat(kafka.read(pipeline.deadLetterTopic(source))).isEmpty();
    }

    @Test
    void aPlanChangesNothing() {
        sendAndRun("a");

        assertThat(Reset.of(pipeline).plan(kafka.config(), TIMEOUT).moves())
                .containsExactly(new Reset.Move(source.topic(), 0, OptionalLong.of(1), 0));
        sendAndRun("b");

        assertThat(out()).containsExactly("a1", "b2");
    }

    @Test
    void aPipelineThatRunsIsNotReset() {
        sendAndRun("a");
        try (Runner runner = Runner.start(pipeline, kafka.config(), RunnerOptions.defaults())) {
            runner.ready().toCompletableFuture().join();

            assertThatThrownBy(() -> Reset.of(pipeline).execute(kafka.config(), TIMEOUT))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "pipeline " + name + " runs: its group has 1 member. Stop every instance first; one with"
                                    + " a name (RunnerOptions.instance) stays a member until its session times out, 10 s after it"
                                    + " stopped");
        }
        sendAndRun("b");

        assertThat(out()).containsExactly("a1", "b2");
    }

    @Test
    void aPlanOfAPipelineThatRunsIsPrintedAndSaysThatItCannotBeExecuted() {
        sendAndRun("a");
        try (Runner runner = Runner.start(pipeline, kafka.config(), RunnerOptions.defaults())) {
            runner.ready().toCompletableFuture().join();

            assertThat(command(0, options()).lines())
                    .containsExactly(
                            source.topic() + "-0: offset 1 to 0",
                            source.topic() + "." + name + ".dedup-0: 2 records of state would be emptied",
                            name + ".state-0: 2 records of state would be emptied",
                            "This cannot be executed while the group has 1 member. Stop every instance first.",
                            "Nothing was changed. Add --execute to do it.");
            assertThat(command(1, and(options(), "--execute"))).contains("its group has 1 member. Stop every");
        }
        assertThat(Reset.of(pipeline).plan(kafka.config(), TIMEOUT).members()).isZero();
    }

    @Test
    void aPlanCountsInWords() {
        Reset.Plan plan = new Reset.Plan(List.of(), List.of(new Reset.Emptied("s", 0, 1)), 2, false);

        assertThat(plan.describe())
                .containsExactly(
                        "s-0: 1 record of state would be emptied",
                        "This cannot be executed while the group has 2 members. Stop every instance first.");
    }

    @Test
    void aResetStartsWhereItIsTold() {
        sendAndRun("a", "b", "c");
        Reset reset = Reset.of(pipeline);

        reset.to(new Target.Offsets(List.of(new Offset(source.topic(), 0, 2)))).execute(kafka.config(), TIMEOUT);
        runOut();
        reset.to(new Target.Time(Instant.now().plusSeconds(3600))).execute(kafka.config(), TIMEOUT);
        sendAndRun("d");

        assertThat(out()).containsExactly("a1", "b2", "c3", "c1", "d1");
        assertThatThrownBy(() -> reset.to(new Target.Offsets(List.of(new Offset(source.topic(), 0, 9))))
                        .execute(kafka.config(), TIMEOUT))
                .hasMessage(source.topic() + "-0 has offsets 0 to 4, not 9. Choose one of these");
        assertThatThrownBy(() -> reset.to(new Target.Offsets(List.of(new Offset("other", 0, 0))))
                        .execute(kafka.config(), TIMEOUT))
                .hasMessage("pipeline " + name + " does not read other-0. Its sources are [" + source.topic() + "]");
        assertThatThrownBy(() -> Reset.of(name, List.of("missing")).plan(kafka.config(), TIMEOUT))
                .hasMessage("there is no topic missing to set offsets of. Name the sources of pipeline " + name);
    }

    @Test
    void aResetThatLeavesOutASourceIsRefusedAndKeepsTheState() {
        Source other = Source.topic(name + "-more", Contracts.of(OrderPlaced.class));
        Pipeline both = Pipeline.named(name)
                .from(source, other)
                .process("count", this::count, SEEN)
                .to(name + "-out");
        kafka.create(both.topics(1));
        kafka.send(source.topic(), "ada", OrderPlaced.json("a", "ada", 1));
        kafka.send(other.topic(), "ada", OrderPlaced.json("b", "ada", 1));
        runOut(both);
        String refusal = "group " + name + " has committed offsets of [" + other.topic()
                + "] too, but the sources named"
                + " are [" + source.topic() + "]. Sources share state, which a reset empties: name every source. If the"
                + " pipeline no longer reads a topic, delete its offsets first (kafka-consumer-groups --delete-offsets)";

        assertThatThrownBy(() -> Reset.of(pipeline).plan(kafka.config(), TIMEOUT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(refusal);
        assertThatThrownBy(() -> Reset.of(pipeline).execute(kafka.config(), TIMEOUT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(refusal);
        kafka.send(other.topic(), "ada", OrderPlaced.json("c", "ada", 1));
        runOut(both);
        Reset.of(both).execute(kafka.config(), TIMEOUT);
        runOut(both);

        assertThat(out()).hasSize(6).contains("c3");
    }

    @Test
    void aPipelineThatNeverCommittedIsRefusedSinceItsNameMayBeWrong() {
        sendAndRun("a");
        Reset mistyped = Reset.of(name + "p", List.of(source.topic()));
        String refusal =
                "group " + name + "p has never committed an offset. Is the name right? There is no topic of its"
                        + " state either, so if its offsets expired, there is nothing to reset";

        assertThatThrownBy(() -> mistyped.plan(kafka.config(), TIMEOUT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(refusal);
        assertThatThrownBy(() -> mistyped.execute(kafka.config(), TIMEOUT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(refusal);
    }

    @Test
    void stateWhoseOffsetsExpiredIsEmptied() throws Exception {
        sendAndRun("a");
        kafka.admin().deleteConsumerGroups(List.of(name)).all().get();

        Reset.of(pipeline).execute(kafka.config(), TIMEOUT);
        runOut();

        assertThat(out()).containsExactly("a1", "a1");
    }

    /** One that died between its first change and its commit: nothing of it shows, and the next one finishes. */
    @Test
    void aResetThatWasInterruptedHasChangedNothingAndCanBeRunAgain() {
        sendAndRun("a", "b");
        interruptedReset();

        try (Runner runner = Runner.start(pipeline, kafka.config(), RunnerOptions.defaults())) {
            assertThatThrownBy(() -> {
                        KafkaWorld.await(this::hasMembers);
                        Reset.of(pipeline).execute(kafka.config(), TIMEOUT);
                    })
                    .hasMessageContaining("Stop every instance first");
        }
        Reset.of(pipeline).execute(kafka.config(), TIMEOUT);
        runOut();

        assertThat(out()).containsExactly("a1", "b2", "a1", "b2");
    }

    private boolean hasMembers() {
        try {
            return kafka.admin().describeConsumerGroups(List.of(name)).all().get().values().stream()
                    .anyMatch(group -> !group.members().isEmpty());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Leaves a transaction open that has new offsets and a tombstone. */
    @SuppressWarnings("FutureReturnValueIgnored") // flushed
    private void interruptedReset() {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "transactional.id",
                name + ".reset",
                "transaction.timeout.ms",
                600_000,
                "group.id",
                name);
        try (KafkaConsumer<byte[], byte[]> group =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            KafkaProducer<byte[], byte[]> producer =
                    new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
            producer.initTransactions();
            producer.beginTransaction();
            ConsumerGroupMetadata metadata = group.groupMetadata();
            producer.sendOffsetsToTransaction(
                    Map.of(new TopicPartition(source.topic(), 0), new OffsetAndMetadata(0, "")), metadata);
            byte[] key = kafka.read(pipeline.stateTopic()).get(0).key();
            producer.send(tombstone(key));
            producer.flush();
            producer.close(Duration.ZERO);
        }
    }

    @SuppressWarnings("NullAway") // Kafka takes null for a value; its types do not say so
    private ProducerRecord<byte[], byte[]> tombstone(byte[] key) {
        return new ProducerRecord<>(pipeline.stateTopic(), 0, key, null);
    }

    // ---- the command

    @Test
    void theCommandPrintsWhatItWouldDoAndDoesItWhenTold() {
        sendAndRun("a");

        assertThat(command(0, options()))
                .contains(source.topic() + "-0: offset 1 to 0", "Nothing was changed. Add --execute to do it.");
        assertThat(command(0, and(options(), "--to-earliest", "--execute"))).contains("Done.");
        runOut();

        assertThat(out()).containsExactly("a1", "a1");
        assertThat(command(1, and(options(), "--to-offset", source.topic() + ":0:9")))
                .contains("has offsets 0 to 1, not 9");
    }

    @Test
    void theCommandExplainsItself() {
        assertThat(command(0, "--help"))
                .contains("--bootstrap-servers", "--pipeline", "--source", "--to-earliest", "--to-time", "--to-offset")
                .contains("--execute", "--config", "--timeout", "Exit codes");
        assertThat(command(2)).startsWith("--pipeline is missing");
        assertThat(command(2, "--pipelines", "x")).startsWith("unknown option --pipelines");
        assertThat(command(2, "--pipeline")).startsWith("--pipeline needs a value");
        assertThat(command(2, "--to-time", "yesterday")).startsWith("--to-time must be like 2026-01-31T00:00:00Z");
        assertThat(command(2, "--to-offset", "orders")).startsWith("--to-offset must be like orders:0:1200");
        assertThat(command(2, "--to-earliest", "--to-offset", "orders:0:1"))
                .startsWith("--to-earliest, --to-time and --to-offset exclude each other");
    }

    private String[] options() {
        return new String[] {
            "--bootstrap-servers", broker.bootstrapServers(), "--pipeline", name, "--source", source.topic()
        };
    }

    private static String[] and(String[] options, String... more) {
        String[] all = Arrays.copyOf(options, options.length + more.length);
        System.arraycopy(more, 0, all, options.length, more.length);
        return all;
    }

    private static String command(int exitCode, String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream printed = new PrintStream(bytes, true, UTF_8);
        assertThat(ResetCommand.run(arguments, printed, printed)).isEqualTo(exitCode);
        return bytes.toString(UTF_8);
    }
}
