package io.eventplatform.processor.testkit;

import io.eventplatform.processor.Health;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Progress;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.Step;
import io.eventplatform.processor.internal.SteppedWorker;
import io.eventplatform.processor.testkit.internal.SimKafka;
import io.eventplatform.processor.testkit.internal.SimProcess;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One process that runs the pipeline: its clients, its worker, and whether it still lives. */
final class Instance {

    private final int number;
    private final SimProcess process;
    private @Nullable SteppedWorker worker;
    private boolean crashed;
    private boolean closed;

    private Instance(int number, SimKafka kafka) {
        this.number = number;
        this.process = new SimProcess(kafka);
    }

    /** Starts it; {@code steps} is told of each step and may let it crash by throwing {@link Crash}. */
    static Instance start(
            int number,
            Pipeline pipeline,
            SimKafka kafka,
            RunnerOptions.Builder options,
            Workers workers,
            BiConsumer<Instance, Step> steps) {
        Instance instance = new Instance(number, kafka);
        RunnerOptions complete = options.clock(kafka.clock())
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(kafka.clock().millis()))
                .stepListener(step -> steps.accept(instance, step))
                .build();
        instance.worker = workers.open(kafka, pipeline, complete, instance.process);
        return instance;
    }

    int number() {
        return number;
    }

    SimProcess process() {
        return process;
    }

    boolean isRunning() {
        return !crashed && !closed && failure().isEmpty();
    }

    boolean isCrashed() {
        return crashed;
    }

    Optional<Throwable> failure() {
        return worker().health() instanceof Health.Failed failed ? Optional.of(failed.cause()) : Optional.empty();
    }

    void turn() {
        try {
            worker().turn();
        } catch (Crash crash) {
            crash();
        }
    }

    /** It is gone, without having closed or committed anything. */
    void crash() {
        crashed = true;
        process.die();
    }

    void close() {
        if (!isRunning()) {
            return;
        }
        try {
            worker().close();
            closed = true;
        } catch (Crash crash) {
            crash();
        }
    }

    Health health() {
        return closed ? new Health.Closed() : worker().health();
    }

    /** Whether it has partitions whose state is still read back. */
    boolean isRestoring() {
        return isRunning() && worker().isRestoring();
    }

    Progress progress() {
        return worker().progress();
    }

    private SteppedWorker worker() {
        SteppedWorker started = worker;
        if (started == null) {
            throw new IllegalStateException("instance " + number + " is still starting");
        }
        return started;
    }

    @Override
    public String toString() {
        return "instance " + number;
    }

    /** Thrown by the step listener: the process ends here. No code on the way may catch it. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash(Step step) {
            super("crash at " + step, null, false, false);
        }
    }
}
