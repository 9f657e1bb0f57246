package io.eventplatform.event.internal;

import io.eventplatform.contract.internal.ContractModel;
import io.eventplatform.contract.internal.FreeJson;
import io.eventplatform.contract.internal.JsonReader;
import io.eventplatform.contract.internal.Timestamps;
import io.eventplatform.contract.internal.WireText;
import io.eventplatform.event.Envelope;
import io.eventplatform.event.Event;
import io.eventplatform.event.EventIds;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** An event as an envelope, a body that its copies share, and what this copy adds. */
public final class EnvelopedEvent<T extends Record> implements Event<T> {

    private final Envelope envelope;
    private final Body<T> body;
    private final Additions additions;
    private final Map<String, byte[]> receivedHeaders;

    private EnvelopedEvent(Envelope envelope, Body<T> body, Additions additions, Map<String, byte[]> receivedHeaders) {
        this.envelope = envelope;
        this.body = body;
        this.additions = additions;
        this.receivedHeaders = receivedHeaders;
    }

    /** A new event. */
    public static <T extends Record> EnvelopedEvent<T> create(T payload) {
        ContractModel<T> contract = contractOf(payload);
        Instant now = Timestamps.toMillis(Instant.now());
        Envelope envelope = new Envelope(EventIds.next(), contract.type(), contract.version(), now, null, null);
        return new EnvelopedEvent<>(
                envelope, new CreatedBody<>(contract, payload, null, null), Additions.NONE, Map.of());
    }

    /**
     * An event that came as a record. If the headers have its envelope, the body is left alone.
     *
     * @param contracts gives the contract of an envelope or refuses it
     */
    public static EnvelopedEvent<?> received(
            byte @Nullable [] key,
            byte[] body,
            Map<String, byte[]> headers,
            Function<Envelope, ContractModel<?>> contracts) {
        if (body.length > 0 && EnvelopeText.isComplete(headers)) {
            Envelope envelope = EnvelopeText.read(headers);
            return received(envelope, ReceivedBody.unread(contracts.apply(envelope), envelope, key, body), headers);
        }
        ObjectNode tree = JsonReader.readObject(body);
        Envelope envelope = EnvelopeText.read(tree);
        return received(envelope, ReceivedBody.read(contracts.apply(envelope), envelope, body, tree), headers);
    }

    private static <T extends Record> EnvelopedEvent<T> received(
            Envelope envelope, Body<T> body, Map<String, byte[]> headers) {
        return new EnvelopedEvent<>(envelope, body, Additions.NONE, headers);
    }

    @SuppressWarnings("unchecked") // the class of a T is a Class<T>: records are final
    private static <T extends Record> ContractModel<T> contractOf(T payload) {
        return ContractModel.of((Class<T>) payload.getClass());
    }

    @Override
    public Envelope envelope() {
        return envelope;
    }

    @Override
    public T payload() {
        return body.payload();
    }

    @Override
    public Optional<Instant> processedAt() {
        return additions.processedAt() != null ? Optional.of(additions.processedAt()) : body.processedAt();
    }

    @Override
    public Map<String, Object> enriched() {
        return body.enrichedWith(additions.enriched())
                .map(JsonReader::readObject)
                .map(FreeJson::toMap)
                .orElse(Map.of());
    }

    @Override
    public Event<T> withId(String id) {
        return withEnvelope(new Envelope(
                id,
                envelope.eventType(),
                envelope.schemaVersion(),
                envelope.timestamp(),
                envelope.correlationId(),
                envelope.causationId()));
    }

    @Override
    public Event<T> withTimestamp(Instant timestamp) {
        return withEnvelope(new Envelope(
                envelope.eventId(),
                envelope.eventType(),
                envelope.schemaVersion(),
                Timestamps.toMillis(Objects.requireNonNull(timestamp, "timestamp")),
                envelope.correlationId(),
                envelope.causationId()));
    }

    @Override
    public Event<T> withCorrelationId(String correlationId) {
        return withEnvelope(new Envelope(
                envelope.eventId(),
                envelope.eventType(),
                envelope.schemaVersion(),
                envelope.timestamp(),
                Objects.requireNonNull(correlationId, "correlationId"),
                envelope.causationId()));
    }

    @Override
    public Event<T> withCausationId(String causationId) {
        return withEnvelope(new Envelope(
                envelope.eventId(),
                envelope.eventType(),
                envelope.schemaVersion(),
                envelope.timestamp(),
                envelope.correlationId(),
                Objects.requireNonNull(causationId, "causationId")));
    }

    private Event<T> withEnvelope(Envelope changed) {
        return new EnvelopedEvent<>(changed, body, additions, receivedHeaders);
    }

    @Override
    public Event<T> withProcessedAt(Instant processedAt) {
        if (!Timestamps.isWritable(Objects.requireNonNull(processedAt, "processedAt"))) {
            throw new IllegalArgumentException("processedAt must be in the years 0000 to 9999 but was " + processedAt);
        }
        return withAdditions(additions.withProcessedAt(Timestamps.toMillis(processedAt)));
    }

    @Override
    public Event<T> withEnriched(String name, Map<String, Object> value) {
        Objects.requireNonNull(value, "value");
        if (Objects.requireNonNull(name, "name").isEmpty() || !WireText.isWellFormed(name)) {
            throw new IllegalArgumentException("name must be text of at least one character");
        }
        return withAdditions(additions.withEnriched(name, FreeJson.entryText(value)));
    }

    private Event<T> withAdditions(Additions changed) {
        return new EnvelopedEvent<>(envelope, body, changed, receivedHeaders);
    }

    @Override
    public <R extends Record> Event<R> withPayload(R payload) {
        ContractModel<R> contract = contractOf(Objects.requireNonNull(payload, "payload"));
        Envelope changed = new Envelope(
                envelope.eventId(),
                contract.type(),
                contract.version(),
                envelope.timestamp(),
                envelope.correlationId(),
                envelope.causationId());
        CreatedBody<R> created = new CreatedBody<>(
                contract,
                payload,
                processedAt().orElse(null),
                body.enrichedWith(additions.enriched()).orElse(null));
        return new EnvelopedEvent<>(changed, created, Additions.NONE, receivedHeaders);
    }

    /** The key of the Kafka record. */
    public byte[] key() {
        return body.key();
    }

    /** The value of the Kafka record. */
    public byte[] value() {
        return body.write(envelope, additions);
    }

    /** The headers of the Kafka record: those the event came with, and its envelope. */
    public Map<String, byte[]> headers() {
        if (body.cameWith(envelope)) {
            return receivedHeaders;
        }
        Map<String, byte[]> headers = new LinkedHashMap<>(receivedHeaders);
        EnvelopeText.write(envelope).forEach((name, text) -> headers.put(name, text.getBytes(StandardCharsets.UTF_8)));
        return headers;
    }

    /** Type, version and id; never the payload. */
    @Override
    public String toString() {
        return envelope.eventType() + " " + envelope.schemaVersionText() + " " + envelope.eventId();
    }
}
