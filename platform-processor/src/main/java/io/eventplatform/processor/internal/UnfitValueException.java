package io.eventplatform.processor.internal;

import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.View;

/**
 * A record leads to something that the place it is for does not take: a column, a measure, a state, a topic. Trying
 * again cannot help; the message names the place, what it takes and what came, but holds no value.
 */
public final class UnfitValueException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;

    private UnfitValueException(String reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** For a table. */
    public static UnfitValueException inTable(String message) {
        return new UnfitValueException("store.rejected", message);
    }

    /** For a view. */
    public static UnfitValueException inView(String message) {
        return new UnfitValueException("view.refused", message);
    }

    /** For a record that is to be written. */
    static UnfitValueException inOutput(String message) {
        return new UnfitValueException("output.too_large", message);
    }

    /** For a record without a key, in a stage that needs one. */
    static UnfitValueException noKey(String message) {
        return new UnfitValueException("state.no_key", message);
    }

    /** For a call that a processor must not make. */
    static UnfitValueException misused(String message) {
        return new UnfitValueException("processor.misused", message);
    }

    /** For an entry of keyed state. */
    static UnfitValueException inState(String message) {
        return new UnfitValueException("state.too_large", message);
    }

    /** A value of a view's column in the form stores keep it, see {@link ColumnType#canonical}. */
    public static Object checkedInView(View view, String column, ColumnType type, Object value) {
        try {
            return type.canonical(view.name() + "." + column, value);
        } catch (IllegalArgumentException e) {
            throw inView(String.valueOf(e.getMessage()));
        }
    }

    String reason() {
        return reason;
    }
}
