package io.eventplatform.codec;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event as the bytes of a Kafka record. Equal when the bytes are equal, whatever the order of the headers.
 *
 * <p>The arrays are not copied: neither the creator nor the receiver may change them afterwards.
 *
 * @param key the record key, null if the record has none
 * @param value the body; empty stands for a record without a value (a tombstone)
 * @param headers the headers in order, one value for each name
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes of a record are handed on, not copied; equality is by content
public record EncodedEvent(byte @Nullable [] key, byte[] value, Map<String, byte[]> headers) {

    public EncodedEvent {
        Objects.requireNonNull(value, "value");
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EncodedEvent that
                && Arrays.equals(key, that.key)
                && Arrays.equals(value, that.value)
                && headers.keySet().equals(that.headers.keySet())
                && headers.entrySet().stream()
                        .allMatch(header -> Arrays.equals(header.getValue(), that.headers.get(header.getKey())));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key) * 31 * 31
                + Arrays.hashCode(value) * 31
                + headers.keySet().hashCode();
    }

    /** Sizes and header names only: keys and bodies hold personal data. */
    @Override
    public String toString() {
        return "EncodedEvent[key=" + (key == null ? "none" : key.length + " bytes") + ", value=" + value.length
                + " bytes, headers=" + headers.keySet() + "]";
    }
}
