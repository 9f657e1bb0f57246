package io.eventplatform.processor.internal;

import org.jspecify.annotations.Nullable;

/** The runner cannot go on; the message says what happened and what to do. */
final class StoppedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StoppedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
