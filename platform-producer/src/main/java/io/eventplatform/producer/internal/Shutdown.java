package io.eventplatform.producer.internal;

import io.eventplatform.producer.CloseReport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a producer once, whoever asks and however often.
 *
 * <p>The report is ready when Kafka's client is closed. That needs its I/O thread only, never the completion
 * thread, so a callback may close the producer, also while another thread does.
 */
final class Shutdown {

    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

    /** Stages complete in an instant once Kafka's client is closed; only a callback that blocks takes longer. */
    private static final long CALLBACK_GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Duration LONGEST = Duration.ofDays(365);

    private final Producer<byte[], byte[]> kafka;
    private final Admission admission;
    private final Completions completions;
    private final Tally tally;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CompletableFuture<CloseReport> report = new CompletableFuture<>();
    private volatile @Nullable CloseReport before;

    Shutdown(Producer<byte[], byte[]> kafka, Admission admission, Completions completions, Tally tally) {
        this.kafka = kafka;
        this.admission = admission;
        this.completions = completions;
        this.tally = tally;
    }

    boolean begun() {
        return begun.get();
    }

    /** Whether Kafka's client is closed, and so has answered for every event. */
    boolean ended() {
        return report.isDone();
    }

    /** Whether Kafka's client reports this because it was closed, rather than because of the event or the cluster. */
    boolean explains(Exception failure) {
        return begun() && failure instanceof KafkaException && !(failure instanceof ApiException);
    }

    CloseReport run(Duration drain) {
        long drainNanos = (drain.compareTo(LONGEST) > 0 ? LONGEST : drain).toNanos();
        if (!begun.compareAndSet(false, true)) {
            return awaitReport(drainNanos);
        }
        CloseReport start = tally.total();
        before = start;
        admission.close();
        boolean interrupted = closeClient(drainNanos);
        CloseReport result = tally.since(start);
        report.complete(result);
        interrupted |= endCompletions();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return result;
    }

    /** Whether the thread was interrupted; the client is closed all the same, without waiting further. */
    private boolean closeClient(long maxWaitNanos) {
        boolean interrupted = Thread.interrupted();
        Duration maxWait = interrupted ? Duration.ZERO : Duration.ofNanos(maxWaitNanos);
        while (true) {
            try {
                kafka.close(maxWait);
                return interrupted;
            } catch (InterruptException e) {
                // The client then leaves its I/O thread alone, which has yet to report what is abandoned. The
                // exception's constructor set the flag again; a second close would see it and leave too.
                interrupted |= Thread.interrupted();
                maxWait = Duration.ZERO;
            } catch (KafkaException e) {
                LOG.warn("Kafka's producer did not close cleanly", e);
                return interrupted;
            }
        }
    }

    private boolean endCompletions() {
        try {
            completions.shutdown(CALLBACK_GRACE_NANOS);
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    private CloseReport awaitReport(long maxWaitNanos) {
        try {
            return report.get(maxWaitNanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return soFar();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return soFar();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private CloseReport soFar() {
        @Nullable CloseReport start = before;
        return start == null ? new CloseReport(0, 0, 0) : tally.since(start);
    }
}
