package io.eventplatform.storage.lake.internal;

import java.util.Optional;

/** What to do with a state: nothing, or to make an entry after it; and the answer if that succeeds. */
public record Step<T>(Optional<Entry> entry, T answer) {

    /** Nothing is to be done. */
    public static <T> Step<T> done(T answer) {
        return new Step<>(Optional.empty(), answer);
    }

    /** This entry is to be made. */
    public static <T> Step<T> publish(Entry entry, T answer) {
        return new Step<>(Optional.of(entry), answer);
    }
}
