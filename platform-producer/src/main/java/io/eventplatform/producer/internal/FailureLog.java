package io.eventplatform.producer.internal;

import io.eventplatform.producer.SendException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of events that were not sent, for those who do not look at stages: the first one, then one in ten seconds with
 * the number of others. Messages hold no values of payloads.
 */
final class FailureLog {

    private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);
    private static final long INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();

    private long untold;
    private long toldNanos = System.nanoTime() - INTERVAL_NANOS;

    /** A stage that has failed so. */
    <T> CompletionStage<T> failed(SendException failure) {
        tell(failure);
        return CompletableFuture.failedStage(failure);
    }

    synchronized void tell(SendException failure) {
        long now = System.nanoTime();
        if (now - toldNanos < INTERVAL_NANOS) {
            untold++;
            return;
        }
        toldNanos = now;
        LOG.warn("{}{}", failure.getMessage(), untold == 0 ? "" : " (and " + untold + " more events failed since)");
        untold = 0;
    }

    /** Tells of what was held back. */
    synchronized void end() {
        if (untold > 0) {
            LOG.warn("{} more events failed; their stages say why", untold);
            untold = 0;
        }
    }
}
