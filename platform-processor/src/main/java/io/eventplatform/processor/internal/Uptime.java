package io.eventplatform.processor.internal;

import io.eventplatform.processor.Ticker;
import java.util.concurrent.TimeUnit;

/** How long a worker has been there: the clock of every wait and deadline in it. Thread-safe. */
final class Uptime {

    private final Ticker ticker;
    private final long startNanos;

    Uptime(Ticker ticker) {
        this.ticker = ticker;
        this.startNanos = ticker.nanos();
    }

    long millis() {
        return TimeUnit.NANOSECONDS.toMillis(ticker.nanos() - startNanos);
    }
}
