package io.eventplatform.processor;

/** How often an event has an effect, counting what crashes and redeliveries do; from the least to the most. */
public enum Guarantee {

    /** Every event has its effect, some have it more than once. */
    AT_LEAST_ONCE("at least once"),

    /** Some effects are asked for more than once, and whoever is asked makes one of them. */
    EFFECTIVELY_ONCE("effectively once"),

    /** Outputs, state and offsets change together, in one Kafka transaction. */
    EXACTLY_ONCE("exactly once");

    private final String words;

    Guarantee(String words) {
        this.words = words;
    }

    /** The lesser of the two. */
    Guarantee atMost(Guarantee other) {
        return compareTo(other) <= 0 ? this : other;
    }

    /** In words, such as {@code exactly once}. */
    @Override
    public String toString() {
        return words;
    }
}
