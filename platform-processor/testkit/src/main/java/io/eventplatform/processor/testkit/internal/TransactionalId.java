package io.eventplatform.processor.testkit.internal;

import org.jspecify.annotations.Nullable;

/** What the transaction coordinator keeps of a transactional id. */
final class TransactionalId {

    private final SimClock clock;
    private int timeoutMillis;
    private int epoch = -1;
    private @Nullable Transaction current;

    TransactionalId(SimClock clock) {
        this.clock = clock;
    }

    /** A producer begins: its predecessor's open transaction is aborted, one that is decided is completed. */
    int init(int transactionTimeoutMillis) {
        settle();
        timeoutMillis = transactionTimeoutMillis;
        return ++epoch;
    }

    int epoch() {
        return epoch;
    }

    @Nullable
    Transaction current() {
        return current;
    }

    /** The open transaction, begun if there is none; the one before gets its late markers first. */
    Transaction open() {
        Transaction open = current;
        if (open == null || open.isDecided()) {
            settle();
            open = new Transaction(clock);
            current = open;
        }
        return open;
    }

    /** Aborts a transaction that is too old, as a broker does; its producer is fenced. */
    void expire() {
        if (clock.millis() >= expiresAtMillis()) {
            settle();
            epoch++;
        }
    }

    boolean isOpen() {
        Transaction last = current;
        return last != null && !last.isDecided();
    }

    /** When an open transaction is aborted at the latest. */
    long expiresAtMillis() {
        Transaction last = current;
        return last == null || last.isDecided() ? Long.MAX_VALUE : last.sinceMillis() + timeoutMillis + 1;
    }

    void markDecided() {
        Transaction last = current;
        if (last != null && last.isDecided()) {
            last.markAll();
        }
    }

    private void settle() {
        Transaction last = current;
        current = null;
        if (last == null) {
            return;
        }
        if (!last.isDecided()) {
            last.end(false, false);
        } else {
            last.markAll();
        }
    }
}
