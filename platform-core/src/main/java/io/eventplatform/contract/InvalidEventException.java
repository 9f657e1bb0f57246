package io.eventplatform.contract;

import java.util.Objects;

/**
 * An event cannot be read or written because it breaks the wire format or its contract.
 *
 * <p>Permanent: the same bytes fail again. The message never holds values of the payload, only JSON pointers and the
 * rule that was broken, so it may be logged and sent in headers.
 */
public final class InvalidEventException extends RuntimeException {

    /** Why an event was refused. */
    public enum Reason {
        /** The body is empty, is not UTF-8 or is not one JSON object within the limits on nesting and numbers. */
        BODY_MALFORMED("body.malformed"),
        /** The body has more bytes than the codec accepts. */
        BODY_TOO_LARGE("body.too_large"),
        /** An envelope field is missing or has a value it cannot have. */
        ENVELOPE_INVALID("envelope.invalid"),
        /** Headers and body name different events. */
        ENVELOPE_MISMATCH("envelope.mismatch"),
        /** No contract has this event type. */
        TYPE_UNKNOWN("contract.type_unknown"),
        /** The event type is known, this version of it is not. */
        VERSION_UNSUPPORTED("contract.version_unsupported"),
        /** The payload does not match the schema of its contract. */
        CONTRACT_VIOLATED("contract.violated");

        private final String code;

        Reason(String code) {
            this.code = code;
        }

        /** The stable name for headers, metrics and logs. */
        public String code() {
            return code;
        }
    }

    private final Reason reason;

    /** The {@code message} must not hold values of the payload. */
    public InvalidEventException(Reason reason, String message) {
        super(Objects.requireNonNull(message, "message"));
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    public Reason reason() {
        return reason;
    }
}
