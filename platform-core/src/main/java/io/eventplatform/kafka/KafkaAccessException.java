package io.eventplatform.kafka;

import org.jspecify.annotations.Nullable;

/** A Kafka cluster cannot be used: it did not answer, refused to, or lacks the topic; the message says what to do. */
public final class KafkaAccessException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean retryable;

    public KafkaAccessException(String message, boolean retryable, @Nullable Throwable cause) {
        super(message, cause);
        this.retryable = retryable;
    }

    /** Whether the same call may succeed later with nothing changed: true for timeouts, false for refused credentials. */
    public boolean retryable() {
        return retryable;
    }
}
