package io.eventplatform.kafka.internal;

import io.eventplatform.kafka.KafkaAccessException;
import io.eventplatform.kafka.KafkaConfig;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** An admin client for a few questions that must all be answered before one deadline. */
final class AdminSession implements AutoCloseable {

    private final String bootstrapServers;
    private final Duration timeout;
    private final long deadlineNanos;
    private final Admin admin;

    private AdminSession(String bootstrapServers, Duration timeout, long deadlineNanos, Admin admin) {
        this.bootstrapServers = bootstrapServers;
        this.timeout = timeout;
        this.deadlineNanos = deadlineNanos;
        this.admin = admin;
    }

    static AdminSession open(KafkaConfig kafka, Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout must be positive but was " + timeout);
        }
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        try {
            Admin admin = Admin.create(KafkaClients.admin(kafka, Map.of()));
            return new AdminSession(kafka.bootstrapServers(), timeout, deadlineNanos, admin);
        } catch (KafkaException e) {
            throw KafkaClients.unacceptable(kafka, e);
        }
    }

    Admin admin() {
        return admin;
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    /** For the options of a question; at least one, so that the client itself reports that time is up. */
    int remainingMillis() {
        long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, millis));
    }

    /**
     * Waits for an answer.
     *
     * @throws KafkaAccessException if the cluster as a whole did not answer
     * @throws ExecutionException if it answered with an error that is about what was asked
     */
    <T> T await(KafkaFuture<T> answer, String question) throws ExecutionException {
        try {
            return answer.get(remainingMillis(), TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw late(question, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaAccessException(
                    "Interrupted while waiting for Kafka at " + bootstrapServers + " to " + question + ".", true, e);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNull(e.getCause());
            if (cause instanceof TimeoutException) {
                throw late(question, cause);
            }
            throw e;
        }
    }

    /** As {@link #await}, where every error is one of the cluster. */
    <T> T require(KafkaFuture<T> answer, String question) {
        try {
            return await(answer, question);
        } catch (ExecutionException e) {
            throw refused(question, Objects.requireNonNull(e.getCause()));
        }
    }

    /** Waits a little before a question is asked again. */
    void pause(String question) {
        if (System.nanoTime() - deadlineNanos >= 0) {
            throw late(question, null);
        }
        try {
            TimeUnit.MILLISECONDS.sleep(Math.min(20, remainingMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaAccessException(
                    "Interrupted while waiting for Kafka at " + bootstrapServers + " to " + question + ".", true, e);
        }
    }

    KafkaAccessException refused(String question, Throwable cause) {
        return new KafkaAccessException(
                "Kafka at " + bootstrapServers + " did not " + question + ": " + cause.getMessage()
                        + ". Check credentials and access rights.",
                cause instanceof RetriableException,
                cause);
    }

    private KafkaAccessException late(String question, @Nullable Throwable cause) {
        return new KafkaAccessException(
                "Kafka at " + bootstrapServers + " did not " + question + " within " + timeout
                        + ". Check that it runs, and the address and the security properties in KafkaConfig.",
                true,
                cause);
    }

    /** Does not wait: what was not answered by now is of no interest any more. */
    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
