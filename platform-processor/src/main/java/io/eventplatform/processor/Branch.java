package io.eventplatform.processor;

import io.eventplatform.processor.internal.Path;

/** A way beside the main one, of a branch or side output, that has an end. Made by ending its {@link Steps}. */
public final class Branch {

    private final Object origin;
    private final Path path;

    Branch(Object origin, Path path) {
        this.origin = origin;
        this.path = path;
    }

    /** Whether it began with these steps. */
    boolean beganAt(Object start) {
        return origin == start;
    }

    Path path() {
        return path;
    }

    @Override
    public String toString() {
        return "Branch[" + path + "]";
    }
}
