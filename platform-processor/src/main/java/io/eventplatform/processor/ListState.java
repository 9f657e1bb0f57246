package io.eventplatform.processor;

import java.util.List;

/**
 * Several values for the key at hand, in the order in which they were added; valid during the call that it was got in.
 *
 * <p>Each value is stored on its own: adding one does not write the others again. As to visibility and durability see
 * {@link ValueState}.
 */
public interface ListState<V> {

    /**
     * Adds a value after all others.
     *
     * @throws IllegalArgumentException if a part of the value is missing or cannot be stored
     */
    void add(V value);

    /** A copy of all values, the oldest first. */
    List<V> all();

    void clear();
}
