package io.eventplatform.processor.internal;

import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.processor.CloseReport;
import io.eventplatform.processor.Health;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Progress;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.sink.StoreSink;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that runs a {@link WorkerLoop} from start to end. Only this thread touches consumer, committer
 * and tasks; others see {@link #health} and {@link #progress}, which it publishes, and ask it to stop by
 * {@link #close}.
 */
public final class Worker {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private final Thread thread;
    private final WorkerLoop loop;
    private final Counters counters = new Counters();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    private final Duration stuckAfter;

    private volatile boolean closing;
    private volatile boolean overdue;
    private volatile boolean pausing;
    private volatile Health health = new Health.Starting("joining the group");
    private volatile long uncommitted;
    private volatile long unprocessed;

    private Worker(String name, RunnerOptions options, Function<Host, Parts> parts) {
        Host host = new Host(
                new Uptime(options.ticker()),
                options.stepListener(),
                counters,
                () -> closing,
                () -> pausing,
                this::trouble);
        this.stuckAfter = options.stuckAfter();
        this.loop = new WorkerLoop(name, options, host, parts.apply(host));
        this.thread = new Thread(this::run, name);
        thread.setDaemon(false);
        thread.setUncaughtExceptionHandler((died, failure) -> LOG.error("{} died", died.getName(), failure));
        thread.start();
    }

    /** Starts a pipeline's worker. */
    public static Worker start(Pipeline pipeline, KafkaConfig kafka, RunnerOptions options) {
        return start(pipeline, kafka, options, Clients.KAFKA);
    }

    static Worker start(Pipeline pipeline, KafkaConfig kafka, RunnerOptions options, Clients clients) {
        return new Worker("pipeline-" + pipeline.name(), options, host -> new Wiring(clients, kafka, options, host)
                .pipeline(pipeline));
    }

    /** Starts a sink's worker. */
    public static Worker start(StoreSink sink, KafkaConfig kafka, RunnerOptions options) {
        return new Worker(
                "sink-" + sink.name(), options, host -> new Wiring(Clients.KAFKA, kafka, options, host).sink(sink));
    }

    // ---- the thread

    private void run() {
        Throwable failure = null;
        try {
            loop.open();
            while (!closing) {
                loop.turn();
                publish();
            }
            loop.drain(() -> overdue);
        } catch (Throwable e) {
            failure = e;
        } finally {
            end(failure);
        }
    }

    private void publish() {
        health = loop.health();
        if (loop.isReady()) {
            ready.complete(null);
        }
    }

    /** Something waits inside a turn: say so at once, since the turn may take long to end. */
    private void trouble(String what) {
        if (ready.isDone()) {
            health = new Health.Retrying(what);
        }
    }

    private void end(@Nullable Throwable thrown) {
        Throwable failure = thrown;
        if (closing && failure instanceof RetriableException) {
            LOG.warn("Closed without an answer; what is not committed is processed again: {}", failure.getMessage());
            failure = null;
        }
        if (failure != null) {
            LOG.error("Stopped: {}", failure.getMessage(), failure);
        }
        uncommitted = loop.uncommitted();
        unprocessed = loop.unprocessed();
        loop.close();
        health = failure == null ? new Health.Closed() : new Health.Failed(failure);
        ready.completeExceptionally(
                failure == null ? new IllegalStateException("the runner was closed before it was ready") : failure);
        ended.countDown();
    }

    // ---- for other threads

    public CompletionStage<Void> ready() {
        return ready.minimalCompletionStage();
    }

    public Health health() {
        Health published = health;
        return loop.stuck(stuckAfter).<Health>map(stuck -> stuck).orElse(published);
    }

    public Progress progress() {
        return counters.latest();
    }

    /** See {@code Runner.pause}. */
    public void pause() {
        pausing = true;
    }

    /** See {@code Runner.resume}. */
    public void resume() {
        pausing = false;
    }

    /** See {@code Runner.close}. */
    public CloseReport close(Duration timeout) {
        closing = true;
        Optional<Health.Stuck> stuck = Optional.empty();
        if (Thread.currentThread() != thread) {
            try {
                if (!ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                    stuck = loop.stuck(Duration.ZERO);
                    LOG.warn(
                            "Not drained within {}{}; what is not committed is processed again after a restart",
                            timeout,
                            stuck.map(call -> ", stuck in " + call).orElse(""));
                    overdue = true;
                    thread.interrupt();
                    ended.await(WorkerLoop.CONSUMER_CLOSE_TIMEOUT.toMillis() * 2, TimeUnit.MILLISECONDS);
                }
            } catch (InterruptedException e) {
                overdue = true;
                thread.interrupt();
                Thread.currentThread().interrupt();
            }
        }
        boolean drained = !overdue && ended.getCount() == 0 && uncommitted == 0 && health instanceof Health.Closed;
        return new CloseReport(progress(), uncommitted, unprocessed, drained, stuck);
    }
}
