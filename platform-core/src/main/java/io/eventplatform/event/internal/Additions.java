package io.eventplatform.event.internal;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a copy of an event adds to its body.
 *
 * @param processedAt null if nothing was set
 * @param enriched entries of {@code enriched} as JSON texts, each replacing the body's entry of that name
 */
record Additions(@Nullable Instant processedAt, Map<String, String> enriched) {

    static final Additions NONE = new Additions(null, Map.of());

    boolean isEmpty() {
        return processedAt == null && enriched.isEmpty();
    }

    Additions withProcessedAt(Instant value) {
        return new Additions(value, enriched);
    }

    Additions withEnriched(String name, String json) {
        Map<String, String> entries = new LinkedHashMap<>(enriched);
        entries.put(name, json);
        return new Additions(processedAt, Collections.unmodifiableMap(entries));
    }
}
