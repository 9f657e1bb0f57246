package io.eventplatform.processor.chaos;

import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.processor.Health;
import io.eventplatform.processor.RetryPolicy;
import io.eventplatform.processor.Runner;
import io.eventplatform.processor.RunnerOptions;
import java.time.Duration;

/**
 * One instance of the pipeline: {@code <bootstrap servers> <instance name>}. Runs until it is killed or
 * asked to end; ends with 1 if it fails.
 */
final class ChaosInstance {

    static final String READY = "instance ready";

    private ChaosInstance() {}

    public static void main(String[] args) throws InterruptedException {
        KafkaConfig kafka = KafkaConfig.of(args[0]).with("session.timeout.ms", 6_000);
        RunnerOptions options = RunnerOptions.builder()
                .instance(args[1])
                .startTimeout(Duration.ofMinutes(2)) // it may start while the broker is dead
                .retryPolicy(new RetryPolicy(2, Duration.ofMillis(1), Duration.ofMillis(1)))
                .build();
        Runner runner = Runner.start(ChaosPipeline.PIPELINE, kafka, options);
        Runtime.getRuntime().addShutdownHook(new Thread(runner::close, "close"));
        runner.ready().thenRun(() -> System.out.println(READY));
        while (!(runner.health() instanceof Health.Failed)) {
            Thread.sleep(100);
        }
        System.out.println("instance failed: " + runner.health());
        Runtime.getRuntime().halt(1);
    }
}
