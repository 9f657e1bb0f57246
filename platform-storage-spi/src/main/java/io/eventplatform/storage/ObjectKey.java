package io.eventplatform.storage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * The name of an object: segments with {@code /} between them, such as {@code
 * orders/dt=2026-11-23/part.parquet}. Any Unicode text but control characters and backslashes; no segment is
 * empty, begins with a dot or has more than 200 bytes in UTF-8, and the whole has at most 1,000. So every
 * key is a path in a directory and a key of the common object stores alike.
 *
 * <p>Ordered by its UTF-8 bytes, as object stores list.
 */
public record ObjectKey(String value) implements Comparable<ObjectKey> {

    private static final int MAX_BYTES = 1_000;
    private static final int MAX_SEGMENT_BYTES = 200;

    public ObjectKey {
        Objects.requireNonNull(value, "value");
        require(value, utf8(value).length <= MAX_BYTES, "has more than " + MAX_BYTES + " bytes");
        require(
                value,
                value.chars().noneMatch(c -> Character.isISOControl(c) || c == '\\'),
                "has a control character or a backslash");
        require(value, new String(utf8(value), StandardCharsets.UTF_8).equals(value), "is no Unicode text");
        for (String segment : value.split("/", -1)) {
            require(value, !segment.isEmpty(), "has an empty segment");
            require(value, !segment.startsWith("."), "has a segment that begins with a dot");
            require(
                    value,
                    utf8(segment).length <= MAX_SEGMENT_BYTES,
                    "has a segment of more than " + MAX_SEGMENT_BYTES + " bytes");
        }
    }

    /** The key of these segments. */
    public static ObjectKey of(String first, String... more) {
        return new ObjectKey(more.length == 0 ? first : first + "/" + String.join("/", more));
    }

    /** The key of this value; empty if it is none. */
    static Optional<ObjectKey> ifValid(String value) {
        try {
            return Optional.of(new ObjectKey(value));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static void require(String value, boolean fulfilled, String otherwise) {
        if (!fulfilled) {
            throw new IllegalArgumentException("object key \"" + value + "\" " + otherwise);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int compareTo(ObjectKey other) {
        return Arrays.compareUnsigned(utf8(value), utf8(other.value));
    }

    @Override
    public String toString() {
        return value;
    }
}
