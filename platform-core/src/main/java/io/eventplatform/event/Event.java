package io.eventplatform.event;

import io.eventplatform.contract.ContractDefinitionException;
import io.eventplatform.contract.InvalidEventException;
import io.eventplatform.event.internal.EnvelopedEvent;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * An event: an envelope, a payload, and what processing added.
 *
 * <p>Immutable and thread-safe; the {@code with…} methods give changed copies. An event read from Kafka reads its body
 * only when something in it is asked for, and only once for all its copies.
 *
 * <p>Created by {@link #of} or by the codec. Do not implement it: the codec takes its own events only.
 *
 * @param <T> the record that is the payload
 */
public interface Event<T> {

    /**
     * A new event with this payload: type and version of the payload's contract, an id of {@link EventIds#next()}, the
     * time of now in milliseconds. Whether the payload keeps its contract is checked when the event is written.
     *
     * @throws ContractDefinitionException if the payload's class is not a contract
     */
    static <T extends Record> Event<T> of(T payload) {
        return EnvelopedEvent.create(Objects.requireNonNull(payload, "payload"));
    }

    Envelope envelope();

    default String id() {
        return envelope().eventId();
    }

    default String type() {
        return envelope().eventType();
    }

    /** When it happened (event time), not when it was sent or read. */
    default Instant timestamp() {
        return envelope().timestamp();
    }

    /**
     * The payload. The first call on an event read from Kafka parses the body, compares its envelope with the headers,
     * checks it against the contract and builds the record; later calls return that record, or throw again.
     *
     * @throws InvalidEventException if the body is not a valid event of its contract
     */
    T payload();

    /**
     * When the event was processed, if that was noted.
     *
     * @throws InvalidEventException if the body has to be read for it and is malformed
     */
    Optional<Instant> processedAt();

    /**
     * What processing added, by name; empty if nothing was. Values are {@code String}, {@code Boolean}, {@code Long},
     * {@code BigInteger}, {@code BigDecimal}, {@code List} and {@code Map}; fields that are null are left out.
     *
     * @throws InvalidEventException if the body has to be read for it and is malformed
     */
    Map<String, Object> enriched();

    Event<T> withId(String id);

    /** The copy has this time in milliseconds; finer parts are cut off. */
    Event<T> withTimestamp(Instant timestamp);

    Event<T> withCorrelationId(String correlationId);

    Event<T> withCausationId(String causationId);

    /** The copy has this time in milliseconds; finer parts are cut off. */
    Event<T> withProcessedAt(Instant processedAt);

    /**
     * The copy has one more entry in {@link #enriched()}, or another value for it. The value is copied; it may hold
     * strings, booleans, numbers, {@code Instant}, {@code LocalDate}, {@code UUID}, enums, and maps and collections of
     * these.
     *
     * @throws IllegalArgumentException if the value holds something else or cannot be written as JSON
     */
    Event<T> withEnriched(String name, Map<String, Object> value);

    /**
     * The copy has another payload and the type and version of that payload's contract. Id, timestamp, correlation,
     * causation, headers, {@link #processedAt()} and {@link #enriched()} stay.
     *
     * @throws ContractDefinitionException if the payload's class is not a contract
     * @throws InvalidEventException if the body has to be read for it and is malformed
     */
    <R extends Record> Event<R> withPayload(R payload);
}
