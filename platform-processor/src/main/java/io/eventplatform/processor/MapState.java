package io.eventplatform.processor;

import java.util.Map;
import java.util.Optional;

/**
 * Several values for the key at hand, by names; valid during the call that it was got in.
 *
 * <p>Each entry is stored on its own, so a change costs what the entry weighs. As to visibility and durability see
 * {@link ValueState}.
 */
public interface MapState<V> {

    /** The value of this name, empty if there is none or its time to live is over. */
    Optional<V> get(String name);

    /**
     * Sets or replaces the value of this name.
     *
     * @throws IllegalArgumentException if a part of the value is missing or cannot be stored
     */
    void put(String name, V value);

    void remove(String name);

    /** A copy of all entries, sorted by the bytes of their names in UTF-8. */
    Map<String, V> entries();

    void clear();
}
