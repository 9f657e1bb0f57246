package io.eventplatform.processor.internal;

import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.View;

/**
 * A projection yields a value that its column or measure does not take, or a stage one that its state does not take.
 * Trying again cannot help; the message names the place, what it takes and what came, but holds no value.
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

    /** For an entry of keyed state. */
    public static UnfitValueException inState(String message) {
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
