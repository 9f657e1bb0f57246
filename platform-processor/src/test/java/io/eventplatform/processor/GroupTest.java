package io.eventplatform.processor;

import static io.eventplatform.processor.KafkaWorld.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.contract.Contracts;
import io.eventplatform.event.Event;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import io.eventplatform.processor.RunnerOptions.GroupProtocol;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Instances of a pipeline share its partitions; parts of one number stay together. */
@ExtendWith(KafkaExtension.class)
class GroupTest {

    private static final int EVENTS = 300;

    private final EmbeddedKafka broker;
    private final String name = EmbeddedKafka.uniqueName("group");

    GroupTest(EmbeddedKafka broker) {
        this.broker = broker;
    }

    /** A processor that tells which partition numbers it has seen; there is one for each task. */
    private static final class Seeing implements Processor<Record, Record> {

        private final Set<Integer> numbers = ConcurrentHashMap.newKeySet();
        private final Set<String> topics = ConcurrentHashMap.newKeySet();

        @Override
        public void process(Event<Record> event, ProcessorContext<Record> context) {
            numbers.add(context.position().partition());
            topics.add(context.position().topic());
            context.forward(event);
        }
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void eventsOfOneKeyMeetInOneTaskWhateverTopicTheyComeByAlsoWhilePartitionsMove(GroupProtocol protocol) {
        List<Seeing> tasks = new CopyOnWriteArrayList<>();
        Pipeline pipeline = Pipeline.named(name)
                .from(
                        Source.topic(name + "-a", Contracts.of(OrderPlaced.class)),
                        Source.topic(name + "-b", Contracts.of(OrderPlaced.class)))
                .process("sees", () -> {
                    Seeing task = new Seeing();
                    tasks.add(task);
                    return task;
                })
                .to(name + "-out");
        RunnerOptions options = RunnerOptions.builder().groupProtocol(protocol).build();
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(pipeline.topics(5));

            Runner first = Runner.start(pipeline, kafka.config(), options);
            send(kafka, "one");
            first.ready().toCompletableFuture().join();
            Runner second = Runner.start(pipeline, kafka.config(), options);
            second.ready().toCompletableFuture().join();
            send(kafka, "two");
            first.close();
            send(kafka, "three");
            kafka.awaitCommitted(name, name + "-a");
            kafka.awaitCommitted(name, name + "-b");
            assertThat(second.health()).isInstanceOf(Health.Running.class);
            second.close();

            assertThat(tasks).allSatisfy(task -> assertThat(task.numbers).hasSizeLessThanOrEqualTo(1));
            assertThat(tasks).anySatisfy(task -> assertThat(task.topics).hasSize(2));
            assertThat(kafka.read(name + "-out"))
                    .extracting(record -> header(record, "event_id"))
                    .hasSize(6 * EVENTS)
                    .doesNotHaveDuplicates();
        }
    }

    private void send(KafkaWorld kafka, String batch) {
        for (String topic : List.of(name + "-a", name + "-b")) {
            IntStream.range(0, EVENTS)
                    .forEach(i -> kafka.sendLater(
                            topic, "key-" + i % 20, OrderPlaced.json(topic + "-" + batch + "-" + i, "ada", i)));
        }
        kafka.flush();
    }

    @Test
    void aNamedInstanceThatRestartsTakesItsPartitionsBackAndTheOthersNoticeNothing() {
        AtomicInteger tasksOfOne = new AtomicInteger();
        AtomicInteger tasksOfTwo = new AtomicInteger();
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(pipeline(tasksOfOne).topics(4));
            KafkaConfig patient = kafka.config().with("session.timeout.ms", 300_000);
            try (Runner one = Runner.start(pipeline(tasksOfOne), patient, named("one"))) {
                one.ready().toCompletableFuture().join();
                try (Runner two = Runner.start(pipeline(tasksOfTwo), patient, named("two"))) {
                    two.ready().toCompletableFuture().join();
                    KafkaWorld.await(() -> tasksOfTwo.get() == 2);
                }
                int before = tasksOfOne.get();

                try (Runner two = Runner.start(pipeline(tasksOfTwo), patient, named("two"))) {
                    two.ready().toCompletableFuture().join();
                    send(kafka, "after");
                    kafka.awaitCommitted(name, name + "-a");
                    assertThat(two.progress().records()).isPositive();
                }
                assertThat(tasksOfTwo).hasValue(4);
                assertThat(tasksOfOne).hasValue(before);
            }
        }
    }

    private static RunnerOptions named(String instance) {
        return RunnerOptions.builder().instance(instance).build();
    }

    private Pipeline pipeline(AtomicInteger tasks) {
        return Pipeline.named(name)
                .from(Source.topic(name + "-a", Contracts.of(OrderPlaced.class)))
                .process("counts", () -> {
                    tasks.incrementAndGet();
                    return (Processor<Record, Record>) (event, context) -> context.forward(event);
                })
                .to(name + "-b");
    }

    @Test
    void brokersWithoutTheConsumerProtocolAreRefused() throws Exception {
        try (EmbeddedKafka old = EmbeddedKafka.start();
                KafkaWorld kafka = new KafkaWorld(old)) {
            Pipeline pipeline = pipeline(new AtomicInteger());
            kafka.create(pipeline.topics(1));
            kafka.admin()
                    .updateFeatures(
                            Map.of("group.version", new FeatureUpdate((short) 0, UpgradeType.SAFE_DOWNGRADE)),
                            new UpdateFeaturesOptions())
                    .all()
                    .get();

            RunnerOptions options = RunnerOptions.builder()
                    .groupProtocol(GroupProtocol.CONSUMER)
                    .build();
            assertThatThrownBy(() -> Runner.start(pipeline, kafka.config(), options))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("groupProtocol CONSUMER needs brokers of Kafka 4.3 or newer with the feature"
                            + " group.version at 1")
                    .hasMessageContaining("group.version at 0. Upgrade the brokers and the feature, or leave"
                            + " groupProtocol at CLASSIC");
        }
    }
}
