package io.eventplatform.processor.internal;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of dead letters without drowning the log: for each reason the first, then one in {@link #INTERVAL} with
 * how many were not told of. All of them stand in the dead-letter topic. Confined to the worker thread.
 */
final class DeadLetterLog {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterLog.class);
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final Uptime uptime;
    private final Map<String, Told> told = new HashMap<>();

    DeadLetterLog(Uptime uptime) {
        this.uptime = uptime;
    }

    /** @param what went there: the position of a record, or a timer */
    void deadLetter(Object what, String reason, String detail) {
        Told last = told.computeIfAbsent(reason, key -> new Told());
        long now = uptime.millis();
        if (now < last.nextMillis) {
            last.untold++;
            return;
        }
        String untold = last.untold == 0 ? "" : " (" + last.untold + " more since the last of this reason)";
        LOG.warn("{} goes to the dead letters, {}: {}{}", what, reason, detail, untold);
        last.untold = 0;
        last.nextMillis = now + INTERVAL.toMillis();
    }

    private static final class Told {
        private long nextMillis = Long.MIN_VALUE;
        private long untold;
    }
}
