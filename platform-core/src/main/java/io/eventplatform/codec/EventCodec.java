package io.eventplatform.codec;

import io.eventplatform.contract.Contract;
import io.eventplatform.contract.Contracts;
import io.eventplatform.contract.InvalidEventException;
import io.eventplatform.contract.InvalidEventException.Reason;
import io.eventplatform.contract.internal.ContractModel;
import io.eventplatform.event.Envelope;
import io.eventplatform.event.Event;
import io.eventplatform.event.internal.EnvelopedEvent;
import java.util.Objects;

/**
 * Turns events into the bytes of Kafka records and back. Thread-safe.
 *
 * <p>The body is one flat JSON object of envelope and payload; the headers repeat the envelope. An event that was
 * decoded and not changed is encoded as the same bytes. In one that was changed, everything else stays as it came:
 * unknown fields, the order of fields, the digits of numbers.
 */
public final class EventCodec {

    /** The largest body that is read or written unless another limit is given: 1 MiB, near Kafka's own default. */
    public static final int DEFAULT_MAX_BODY_BYTES = 1 << 20;

    private final Contracts contracts;
    private final int maxBodyBytes;

    private EventCodec(Contracts contracts, int maxBodyBytes) {
        this.contracts = contracts;
        this.maxBodyBytes = maxBodyBytes;
    }

    /** A codec that decodes the events of these contracts, with bodies of at most {@link #DEFAULT_MAX_BODY_BYTES}. */
    public static EventCodec of(Contracts contracts) {
        return new EventCodec(Objects.requireNonNull(contracts, "contracts"), DEFAULT_MAX_BODY_BYTES);
    }

    /** A codec with another limit for bodies, in bytes. */
    public EventCodec withMaxBodyBytes(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("bytes must be at least 1 but was " + bytes);
        }
        return new EventCodec(contracts, bytes);
    }

    /**
     * The record of an event. The key is the one the event came with, or else that of its contract; the headers are
     * those the event came with and its envelope.
     *
     * @throws InvalidEventException with {@link Reason#CONTRACT_VIOLATED} if the payload does not keep its contract,
     *     with {@link Reason#BODY_TOO_LARGE} if the body is, or as {@link Event#payload()} if a body has to be read
     * @throws IllegalArgumentException if the event is of another implementation of {@link Event}
     */
    public EncodedEvent encode(Event<?> event) {
        Objects.requireNonNull(event, "event");
        if (!(event instanceof EnvelopedEvent<?> enveloped)) {
            throw new IllegalArgumentException(
                    event.getClass().getName() + " is not an event of this library. Create events with Event.of.");
        }
        byte[] body = enveloped.value();
        requireSize(body);
        return new EncodedEvent(enveloped.key(), body, enveloped.headers());
    }

    /**
     * The event of a record. If the headers have the envelope (event id, type, version and timestamp), the body is not
     * looked at: {@link Event#payload()} may still refuse it. Else it is parsed here for its envelope.
     *
     * @throws InvalidEventException if the body is empty, too large or has to be parsed and is malformed; if the envelope
     *     is not valid; or if no contract has this type and version
     */
    public Event<?> decode(EncodedEvent record) {
        Objects.requireNonNull(record, "record");
        requireSize(record.value());
        return EnvelopedEvent.received(record.key(), record.value(), record.headers(), this::contractOf);
    }

    private void requireSize(byte[] body) {
        if (body.length > maxBodyBytes) {
            throw new InvalidEventException(
                    Reason.BODY_TOO_LARGE,
                    "Body has " + body.length + " bytes, the limit is " + maxBodyBytes
                            + ". Send less, or raise the limit.");
        }
    }

    private ContractModel<?> contractOf(Envelope envelope) {
        Contract<?> contract =
                contracts.find(envelope.eventType(), envelope.schemaVersion()).orElseThrow(() -> unknown(envelope));
        return ContractModel.of(contract.payloadType());
    }

    private InvalidEventException unknown(Envelope envelope) {
        String type = envelope.eventType();
        if (contracts.knowsType(type)) {
            return new InvalidEventException(
                    Reason.VERSION_UNSUPPORTED,
                    "No contract of " + type + " has version " + envelope.schemaVersionText()
                            + ". Add the record of that version, or fix the producer.");
        }
        return new InvalidEventException(
                Reason.TYPE_UNKNOWN,
                "No contract has the event type " + type + ". Add its record, or fix the producer.");
    }
}
