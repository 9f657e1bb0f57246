package io.eventplatform.processor;

import java.util.Objects;

/**
 * A stage calls something outside: a service, a database. Kafka's transaction does not reach it, and a record
 * that is processed again calls again, so the pipeline's {@link Guarantee} is capped.
 */
public final class OutsideCalls implements StageOption {

    private final String what;
    private final Guarantee limit;

    private OutsideCalls(String what, Guarantee limit) {
        if (Objects.requireNonNull(what, "what").isBlank()) {
            throw new IllegalArgumentException("what is called must be named, such as \"geo service\"");
        }
        this.what = what;
        this.limit = limit;
    }

    /** Each call has an effect of its own there, so a call that is made again has it again: at least once. */
    public static OutsideCalls repeatable(String what) {
        return new OutsideCalls(what, Guarantee.AT_LEAST_ONCE);
    }

    /**
     * Whoever is called knows a call that is made again, by the event's id or the like, and has one effect:
     * effectively once.
     */
    public static OutsideCalls idempotent(String what) {
        return new OutsideCalls(what, Guarantee.EFFECTIVELY_ONCE);
    }

    /** What is called, for people. */
    public String what() {
        return what;
    }

    /** The most that a pipeline with such a stage can give. */
    public Guarantee limit() {
        return limit;
    }

    @Override
    public String toString() {
        return "calls " + what + (limit == Guarantee.EFFECTIVELY_ONCE ? ", which is idempotent" : "");
    }
}
