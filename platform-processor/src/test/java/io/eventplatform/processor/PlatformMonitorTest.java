package io.eventplatform.processor;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import io.eventplatform.processor.sink.StoreSink;
import io.eventplatform.processor.sink.TableProjection;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.InMemoryTableStore;
import io.eventplatform.telemetry.DeadLetterSummary;
import io.eventplatform.telemetry.StageStatus;
import java.util.List;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(120)
@ExtendWith(KafkaExtension.class)
class PlatformMonitorTest {

    private final EmbeddedKafka broker;
    private final String name = EmbeddedKafka.uniqueName("monitored");
    private final Pipeline pipeline = Pipeline.named(name)
            .from(Source.topic(name + "-in", Contracts.of(OrderPlaced.class)))
            .process("pass", () -> (Processor<Record, Record>) (event, context) -> context.forward(event))
            .to(name + "-out");
    private final StoreSink sink = StoreSink.named(name + "-store", name + "-out", Contracts.of(OrderPlaced.class))
            .table(TableProjection.append("orders", OrderPlaced.class)
                    .column("event_id", ColumnType.STRING, event -> event.id()))
            .into(new InMemoryTableStore());

    PlatformMonitorTest(EmbeddedKafka broker) {
        this.broker = broker;
    }

    @Test
    void itTellsHowFarStagesAreAndWhichRecordsDied() {
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(pipeline.topics(2).plus(sink.topics(2)));
            try (PlatformMonitor monitor = PlatformMonitor.on(kafka.config())
                    .pipeline(pipeline)
                    .sink(sink)
                    .start()) {
                for (int i = 0; i < 10; i++) {
                    kafka.send(name + "-in", "k" + i, OrderPlaced.json("id-" + i, "ada", i));
                }
                kafka.sendForeignLetter(pipeline.deadLetterTopics().get(0));
                RecordMetadata bad = kafka.send(name + "-in", "k", "{\"event_id\":\"secret");
                KafkaWorld.await(
                        () -> stage(monitor, 0).lag() == 11 && stage(monitor, 0).deadLetters() == 1);
                assertThat(stage(monitor, 0))
                        .isEqualTo(new StageStatus(
                                name,
                                "pipeline",
                                List.of(name + "-in"),
                                List.of(name + "-out"),
                                0,
                                11,
                                0,
                                1,
                                "no member"));

                RunnerOptions options = RunnerOptions.builder().instance("one").build();
                try (Runner first = Runner.start(pipeline, kafka.config(), options);
                        Runner second = Runner.start(sink, kafka.config(), options)) {
                    KafkaWorld.await(() -> stage(monitor, 0).lag() == 0
                            && stage(monitor, 0).deadLetters() == 2
                            && stage(monitor, 1).committed() >= 10
                            && stage(monitor, 1).lag() == 0);
                    assertThat(stage(monitor, 0).committed()).isEqualTo(11);
                    assertThat(stage(monitor, 0).health()).isEqualTo("running, 1 member");
                    assertThat(stage(monitor, 1).targets()).containsExactly("orders");
                    assertThat(monitor.get().recentDeadLetters()).hasSize(2).anySatisfy(letter -> {
                        assertThat(letter.topic()).isEqualTo(name + "-in");
                        assertThat(letter.deadLetterTopic())
                                .isEqualTo(pipeline.deadLetterTopics().get(0));
                        assertThat(letter.partition()).isEqualTo(bad.partition());
                        assertThat(letter.offset()).isEqualTo(bad.offset());
                        assertThat(letter.reason()).isEqualTo("body.malformed");
                        assertThat(letter.toString()).doesNotContain("secret");
                    });
                }
            }
        }
    }

    @Test
    void ofAPipelineWithSeveralSourcesItTellsTheSum() {
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            Contracts contracts = Contracts.of(OrderPlaced.class);
            Pipeline joined = Pipeline.named(name)
                    .from(Source.topic(name + "-a", contracts), Source.topic(name + "-b", contracts))
                    .branch("odd", event -> event.id().equals("odd"), odd -> odd.to(name + "-odd"))
                    .to(name + "-out");
            kafka.create(joined.topics(2));
            kafka.send(name + "-a", "k", OrderPlaced.json("1", "ada", 1));
            kafka.send(name + "-b", "k", OrderPlaced.json("2", "ada", 2));
            joined.deadLetterTopics().forEach(kafka::sendForeignLetter);
            try (PlatformMonitor monitor =
                    PlatformMonitor.on(kafka.config()).pipeline(joined).start()) {
                KafkaWorld.await(
                        () -> stage(monitor, 0).lag() == 2 && stage(monitor, 0).deadLetters() == 2);

                assertThat(stage(monitor, 0).sources()).containsExactly(name + "-a", name + "-b");
                assertThat(stage(monitor, 0).targets()).containsExactly(name + "-out", name + "-odd");
            }
        }
    }

    @Test
    void ofARunnerInThisProcessItTellsTheHealth() {
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(pipeline.topics(1));
            Runner runner = Runner.start(
                    pipeline,
                    kafka.config(),
                    RunnerOptions.builder().instance("one").build());
            try (runner;
                    PlatformMonitor monitor = PlatformMonitor.on(kafka.config())
                            .pipeline(pipeline, runner)
                            .start()) {
                KafkaWorld.await(() -> stage(monitor, 0).health().equals("running"));
                runner.close();
                KafkaWorld.await(() -> stage(monitor, 0).health().equals("closed"));
                List<DeadLetterSummary> none = monitor.get().recentDeadLetters();
                assertThat(none).isEmpty();
            }
        }
    }

    private static StageStatus stage(PlatformMonitor monitor, int index) {
        List<StageStatus> stages = monitor.get().stages();
        return index < stages.size()
                ? stages.get(index)
                : new StageStatus(
                        "unseen", "unseen", List.of("unseen"), List.of(), 0, StageStatus.UNKNOWN_LAG, 0, 0, "unseen");
    }
}
