package io.eventplatform.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.contract.Contracts;
import io.eventplatform.kafka.TopicPlan;
import io.eventplatform.kafka.TopicSpec;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What keeps a pipeline from starting, or stops it, and what it says then. */
@ExtendWith(KafkaExtension.class)
class PipelineStartTest {

    private static final Contracts CONTRACTS = Contracts.of(OrderPlaced.class);
    private static final RetryPolicy QUICKLY = new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(2));

    private final KafkaWorld kafka;
    private final String name;
    private final Source source;

    PipelineStartTest(EmbeddedKafka broker) {
        this.kafka = new KafkaWorld(broker);
        this.name = EmbeddedKafka.uniqueName("pipeline");
        this.source = Source.topic(name + "-in", CONTRACTS).deduplicatedById(DedupWindow.of(Duration.ofDays(1)));
    }

    @AfterEach
    void disconnect() {
        kafka.close();
    }

    private Steps<Record, Pipeline> pipeline() {
        return Pipeline.named(name).from(source);
    }

    private RunnerOptions.Builder options() {
        return RunnerOptions.builder().instance("one").retryPolicy(QUICKLY);
    }

    /** Runs the pipeline until it has committed all of its source. */
    private Progress runOut(Pipeline pipeline, RunnerOptions options) {
        try (Runner runner = Runner.start(pipeline, kafka.config(), options)) {
            kafka.awaitCommitted(name, source.topic());
            return runner.close(Duration.ofSeconds(30)).progress();
        }
    }

    @Test
    void aPartitionThatWasAddedToTheSourceAloneIsNamed() throws Exception {
        Pipeline pipeline = pipeline().to(name + "-out");
        kafka.create(pipeline.topics(1));
        RunnerOptions options = options().build();

        try (Runner runner = Runner.start(pipeline, kafka.config().with("metadata.max.age.ms", 200), options)) {
            runner.ready().toCompletableFuture().join();
            kafka.admin()
                    .createPartitions(Map.of(source.topic(), NewPartitions.increaseTo(2)))
                    .all()
                    .get();

            KafkaWorld.await(() -> runner.health() instanceof Health.Failed);
            assertThat(((Health.Failed) runner.health()).cause())
                    .hasMessage(source.topic() + " has got partition 1, which [" + source.topic() + "." + name
                            + ".dedup, " + source.topic() + "." + name + ".dlt, " + name + "-out] lack. Give them as"
                            + " many partitions (pipeline.topics(partitions).createOrVerify(kafka, timeout)), then"
                            + " restart");
        }
    }

    @Test
    void aPartitionThatWasAddedToAllTopicsIsTakenUp() throws Exception {
        Pipeline pipeline = pipeline().to(name + "-out");
        kafka.create(pipeline.topics(1));

        try (Runner runner = Runner.start(
                pipeline,
                kafka.config().with("metadata.max.age.ms", 200),
                options().build())) {
            runner.ready().toCompletableFuture().join();
            Map<String, NewPartitions> two = new HashMap<>();
            pipeline.topics(1).topics().forEach(topic -> two.put(topic.name(), NewPartitions.increaseTo(2)));
            NewPartitions ofSource = Objects.requireNonNull(two.remove(source.topic()));
            kafka.admin().createPartitions(two).all().get();
            kafka.admin()
                    .createPartitions(Map.of(source.topic(), ofSource))
                    .all()
                    .get();

            KafkaWorld.await(() -> {
                kafka.sendTo(source.topic(), 1, OrderPlaced.json("id", "ada", 5));
                return kafka.committed(name).containsKey(new TopicPartition(source.topic(), 1));
            });
            kafka.awaitCommitted(name, source.topic());
            assertThat(runner.health()).isInstanceOf(Health.Running.class);
        }
        assertThat(kafka.read(pipeline.targetTopics().get(0))).hasSize(1);
    }

    @Test
    void aSourceThatIsDeletedShowsInTheHealth() throws Exception {
        Pipeline pipeline = pipeline().to(name + "-out");
        kafka.create(pipeline.topics(1));

        try (Runner runner = Runner.start(pipeline, kafka.config(), options().build())) {
            runner.ready().toCompletableFuture().join();
            kafka.admin().deleteTopics(List.of(source.topic())).all().get();

            KafkaWorld.await(
                    () -> new Health.Retrying("of the topics [" + source.topic() + "] one does not exist any more")
                            .equals(runner.health()));
        }
    }

    @Test
    void recordsThatWereDeletedBeforeTheyWereReadStopThePipelineAndAreNamed() throws Exception {
        Pipeline pipeline = pipeline().to(name + "-out");
        kafka.create(pipeline.topics(1));
        kafka.send(source.topic(), "k", OrderPlaced.json("a", "ada", 5));
        runOut(pipeline, options().build());
        kafka.send(source.topic(), "k", OrderPlaced.json("b", "ada", 5));
        kafka.send(source.topic(), "k", OrderPlaced.json("c", "ada", 5));
        TopicPartition partition = new TopicPartition(source.topic(), 0);
        kafka.admin()
                .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(2)))
                .all()
                .get();

        try (Runner runner = Runner.start(pipeline, kafka.config(), options().build())) {
            KafkaWorld.await(() -> runner.health() instanceof Health.Failed);
            assertThat(((Health.Failed) runner.health()).cause())
                    .hasMessage("offsets {" + partition + "=1} are no longer in the topic, which holds {" + partition
                            + "=2 to 3}: records were deleted before they were processed. Keep them longer, or use a"
                            + " new name to start over");
        }
        assertThat(kafka.read(pipeline.targetTopics().get(0))).hasSize(1);
    }

    @Test
    void aDedupTopicThatWasDeletedIsNotTakenForAnEmptyWindow() throws Exception {
        Pipeline pipeline = pipeline().to(name + "-out");
        kafka.create(pipeline.topics(1));
        kafka.send(source.topic(), "k", OrderPlaced.json("a", "ada", 5));
        runOut(pipeline, options().build());
        kafka.admin().deleteTopics(List.of(pipeline.dedupTopic(source))).all().get();
        kafka.recreate(pipeline.dedupTopic(source), 1);

        assertThatThrownBy(
                        () -> Runner.start(pipeline, kafka.config(), options().build()))
                .hasMessageContaining("has cleanup.policy delete, so its state would expire");

        kafka.admin()
                .incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, pipeline.dedupTopic(source)),
                        List.of(new AlterConfigOp(
                                new ConfigEntry("cleanup.policy", "compact"), AlterConfigOp.OpType.SET))))
                .all()
                .get();
        try (Runner runner = Runner.start(pipeline, kafka.config(), options().build())) {
            assertThat(failure(runner)).hasMessageContaining("has committed offsets, but its dedup changelog is empty");
        }
    }

    @Test
    void offsetsOfAnotherProgramAreRefused() throws Exception {
        Pipeline pipeline = pipeline().to(name + "-out");
        kafka.create(pipeline.topics(1));
        kafka.send(source.topic(), "k", OrderPlaced.json("a", "ada", 5));
        kafka.admin()
                .alterConsumerGroupOffsets(
                        name, Map.of(new TopicPartition(source.topic(), 0), new OffsetAndMetadata(1, "mine")))
                .all()
                .get();

        try (Runner runner = Runner.start(pipeline, kafka.config(), options().build())) {
            assertThat(failure(runner))
                    .hasMessage(source.topic() + "-0: group " + name + " has committed offset 1 with metadata \"mine\","
                            + " written by another program or a newer version of this library. Run that version, use"
                            + " another pipeline name, or delete the group's offsets to start over");
        }
    }

    @Test
    void aWindowWhoseOffsetsWereDeletedIsNotTakenForNew() throws Exception {
        Pipeline pipeline = pipeline().to(name + "-out");
        kafka.create(pipeline.topics(1));
        kafka.send(source.topic(), "k", OrderPlaced.json("a", "ada", 5));
        runOut(pipeline, RunnerOptions.defaults());
        kafka.admin().deleteConsumerGroups(List.of(name)).all().get();

        try (Runner runner = Runner.start(pipeline, kafka.config(), options().build())) {
            assertThat(failure(runner)).hasMessageContaining("has no committed offset but a dedup window of 1 ids");
        }
    }

    @Test
    void missingTopicsAreNamedAtOnce() {
        Pipeline pipeline = pipeline().to(name + "-out");
        kafka.create(TopicPlan.of(List.of(
                TopicSpec.of(source.topic(), 2),
                TopicSpec.of(pipeline.targetTopics().get(0), 1))));

        assertThatThrownBy(
                        () -> Runner.start(pipeline, kafka.config(), options().build()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("topics [" + pipeline.dedupTopic(source) + ", " + pipeline.deadLetterTopic(source)
                        + "] do not exist. Create them first:"
                        + " pipeline.topics(partitions).createOrVerify(kafka, timeout)");

        kafka.create(TopicPlan.of(List.of(
                TopicSpec.of(pipeline.dedupTopic(source), 2), TopicSpec.of(pipeline.deadLetterTopic(source), 2))));

        assertThatThrownBy(
                        () -> Runner.start(pipeline, kafka.config(), options().build()))
                .hasMessage("topic " + pipeline.targetTopics().get(0) + " has 1 partitions, fewer than its source "
                        + source.topic() + " with 2. Give it as many:"
                        + " pipeline.topics(partitions).createOrVerify(kafka, timeout)");
    }

    @Test
    void aPipelineIsDescribedAndItsMistakesAreNamed() {
        Supplier<Processor<Record, Record>> nothing = () -> (event, context) -> {};

        assertThat(pipeline().process("a", nothing).to(name + "-out").describe())
                .isEqualTo("pipeline " + name + " (exactly once)\n  from " + source.topic()
                        + ", deduplicated by event_id within 1 day\n  a\n  to " + name + "-out\n  dedup state in "
                        + pipeline().to("x").dedupTopics().get(0)
                        + "\n  dead letters to "
                        + source.topic() + "." + name + ".dlt");
        assertThatThrownBy(() -> Pipeline.named("a b"))
                .hasMessage("pipeline name must be 1 to 100 letters, digits, _ and -, starting with a letter or digit,"
                        + " but was \"a b\"");
        assertThatThrownBy(() -> pipeline().to(source.topic()))
                .hasMessage("pipeline " + name + " would write to the topic it reads, " + source.topic()
                        + ", and never end");
        assertThatThrownBy(() ->
                        pipeline().process("a", nothing).process("a", nothing).to("out"))
                .hasMessage("pipeline " + name
                        + " has two stages named a; a name is the identity of a part. Give each its own");
    }

    private static Throwable failure(Runner runner) {
        try {
            runner.ready().toCompletableFuture().join();
            throw new AssertionError("the runner started");
        } catch (CompletionException e) {
            KafkaWorld.await(() -> runner.health() instanceof Health.Failed);
            assertThat(runner.health())
                    .asInstanceOf(InstanceOfAssertFactories.type(Health.Failed.class))
                    .extracting(Health.Failed::cause)
                    .isSameAs(e.getCause());
            return Objects.requireNonNull(e.getCause());
        }
    }
}
