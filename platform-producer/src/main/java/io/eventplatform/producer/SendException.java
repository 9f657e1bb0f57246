package io.eventplatform.producer;

import io.eventplatform.contract.InvalidEventException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event was not sent, or nobody can tell whether it was; the subtype says which.
 *
 * <p>Sending <em>the same event</em> again is always safe: it keeps its id, by which whoever reads the topic
 * removes duplicates. An event made anew of the same payload has another id and is another event.
 */
public abstract sealed class SendException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String eventId;
    private final String topic;

    private SendException(String eventId, String topic, String what, @Nullable Throwable cause) {
        super("[" + topic + " id=" + eventId + "] " + what, cause);
        this.eventId = Objects.requireNonNull(eventId, "eventId");
        this.topic = Objects.requireNonNull(topic, "topic");
    }

    public String eventId() {
        return eventId;
    }

    public String topic() {
        return topic;
    }

    /** Whether sending the same event again, to the same producer, may succeed with nothing changed. */
    public boolean retryable() {
        return false;
    }

    /** Whether the event may have been written all the same. */
    public boolean outcomeUnknown() {
        return false;
    }

    /** As much is in flight as the bounds allow. The event was not written; send it again later. */
    public static final class Full extends SendException {
        private static final long serialVersionUID = 1L;

        public Full(String eventId, String topic, String what, @Nullable Throwable cause) {
            super(eventId, topic, what, cause);
        }

        @Override
        public boolean retryable() {
            return true;
        }
    }

    /** The cluster cannot be reached, so the event was not even tried. It was not written; send it again later. */
    public static final class Unavailable extends SendException {
        private static final long serialVersionUID = 1L;

        public Unavailable(String eventId, String topic, String what, @Nullable Throwable cause) {
            super(eventId, topic, what, cause);
        }

        @Override
        public boolean retryable() {
            return true;
        }
    }

    /**
     * The time ran out before the cluster acknowledged the event. It may have been written or not; send it
     * again, and if it was, its id tells the duplicate.
     */
    public static final class OutcomeUnknown extends SendException {
        private static final long serialVersionUID = 1L;

        public OutcomeUnknown(String eventId, String topic, String what, @Nullable Throwable cause) {
            super(eventId, topic, what, cause);
        }

        @Override
        public boolean retryable() {
            return true;
        }

        @Override
        public boolean outcomeUnknown() {
            return true;
        }
    }

    /** The event does not keep its contract. It was not written, and never will be as it is. */
    public static final class Invalid extends SendException {
        private static final long serialVersionUID = 1L;

        private final InvalidEventException.Reason reason;

        public Invalid(String eventId, String topic, String what, InvalidEventException cause) {
            super(eventId, topic, what, cause);
            this.reason = cause.reason();
        }

        public InvalidEventException.Reason reason() {
            return reason;
        }
    }

    /** The event is larger than an event may be. It was not written, and never will be as it is. */
    public static final class TooLarge extends SendException {
        private static final long serialVersionUID = 1L;

        private final long sizeBytes;

        public TooLarge(String eventId, String topic, long sizeBytes, String what, @Nullable Throwable cause) {
            super(eventId, topic, what, cause);
            this.sizeBytes = sizeBytes;
        }

        /** Size of the event as a Kafka record, with key and headers and before compression; at most a few bytes too high. */
        public long sizeBytes() {
            return sizeBytes;
        }
    }

    /** The cluster does not accept the event. It was not written; a person must act, on access rights or on the topic. */
    public static final class Rejected extends SendException {
        private static final long serialVersionUID = 1L;

        public Rejected(String eventId, String topic, String what, @Nullable Throwable cause) {
            super(eventId, topic, what, cause);
        }
    }

    /** The producer is closed. The event was not written; send it with another producer. */
    public static final class Closed extends SendException {
        private static final long serialVersionUID = 1L;

        public Closed(String eventId, String topic, String what, @Nullable Throwable cause) {
            super(eventId, topic, what, cause);
        }
    }
}
