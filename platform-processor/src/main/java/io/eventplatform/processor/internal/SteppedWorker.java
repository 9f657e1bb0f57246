package io.eventplatform.processor.internal;

import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.processor.Health;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Progress;
import io.eventplatform.processor.RunnerOptions;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline's worker without a thread: the caller takes its turns. For test drivers, which may also stop
 * calling it in the middle, as a process that dies.
 */
public final class SteppedWorker {

    private final Counters counters = new Counters();
    private final WorkerLoop loop;
    private boolean closing;
    private boolean pausing;
    private @Nullable Throwable failure;

    private SteppedWorker(String name, RunnerOptions options, Function<Host, Parts> parts) {
        Host host = new Host(
                new Uptime(options.ticker()),
                options.stepListener(),
                counters,
                () -> closing,
                () -> pausing,
                trouble -> {});
        this.loop = new WorkerLoop(name, options, host, parts.apply(host));
    }

    /** Makes its clients and joins its group. */
    public static SteppedWorker open(Pipeline pipeline, KafkaConfig kafka, RunnerOptions options, Clients clients) {
        return open(pipeline, options, host -> new Wiring(clients, kafka, options, host).pipeline(pipeline));
    }

    static SteppedWorker open(Pipeline pipeline, RunnerOptions options, Function<Host, Parts> parts) {
        SteppedWorker worker = new SteppedWorker("pipeline-" + pipeline.name(), options, parts);
        worker.loop.open();
        return worker;
    }

    /** Takes a turn; an exception ends it as it ends a worker's thread, and {@link #health} says so. */
    public void turn() {
        endIfFails(loop::turn);
    }

    private void endIfFails(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            failure = e;
            loop.close();
        }
    }

    public void pause() {
        pausing = true;
    }

    public void resume() {
        pausing = false;
    }

    public Health health() {
        Throwable failed = failure;
        return failed == null ? loop.health() : new Health.Failed(failed);
    }

    /** Whether it has partitions whose state is still read back, so that timers of theirs may be due. */
    public boolean isRestoring() {
        return loop.isRestoring();
    }

    public Progress progress() {
        return counters.latest();
    }

    /** Commits what is finished, leaves the group and releases the clients. */
    public void close() {
        closing = true;
        endIfFails(() -> loop.drain(() -> false));
        if (failure == null) {
            loop.close();
        }
    }
}
