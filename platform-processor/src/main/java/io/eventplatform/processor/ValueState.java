package io.eventplatform.processor;

import java.util.Optional;

/**
 * One value for the key at hand; valid during the call that it was got in.
 *
 * <p>Writes are seen at once by this call, and by the key's next record once this one succeeded. If it fails they are
 * taken back. They become durable together with the record's outputs and offset. What {@link #get} returns is a copy.
 */
public interface ValueState<V> {

    /** The value, empty if there is none or its time to live is over. */
    Optional<V> get();

    /**
     * Sets or replaces the value.
     *
     * @throws IllegalArgumentException if a part of the value is missing or cannot be stored
     */
    void set(V value);

    void clear();
}
