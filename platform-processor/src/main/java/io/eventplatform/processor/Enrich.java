package io.eventplatform.processor;

import io.eventplatform.event.Event;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * Adds reference data to an event under {@code enriched.<name>}. An event without a match passes with
 * {@code {"found": false}} there, so that readers can tell it from one that was never enriched.
 *
 * @param <T> payload of the events
 * @param <K> key of the reference data
 */
public final class Enrich<T, K> implements Processor<T, T> {

    private static final Map<String, Object> NOT_FOUND = Map.of("found", false);

    private final String name;
    private final Function<? super Event<T>, K> key;
    private final CachedReference<K, Map<String, Object>> reference;

    private Enrich(String name, Function<? super Event<T>, K> key, CachedReference<K, Map<String, Object>> reference) {
        this.name = Objects.requireNonNull(name, "name");
        this.key = Objects.requireNonNull(key, "key");
        this.reference = Objects.requireNonNull(reference, "reference");
    }

    /** An enrichment with what {@code reference} holds for an event's {@code key}. */
    public static <T, K> Enrich<T, K> with(
            String name, Function<? super Event<T>, K> key, CachedReference<K, Map<String, Object>> reference) {
        return new Enrich<>(name, key, reference);
    }

    @Override
    public void process(Event<T> event, ProcessorContext<T> context) {
        Map<String, Object> found = reference.find(key.apply(event)).orElse(NOT_FOUND);
        context.forward(event.withEnriched(name, found));
    }
}
