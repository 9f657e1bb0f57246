package io.eventplatform.processor;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A partition that is blocked is fetched ahead up to its bound; it holds back no other. */
@ExtendWith(KafkaExtension.class)
class BackPressureTest {

    private static final int EVENTS = 1_000;

    private final EmbeddedKafka broker;
    private final String name = EmbeddedKafka.uniqueName("pressure");
    private final AtomicInteger flowing = new AtomicInteger();

    BackPressureTest(EmbeddedKafka broker) {
        this.broker = broker;
    }

    static Stream<Arguments> bounds() {
        return Stream.of(
                Arguments.of("records", RunnerOptions.builder().maxQueuedRecords(100), 100),
                // About 150 bytes each; the fetch that crosses the bound is one producer's batch of 16 KiB.
                Arguments.of("bytes", RunnerOptions.builder().maxQueuedBytes(15_000), 300));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bounds")
    void aBlockedPartitionHoldsAtMostItsBoundWhileOthersFlow(String what, RunnerOptions.Builder options, int most) {
        Pipeline pipeline = Pipeline.named(name)
                .from(Source.topic(name + "-in", Contracts.of(OrderPlaced.class)))
                .process("blocks", () -> (Processor<Record, Record>) (event, context) -> {
                    if (context.position().partition() == 0) {
                        throw new IllegalStateException("not yet");
                    }
                    flowing.incrementAndGet();
                })
                .to(name + "-out");
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(pipeline.topics(2));
            for (int i = 0; i < EVENTS; i++) {
                kafka.sendLater(name + "-in", 0, OrderPlaced.json("blocked-" + i, "ada", i));
                kafka.sendLater(name + "-in", 1, OrderPlaced.json("flowing-" + i, "ada", i));
            }
            kafka.flush();
            Duration longTime = Duration.ofHours(1);

            Runner runner = Runner.start(
                    pipeline,
                    kafka.config().with("max.partition.fetch.bytes", 1_000),
                    options.retryPolicy(new RetryPolicy(2, longTime, longTime)).build());
            KafkaWorld.await(() -> flowing.get() == EVENTS);
            CloseReport report = runner.close(Duration.ofSeconds(30));

            assertThat(report.unprocessed()).as(what).isPositive().isLessThanOrEqualTo(most);
        }
    }
}
