package io.eventplatform.processor.internal;

import java.util.Arrays;

/** The stored key of an entry of state or of a timer; keys that begin alike lie side by side. */
final class StateKey implements Comparable<StateKey> {

    private final byte[] bytes;

    StateKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Shared; must not be changed. */
    byte[] bytes() {
        return bytes;
    }

    boolean startsWith(StateKey prefix) {
        int length = prefix.bytes.length;
        return bytes.length >= length && Arrays.equals(bytes, 0, length, prefix.bytes, 0, length);
    }

    @Override
    public int compareTo(StateKey other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StateKey that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
