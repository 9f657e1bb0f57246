package io.eventplatform.storage;

import java.util.Objects;

/** An object as it stands in a listing. */
public record ObjectInfo(ObjectKey key, long size) {

    public ObjectInfo {
        Objects.requireNonNull(key, "key");
        if (size < 0) {
            throw new IllegalArgumentException("size of " + key + " must be 0 or more but was " + size);
        }
    }
}
