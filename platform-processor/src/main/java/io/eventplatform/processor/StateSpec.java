package io.eventplatform.processor;

import io.eventplatform.contract.ContractDefinitionException;
import io.eventplatform.contract.internal.StoredValues;
import io.eventplatform.processor.internal.Identity;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Declares state that a stage keeps for each record key; immutable. Given to the stage when the pipeline is built, and
 * to {@link ProcessorContext#state} to get at it:
 *
 * <pre>{@code
 * static final StateSpec<ValueState<Long>> SEEN = StateSpec.value("seen", Long.class);
 * }</pre>
 *
 * <p>The name is the state's identity within its stage and must not change once the pipeline has run, nor must its kind.
 * Values may be String, Integer, Long, Double, Boolean, BigDecimal, Instant, LocalDate, UUID, an enum or a record of what
 * contracts may hold. They are stored as JSON, so a record may later gain and lose components that are
 * {@code Optional} or {@code @Nullable}.
 *
 * @param <S> how the state is read and written: {@link ValueState}, {@link MapState} or {@link ListState}
 */
public final class StateSpec<S> implements StageOption {

    /** What a state holds for a key. */
    public enum Kind {
        VALUE,
        MAP,
        LIST
    }

    private final Kind kind;
    private final String name;
    private final Class<?> valueType;
    private final Optional<Duration> ttl;

    private StateSpec(Kind kind, String name, Class<?> valueType, Optional<Duration> ttl) {
        this.kind = kind;
        this.name = Identity.check("state", name);
        this.valueType = Objects.requireNonNull(valueType, "type");
        this.ttl = ttl;
        StoredValues.of(valueType); // refuses here what it would refuse at the first record
    }

    /**
     * One value for each key.
     *
     * @throws ContractDefinitionException if values of this type cannot be stored
     */
    public static <V> StateSpec<ValueState<V>> value(String name, Class<V> type) {
        return new StateSpec<>(Kind.VALUE, name, type, Optional.empty());
    }

    /**
     * Several values for each key, by names.
     *
     * @throws ContractDefinitionException if values of this type cannot be stored
     */
    public static <V> StateSpec<MapState<V>> map(String name, Class<V> type) {
        return new StateSpec<>(Kind.MAP, name, type, Optional.empty());
    }

    /**
     * Several values for each key, in the order in which they were added.
     *
     * @throws ContractDefinitionException if values of this type cannot be stored
     */
    public static <V> StateSpec<ListState<V>> list(String name, Class<V> type) {
        return new StateSpec<>(Kind.LIST, name, type, Optional.empty());
    }

    /**
     * The same state, whose entries go when they have not been written for so long, each entry of a map or list on its
     * own. Time is the event time of the task, as {@link ProcessorContext#watermark} tells it, so that processing the
     * same records again finds the same state; while no events arrive nothing goes.
     */
    public StateSpec<S> withTtl(Duration ttl) {
        if (ttl.toMillis() < 1) {
            throw new IllegalArgumentException("ttl of state " + name + " must be at least 1 ms but was " + ttl);
        }
        return new StateSpec<>(kind, name, valueType, Optional.of(ttl));
    }

    public Kind kind() {
        return kind;
    }

    public String name() {
        return name;
    }

    public Class<?> valueType() {
        return valueType;
    }

    public Optional<Duration> ttl() {
        return ttl;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StateSpec<?> that
                && kind == that.kind
                && name.equals(that.name)
                && valueType == that.valueType
                && ttl.equals(that.ttl);
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, name, valueType, ttl);
    }

    /** Such as {@code map seen of Visit, kept for PT24H}. */
    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + " " + name + " of " + valueType.getSimpleName()
                + ttl.map(length -> ", kept for " + length).orElse("");
    }
}
