package io.eventplatform.producer.internal;

import io.eventplatform.contract.InvalidEventException;
import io.eventplatform.event.Envelope;
import io.eventplatform.producer.SendException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/** Says what a failure means for the event, and what to do about it. */
final class SendFailures {

    private static final String SAME_EVENT_AGAIN =
            "Send the same event again: if it was written, its id tells the duplicate.";

    private final DeliverySettings settings;
    private final String topic;

    SendFailures(DeliverySettings settings) {
        this.settings = settings;
        this.topic = settings.topic();
    }

    SendException invalid(String eventId, InvalidEventException cause) {
        return new SendException.Invalid(
                eventId,
                topic,
                "Not sent, for the event breaks its contract: " + withoutFullStop(cause)
                        + ". Correct the code that makes it.",
                cause);
    }

    SendException undeclared(Envelope event) {
        String contract = event.eventType() + " " + event.schemaVersionText();
        return new SendException.Invalid(
                event.eventId(),
                topic,
                "Not sent, for this producer was not told of contract " + contract
                        + ". Add its record to the contracts of the producer.",
                new InvalidEventException(
                        settings.contracts().knowsType(event.eventType())
                                ? InvalidEventException.Reason.VERSION_UNSUPPORTED
                                : InvalidEventException.Reason.TYPE_UNKNOWN,
                        "No contract " + contract));
    }

    SendException tooLarge(String eventId, long sizeBytes, long limitBytes, String limitName) {
        return new SendException.TooLarge(
                eventId,
                topic,
                sizeBytes,
                "Not sent, for the event has " + sizeBytes + " bytes and " + limitName + " is " + limitBytes
                        + ". Make it smaller: keep large content elsewhere and send a reference to it.",
                null);
    }

    SendException full(String eventId, long sizeBytes, int inFlightEvents, long inFlightBytes, boolean waited) {
        return new SendException.Full(
                eventId,
                topic,
                "Not sent, for there is no room for its " + sizeBytes + " bytes: " + inFlightEvents + " of "
                        + settings.maxInFlightEvents() + " events and " + inFlightBytes + " of "
                        + settings.maxInFlightBytes() + " bytes are in flight"
                        + (waited ? ", and it waited for " + settings.whenFull().maxWait() : "")
                        + ". Send it again later, or raise the bounds.",
                null);
    }

    SendException interrupted(String eventId, @Nullable Throwable cause) {
        return new SendException.Full(
                eventId,
                topic,
                "Not sent, for the thread was interrupted while it waited for room. Send it again later.",
                cause);
    }

    SendException closed(String eventId, @Nullable Throwable cause) {
        return new SendException.Closed(
                eventId, topic, "Not sent, for the producer is closed. Send it with another producer.", cause);
    }

    /** Kafka's client failed before it took the event over: nothing can have been written. */
    SendException notTakenOver(String eventId, long sizeBytes, Exception cause, boolean closing) {
        if (closing) {
            return closed(eventId, cause);
        }
        if (cause instanceof RecordTooLargeException) {
            return tooLargeForKafka(eventId, sizeBytes, cause);
        }
        if (cause instanceof InterruptException) {
            return interrupted(eventId, cause);
        }
        if (cause instanceof RetriableException) {
            return new SendException.Unavailable(
                    eventId,
                    topic,
                    "Not sent, for Kafka at " + settings.kafka().bootstrapServers() + " has not answered for a while ("
                            + withoutFullStop(cause) + "). Send it again later.",
                    cause);
        }
        return rejected(eventId, cause);
    }

    /** Kafka's client had the event, and gave up. */
    SendException notAcknowledged(String eventId, long sizeBytes, Exception cause) {
        if (cause instanceof RecordTooLargeException) {
            return tooLargeForKafka(eventId, sizeBytes, cause);
        }
        if (isRejection(cause)) {
            return rejected(eventId, cause);
        }
        return new SendException.OutcomeUnknown(
                eventId,
                topic,
                "Not acknowledged within " + settings.deliveryDeadline() + ", so it is unknown whether it was written ("
                        + withoutFullStop(cause) + "). " + SAME_EVENT_AGAIN,
                cause);
    }

    /** Kafka's client has the event, and does not come back to it. */
    SendException unanswered(String eventId) {
        return new SendException.OutcomeUnknown(
                eventId,
                topic,
                "Not acknowledged within " + settings.deliveryDeadline() + ", so it is unknown whether it was written"
                        + " (Kafka at " + settings.kafka().bootstrapServers() + " does not answer). "
                        + SAME_EVENT_AGAIN,
                null);
    }

    SendException abandoned(String eventId, Exception cause) {
        return new SendException.OutcomeUnknown(
                eventId,
                topic,
                "Not acknowledged before the producer was closed, so it is unknown whether it was written. "
                        + SAME_EVENT_AGAIN,
                cause);
    }

    /** The broker recognised a repetition of what it had stored, too long ago to remember where. */
    SendException writtenSomewhere(String eventId) {
        return new SendException.OutcomeUnknown(
                eventId,
                topic,
                "Written, but the broker does not say where, so there is no receipt. To get one, send the same event"
                        + " again: its id tells the duplicate.",
                null);
    }

    private SendException tooLargeForKafka(String eventId, long sizeBytes, Exception cause) {
        return new SendException.TooLarge(
                eventId,
                topic,
                sizeBytes,
                "Not sent, for the event has " + sizeBytes + " bytes, which is more than Kafka takes: "
                        + withoutFullStop(cause)
                        + ". Make it smaller, or raise the topic's max.message.bytes.",
                cause);
    }

    private SendException rejected(String eventId, Exception cause) {
        return new SendException.Rejected(
                eventId,
                topic,
                "Not written, for Kafka rejected the event: " + withoutFullStop(cause)
                        + ". Check access rights and the settings of the topic.",
                cause);
    }

    private static boolean isRejection(Exception cause) {
        return cause instanceof AuthorizationException
                || cause instanceof AuthenticationException
                || cause instanceof InvalidRecordException
                || cause instanceof InvalidTimestampException
                || cause instanceof InvalidTopicException
                || cause instanceof PolicyViolationException;
    }

    private static String withoutFullStop(Throwable cause) {
        String message = String.valueOf(cause.getMessage()).strip();
        return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
    }
}
