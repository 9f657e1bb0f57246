package io.eventplatform.event.internal;

import io.eventplatform.contract.internal.ContractModel;
import io.eventplatform.contract.internal.EnvelopeFields;
import io.eventplatform.contract.internal.Json;
import io.eventplatform.contract.internal.Timestamps;
import io.eventplatform.event.Envelope;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** A body made from a payload in this process. */
record CreatedBody<T extends Record>(
        ContractModel<T> contract,
        T payload,
        @Nullable Instant processedAtOrNull,
        @Nullable String enrichedOrNull) implements Body<T> {

    private static final int USUAL_SIZE = 512;

    @Override
    public Optional<Instant> processedAt() {
        return Optional.ofNullable(processedAtOrNull);
    }

    @Override
    public Optional<String> enriched() {
        return Optional.ofNullable(enrichedOrNull);
    }

    @Override
    public byte[] key() {
        return contract.key(payload).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean cameWith(Envelope envelope) {
        return false;
    }

    @Override
    public byte[] write(Envelope envelope, Additions additions) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_SIZE);
        try (JsonGenerator out = Json.generator(bytes)) {
            out.writeStartObject();
            EnvelopeText.write(envelope).forEach(out::writeStringProperty);
            contract.writeFields(payload, out);
            Instant processed = additions.processedAt() == null ? processedAtOrNull : additions.processedAt();
            if (processed != null) {
                out.writeStringProperty(EnvelopeFields.PROCESSED_AT, Timestamps.text(processed));
            }
            enrichedWith(additions.enriched()).ifPresent(enriched -> {
                out.writeName(EnvelopeFields.ENRICHED);
                out.writeRawValue(enriched);
            });
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }
}
