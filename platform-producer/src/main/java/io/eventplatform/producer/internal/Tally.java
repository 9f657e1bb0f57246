package io.eventplatform.producer.internal;

import io.eventplatform.producer.CloseReport;
import java.util.concurrent.atomic.LongAdder;

/** Counts outcomes since the producer was started. */
final class Tally {

    private final LongAdder sent = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder abandoned = new LongAdder();

    void countSent() {
        sent.increment();
    }

    void countFailed() {
        failed.increment();
    }

    void countAbandoned() {
        abandoned.increment();
    }

    CloseReport total() {
        return new CloseReport(sent.sum(), failed.sum(), abandoned.sum());
    }

    CloseReport since(CloseReport before) {
        return new CloseReport(
                sent.sum() - before.sent(), failed.sum() - before.failed(), abandoned.sum() - before.abandoned());
    }
}
