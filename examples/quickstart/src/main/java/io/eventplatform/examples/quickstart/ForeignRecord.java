package io.eventplatform.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A record as a program sends it that knows the wire format, and nothing of this library. */
@SuppressWarnings("ArrayRecordComponent") // handed on, not copied; equality is by content
record ForeignRecord(byte @Nullable [] key, byte[] value, Map<String, String> headers) {

    static ForeignRecord of(String key, String value) {
        return new ForeignRecord(key.getBytes(UTF_8), value.getBytes(UTF_8), Map.of());
    }

    static ForeignRecord withoutKey(String value) {
        return new ForeignRecord(null, value.getBytes(UTF_8), Map.of());
    }

    ForeignRecord withHeaders(Map<String, String> more) {
        return new ForeignRecord(key, value, Map.copyOf(more));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ForeignRecord that
                && Arrays.equals(key, that.key)
                && Arrays.equals(value, that.value)
                && headers.equals(that.headers);
    }

    @Override
    public int hashCode() {
        return Objects.hash(Arrays.hashCode(key), Arrays.hashCode(value), headers);
    }

    @Override
    public String toString() {
        return "ForeignRecord[" + (key == null ? "no key" : new String(key, UTF_8)) + ", " + new String(value, UTF_8)
                + ", " + headers + "]";
    }
}
