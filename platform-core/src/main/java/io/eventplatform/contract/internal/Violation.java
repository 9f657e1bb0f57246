package io.eventplatform.contract.internal;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A value breaks the rule of its type. Containers add the way to it while it passes through them; the value itself is
 * never kept.
 */
final class Violation extends RuntimeException {

    /** Stands for a key of a map, which is data and not shown. */
    static final String ANY_KEY = "*";

    private final String keyword;
    private final transient Deque<String> path = new ArrayDeque<>();

    Violation(String keyword) {
        super(keyword, null, false, false);
        this.keyword = keyword;
    }

    Violation in(String segment) {
        path.addFirst(segment);
        return this;
    }

    /** Such as {@code /address/city (required)}. */
    String describe() {
        return (path.isEmpty() ? "/" : "/" + String.join("/", path)) + " (" + keyword + ")";
    }
}
