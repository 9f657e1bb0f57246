package io.eventplatform.kafka.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's own server, behind an {@link ExitFence}: it can die without the JVM.
 *
 * <p>Whatever runs the server's code, starting and stopping included, runs on a thread of its group. That is what the
 * fence goes by, and it keeps an interrupt of the caller out of Kafka's locks and files.
 */
final class FencedServer {

    private static final Logger LOG = LoggerFactory.getLogger(FencedServer.class);

    /** A healthy node stops within a second; Kafka itself would wait five minutes for an unhealthy one. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

    private final Path directory;
    private final ThreadGroup threads = new ThreadGroup("embedded-kafka");
    private final CompletableFuture<Void> death = new CompletableFuture<>();
    private final ExitFence fence = ExitFence.raise(threads, this::die);
    private volatile @Nullable KafkaRaftServer server;
    private volatile boolean started;

    FencedServer(Path directory) {
        this.directory = directory;
    }

    /** Returns when clients can use the server; to be followed by a stop in any case. */
    void start(Properties settings) {
        FutureTask<@Nullable Void> start = new FutureTask<>(
                () -> {
                    KafkaRaftServer starting = new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
                    server = starting;
                    starting.startup();
                },
                null);
        new Thread(threads, start, "embedded-kafka-start").start();
        try {
            // No limit here: Kafka has its own, server.max.startup.time.ms.
            await(start, Duration.ofNanos(Long.MAX_VALUE));
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            var failure = new IllegalStateException("[" + directory + "] The broker did not start: " + cause, cause);
            Throwable fault = fault();
            if (fault != null) {
                // It may have been on another thread; the start itself then fails with a time-out, which explains
                // nothing.
                failure.addSuppressed(fault);
            }
            throw failure;
        } catch (TimeoutException e) {
            throw new AssertionError(e);
        }
        started = true;
        requireAlive();
    }

    /** Completes exceptionally when Kafka ends the server after a fault, and never otherwise. */
    CompletableFuture<Void> death() {
        return death;
    }

    void requireAlive() {
        Throwable fault = fault();
        if (fault != null) {
            throw new IllegalStateException(
                    "[" + directory + "] Kafka ended the broker after a fault. "
                            + "See the errors it logged before, then start a new broker.",
                    fault);
        }
    }

    private @Nullable Throwable fault() {
        return death.handle((none, fault) -> fault).getNow(null);
    }

    private void die(String request) {
        // The stack of this exception shows which part of Kafka gave up.
        Throwable fault = new IllegalStateException("Kafka asked to end the process: " + request);
        // Until it is started there is a caller to tell.
        if (death.completeExceptionally(fault) && started) {
            LOG.error("[{}] Kafka ended the broker after a fault; this process goes on without it", directory, fault);
        }
    }

    /** Stops after a failure; when that fails too, says so and adds it to the failure. */
    boolean stopAfter(Throwable failure) {
        try {
            stop();
            return true;
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
            return false;
        }
    }

    void stop() {
        KafkaRaftServer stopping = server;
        if (stopping != null) {
            FutureTask<@Nullable Void> stop = new FutureTask<>(stopping::shutdown, null);
            Thread thread = new Thread(threads, stop, "embedded-kafka-stop");
            thread.setDaemon(true);
            thread.start();
            try {
                await(stop, STOP_TIMEOUT);
            } catch (TimeoutException e) {
                // The fence stays up, for the threads that are still running.
                throw new IllegalStateException(
                        "[" + directory + "] The broker did not stop within " + STOP_TIMEOUT
                                + ". Start the next one on another directory.",
                        e);
            } catch (ExecutionException e) {
                throw new IllegalStateException(
                        "[" + directory + "] The broker failed while stopping: " + e.getCause(), e.getCause());
            }
        }
        fence.lower();
    }

    /** Waits without giving in to interrupts, which the caller finds again afterwards. */
    private static void await(FutureTask<?> task, Duration limit) throws ExecutionException, TimeoutException {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    task.get(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
