package io.eventplatform.storage;

import java.util.Objects;

/** Who owns a position: the same name after a restart and on every instance. */
public record SinkId(String name) {

    public SinkId {
        Objects.requireNonNull(name, "name");
        if (name.isBlank() || name.length() > 200) {
            throw new IllegalArgumentException("sink name must be 1 to 200 characters but was \"" + name + "\"");
        }
    }
}
