package io.eventplatform.processor;

import io.eventplatform.contract.Contracts;
import java.util.Objects;
import java.util.Optional;

/**
 * The topic a pipeline or sink reads, and what it expects there. Records of other types, and those that
 * break their contract, become dead letters.
 */
public record Source(String topic, Contracts contracts, Optional<DedupWindow> dedupWindow) {

    public Source {
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(contracts, "contracts");
        Objects.requireNonNull(dedupWindow, "dedupWindow");
    }

    /** A topic with events of these contracts; duplicates are kept. */
    public static Source topic(String topic, Contracts contracts) {
        return new Source(topic, contracts, Optional.empty());
    }

    /** The same source, where of several records with one event id the first passes and later ones are dropped. */
    public Source deduplicatedById(DedupWindow window) {
        return new Source(topic, contracts, Optional.of(window));
    }
}
