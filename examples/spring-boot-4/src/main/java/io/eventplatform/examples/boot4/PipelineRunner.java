package io.eventplatform.examples.boot4;

import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.processor.Health;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Runner;
import io.eventplatform.processor.RunnerOptions;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.DependsOn;
import org.springframework.stereotype.Component;

// region lifecycle
/** Runs the pipeline from when all beans are there until the context closes, before the first of them goes. */
@Component
@DependsOn("topics")
class PipelineRunner implements SmartLifecycle {

    private final Pipeline pipeline;
    private final KafkaConfig kafka;
    private final RunnerOptions options;
    private volatile Runner runner;

    PipelineRunner(Pipeline pipeline, KafkaConfig kafka, OrdersProperties orders) {
        this.pipeline = pipeline;
        this.kafka = kafka;
        this.options =
                RunnerOptions.builder().commitInterval(orders.commitInterval()).build();
    }

    @Override
    public void start() {
        runner = Runner.start(pipeline, kafka, options);
    }

    /** Drains: commits what is finished, at most for the runner's 30 seconds. */
    @Override
    public void stop() {
        runner.close();
        runner = null;
    }

    @Override
    public boolean isRunning() {
        return runner != null;
    }

    Health health() {
        Runner running = runner;
        return running == null ? new Health.Closed() : running.health();
    }
}
// endregion
