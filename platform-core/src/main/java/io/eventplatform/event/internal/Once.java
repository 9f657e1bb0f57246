package io.eventplatform.event.internal;

import io.eventplatform.contract.InvalidEventException;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A value that is worked out when first asked for, by one thread. A refusal is kept and thrown again. */
final class Once<V> {

    private final Supplier<V> source;
    private volatile @Nullable V value;
    private @Nullable InvalidEventException refusal;

    Once(Supplier<V> source) {
        this.source = source;
    }

    static <V> Once<V> done(V value) {
        Once<V> once = new Once<>(() -> value);
        once.value = value;
        return once;
    }

    V get() {
        V known = value;
        return known != null ? known : workOut();
    }

    private synchronized V workOut() {
        if (refusal != null) {
            throw refusal;
        }
        if (value == null) {
            try {
                value = source.get();
            } catch (InvalidEventException e) {
                refusal = e;
                throw e;
            }
        }
        return Objects.requireNonNull(value);
    }
}
