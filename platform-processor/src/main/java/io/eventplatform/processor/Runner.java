package io.eventplatform.processor;

import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.processor.internal.Worker;
import io.eventplatform.processor.sink.StoreSink;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/**
 * A pipeline or a sink at work, on one thread of its own, which keeps the JVM alive until it is closed. It
 * creates and closes its Kafka clients; the store of a sink stays the caller's, to be closed after the
 * runner.
 *
 * <p>Thread-safe. Starting looks at the topics, then returns; {@link #ready} tells when state is restored and
 * records flow.
 * A failure stops the runner and shows in {@link #health}; what was not committed is processed again after
 * a restart.
 */
public final class Runner implements AutoCloseable {

    /** 30 seconds. */
    public static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(30);

    private final Worker worker;

    private Runner(Worker worker) {
        this.worker = worker;
    }

    /**
     * Runs a pipeline.
     *
     * @throws IllegalStateException if one of its topics is missing, see {@link Pipeline#topics}, or Kafka does not
     *     answer within {@link RunnerOptions#startTimeout}
     * @throws IllegalArgumentException if the commit interval is above
     *     {@link RunnerOptions#LONGEST_TRANSACTION_INTERVAL}
     */
    public static Runner start(Pipeline pipeline, KafkaConfig kafka, RunnerOptions options) {
        if (!pipeline.isAtLeastOnce()
                && options.commitInterval().compareTo(RunnerOptions.LONGEST_TRANSACTION_INTERVAL) > 0) {
            throw new IllegalArgumentException("commitInterval of pipeline " + pipeline.name() + " must be at most "
                    + RunnerOptions.LONGEST_TRANSACTION_INTERVAL + ", since Kafka aborts older transactions, but was "
                    + options.commitInterval());
        }
        return new Runner(Worker.start(
                Objects.requireNonNull(pipeline, "pipeline"), Objects.requireNonNull(kafka, "kafka"), options));
    }

    /**
     * Runs a sink; its tables are created in the store first.
     *
     * @throws IllegalStateException if one of its topics is missing, see {@link StoreSink#topics}, or Kafka does not
     *     answer within {@link RunnerOptions#startTimeout}
     */
    public static Runner start(StoreSink sink, KafkaConfig kafka, RunnerOptions options) {
        Objects.requireNonNull(options, "options");
        return new Runner(
                Worker.start(Objects.requireNonNull(sink, "sink"), Objects.requireNonNull(kafka, "kafka"), options));
    }

    /**
     * Completes when this instance has joined and has the state of every partition it was given, which may be
     * none; fails if the runner fails or is closed before.
     */
    public CompletionStage<Void> ready() {
        return worker.ready();
    }

    /** What it is doing; never blocks. */
    public Health health() {
        return worker.health();
    }

    /** How much it has done; never blocks. */
    public Progress progress() {
        return worker.progress();
    }

    /**
     * Blocks until this runner has finished so many records since its start, duplicates and dead letters included; for
     * tests and demonstrations. Finished is committed: {@link Progress#records} counts them, so their outputs can be
     * read.
     *
     * @throws IllegalStateException if the runner stops before, with its failure as the cause
     * @throws TimeoutException if that takes longer
     * @throws InterruptedException if the thread is interrupted
     */
    public void awaitRecords(long records, Duration timeout) throws TimeoutException, InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        while (progress().records() < records) {
            if (health() instanceof Health.Failed failed) {
                throw new IllegalStateException(
                        "the runner has stopped: " + failed.cause().getMessage(), failed.cause());
            }
            if (health() instanceof Health.Closed) {
                throw new IllegalStateException(
                        "the runner was closed after " + progress().records() + " records");
            }
            if (System.nanoTime() - end > 0) {
                throw new TimeoutException("after " + timeout + " the runner has finished "
                        + progress().records() + " of " + records + " records; it is " + health());
            }
            Thread.sleep(1);
        }
    }

    /**
     * Takes up no further record, commits what is finished and keeps its partitions, until {@link #resume}; timers that
     * fall due meanwhile, on either clock, fire after it. Returns at once; {@link #health} says {@link Health.Paused}
     * when all that was done is committed.
     */
    public void pause() {
        worker.pause();
    }

    /** Goes on after {@link #pause}. */
    public void resume() {
        worker.resume();
    }

    /**
     * Takes no further record, commits what is finished and releases the clients. Idempotent; from any
     * thread. Called by a processor it returns at once, and the runner ends when the processor has returned. Past the
     * timeout the thread is interrupted, also inside a processor, and the report says it has not drained; a record that
     * fails by that, and what is not committed, is processed again after a restart. The call then returns when the thread
     * has ended, but waits no more than another 10 seconds for it.
     */
    public CloseReport close(Duration timeout) {
        return worker.close(timeout);
    }

    /** {@link #close(Duration)} with {@link #DEFAULT_CLOSE_TIMEOUT}. */
    @Override
    public void close() {
        close(DEFAULT_CLOSE_TIMEOUT);
    }
}
