package io.eventplatform.processor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import io.eventplatform.processor.Health;
import io.eventplatform.processor.KafkaWorld;
import io.eventplatform.processor.OrderPlaced;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Processor;
import io.eventplatform.processor.RetryPolicy;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.Step;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Waits follow the ticker, whatever happens to the wall clock. */
@ExtendWith(KafkaExtension.class)
class ElapsedTimeTest {

    private final KafkaWorld kafka;
    private final String name = EmbeddedKafka.uniqueName("elapsed");
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000); // wraps around, as nanoTime may
    private final AtomicLong minutesBack = new AtomicLong();
    private final InstantSource backwards =
            () -> Instant.now().minus(Duration.ofMinutes(minutesBack.incrementAndGet()));
    private final AtomicInteger processed = new AtomicInteger();

    ElapsedTimeTest(EmbeddedKafka broker) {
        this.kafka = new KafkaWorld(broker);
    }

    @AfterEach
    void disconnect() {
        kafka.close();
    }

    private RunnerOptions.Builder options() {
        return RunnerOptions.builder()
                .instance("one")
                .ticker(nanos::get)
                .clock(backwards)
                .stepListener(step -> processed.addAndGet(step == Step.PROCESSED ? 1 : 0));
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void aCommitIsDueWhenTheTickerSaysSoAlsoWhileTheWallClockGoesBack() {
        Pipeline pipeline = Pipeline.named(name)
                .from(Source.topic(name + "-in", Contracts.of(OrderPlaced.class)))
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        kafka.send(name + "-in", "k", OrderPlaced.json("a", "ada", 1));
        SteppedWorker worker = SteppedWorker.open(
                pipeline,
                kafka.config(),
                options().commitInterval(Duration.ofSeconds(5)).build(),
                Clients.KAFKA);

        KafkaWorld.await(() -> {
            worker.turn();
            return processed.get() == 1;
        });
        pass(Duration.ofMillis(4_999));
        worker.turn();
        assertThat(worker.progress().commits()).isZero();

        pass(Duration.ofMillis(1));
        worker.turn();
        assertThat(worker.progress().commits()).isEqualTo(1);
        worker.close();
    }

    @Test
    void aRecordThatFailedIsTriedAgainWhenItsBackoffHasPassedByTheTicker() {
        AtomicInteger attempts = new AtomicInteger();
        Processor<Record, Record> failing = (event, context) -> {
            attempts.incrementAndGet();
            throw new IllegalStateException("no");
        };
        Pipeline pipeline = Pipeline.named(name)
                .from(Source.topic(name + "-in", Contracts.of(OrderPlaced.class)))
                .process("fails", () -> failing)
                .to(name + "-out");
        kafka.create(pipeline.topics(1));
        kafka.send(name + "-in", "k", OrderPlaced.json("a", "ada", 1));
        SteppedWorker worker = SteppedWorker.open(
                pipeline,
                kafka.config(),
                options()
                        .retryPolicy(new RetryPolicy(2, Duration.ofMinutes(1), Duration.ofMinutes(1)))
                        .build(),
                Clients.KAFKA);

        KafkaWorld.await(() -> {
            worker.turn();
            return attempts.get() == 1;
        });
        pass(Duration.ofSeconds(59));
        worker.turn();
        assertThat(attempts).hasValue(1);
        assertThat(worker.health()).isInstanceOf(Health.Retrying.class);

        pass(Duration.ofSeconds(1));
        worker.turn();
        assertThat(attempts).hasValue(2);
        worker.close();
    }
}
