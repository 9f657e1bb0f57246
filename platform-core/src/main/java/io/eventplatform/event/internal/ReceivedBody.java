package io.eventplatform.event.internal;

import static io.eventplatform.contract.internal.EnvelopeFields.ENRICHED;
import static io.eventplatform.contract.internal.EnvelopeFields.PROCESSED_AT;

import io.eventplatform.contract.internal.ContractModel;
import io.eventplatform.contract.internal.JsonReader;
import io.eventplatform.contract.internal.JsonSplice;
import io.eventplatform.contract.internal.Timestamps;
import io.eventplatform.contract.internal.WireText;
import io.eventplatform.event.Envelope;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A body that came as bytes. It is parsed when something in it is asked for; its payload is checked and built when the
 * payload is asked for. Changes are made in its text, so that what is not changed stays as it came.
 */
final class ReceivedBody<T extends Record> implements Body<T> {

    private final ContractModel<T> contract;
    private final Envelope envelope;
    private final byte @Nullable [] key;
    private final byte[] bytes;
    private final boolean envelopeInHeaders;
    private final Once<ObjectNode> tree;
    private final Once<T> payload;

    /** A body whose envelope came in the headers. */
    static <T extends Record> ReceivedBody<T> unread(
            ContractModel<T> contract, Envelope envelope, byte @Nullable [] key, byte[] bytes) {
        return new ReceivedBody<>(contract, envelope, key, bytes, true, new Once<>(() -> parse(envelope, bytes)));
    }

    /** A body that was parsed because the headers lack the envelope. */
    static <T extends Record> ReceivedBody<T> read(
            ContractModel<T> contract, Envelope envelope, byte[] bytes, ObjectNode tree) {
        return new ReceivedBody<>(contract, envelope, null, bytes, false, Once.done(tree));
    }

    private ReceivedBody(
            ContractModel<T> contract,
            Envelope envelope,
            byte @Nullable [] key,
            byte[] bytes,
            boolean envelopeInHeaders,
            Once<ObjectNode> tree) {
        this.contract = contract;
        this.envelope = envelope;
        this.key = key;
        this.bytes = bytes;
        this.envelopeInHeaders = envelopeInHeaders;
        this.tree = tree;
        this.payload = new Once<>(() -> contract.read(tree.get()));
    }

    private static ObjectNode parse(Envelope envelope, byte[] bytes) {
        ObjectNode tree = JsonReader.readObject(bytes);
        EnvelopeText.requireSame(envelope, tree);
        return tree;
    }

    @Override
    public T payload() {
        return payload.get();
    }

    @Override
    public Optional<Instant> processedAt() {
        JsonNode value = tree.get().get(PROCESSED_AT);
        if (value == null) {
            return Optional.empty();
        }
        Optional<Instant> instant = value.isString() ? Timestamps.parse(value.stringValue()) : Optional.empty();
        if (instant.isEmpty()) {
            throw contract.violated(PROCESSED_AT, "format");
        }
        return instant;
    }

    @Override
    public Optional<String> enriched() {
        JsonNode value = tree.get().get(ENRICHED);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isObject()) {
            throw contract.violated(ENRICHED, "type");
        }
        return JsonSplice.value(JsonReader.text(bytes), ENRICHED);
    }

    /** The key it came with, unless a producer that writes no envelope headers chose it: that one is not trusted. */
    @Override
    public byte[] key() {
        return key != null ? key : contract.key(payload()).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean cameWith(Envelope other) {
        return envelopeInHeaders && envelope.equals(other);
    }

    @Override
    public byte[] write(Envelope changed, Additions additions) {
        if (changed.equals(envelope) && additions.isEmpty()) {
            return bytes;
        }
        tree.get(); // a body is changed only if it can be read
        String text = JsonSplice.with(JsonReader.text(bytes), changes(changed, additions));
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Map<String, String> changes(Envelope changed, Additions additions) {
        Map<String, String> changes = new LinkedHashMap<>();
        Map<String, String> before = EnvelopeText.write(envelope);
        EnvelopeText.write(changed).forEach((name, text) -> {
            if (!text.equals(before.get(name))) {
                changes.put(name, WireText.quote(text));
            }
        });
        if (additions.processedAt() != null) {
            changes.put(PROCESSED_AT, WireText.quote(Timestamps.text(additions.processedAt())));
        }
        if (!additions.enriched().isEmpty()) {
            changes.put(ENRICHED, enrichedWith(additions.enriched()).orElseThrow());
        }
        return changes;
    }
}
