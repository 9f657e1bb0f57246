package io.eventplatform.serving.internal;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs that a view cannot be read: at once, then once a minute, however often it is asked for. */
final class FailureLog {

    private static final Logger log = LoggerFactory.getLogger(FailureLog.class);

    private static final long PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

    private final LongSupplier nanoTime;
    private final Map<String, Long> logged = new ConcurrentHashMap<>();

    FailureLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** @param view the name of a view the catalog has, so that the names are few */
    void add(String view, RuntimeException failure) {
        if (isDue(view)) {
            log.error("View {} cannot be read; further failures within a minute are logged at debug", view, failure);
        } else {
            log.debug("View {} cannot be read", view, failure);
        }
    }

    boolean isDue(String view) {
        long now = nanoTime.getAsLong();
        return logged.merge(view, now, (last, next) -> next - last < PAUSE_NANOS ? last : next) == now;
    }
}
