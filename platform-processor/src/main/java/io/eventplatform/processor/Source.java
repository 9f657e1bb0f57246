package io.eventplatform.processor;

import io.eventplatform.contract.Contracts;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * The topic a pipeline or sink reads, and what it expects there. Records of other types, and those that
 * break their contract, become dead letters.
 *
 * @param outOfOrderness how much later than a record one may come that happened earlier; see
 *     {@link ProcessorContext#watermark}
 */
public record Source(String topic, Contracts contracts, Optional<DedupWindow> dedupWindow, Duration outOfOrderness) {

    /** 3,650 days. */
    public static final Duration LONGEST_OUT_OF_ORDERNESS = Duration.ofDays(3_650);

    public Source {
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(contracts, "contracts");
        Objects.requireNonNull(dedupWindow, "dedupWindow");
        if (outOfOrderness.isNegative()) {
            throw new IllegalArgumentException("outOfOrderness must not be negative but was " + outOfOrderness);
        }
        if (outOfOrderness.compareTo(LONGEST_OUT_OF_ORDERNESS) > 0) {
            throw new IllegalArgumentException("outOfOrderness of " + topic + " must be at most "
                    + LONGEST_OUT_OF_ORDERNESS + " but was " + outOfOrderness);
        }
    }

    /** A topic with events of these contracts, in the order in which they happened; duplicates are kept. */
    public static Source topic(String topic, Contracts contracts) {
        return new Source(topic, contracts, Optional.empty(), Duration.ZERO);
    }

    /** The same source, where of several records with one event id the first passes and later ones are dropped. */
    public Source deduplicatedById(DedupWindow window) {
        return new Source(topic, contracts, Optional.of(window), outOfOrderness);
    }

    /**
     * The same source, where records may come so much later than others that happened after them; at most
     * {@link #LONGEST_OUT_OF_ORDERNESS}.
     */
    public Source withOutOfOrderness(Duration outOfOrderness) {
        return new Source(topic, contracts, dedupWindow, outOfOrderness);
    }
}
