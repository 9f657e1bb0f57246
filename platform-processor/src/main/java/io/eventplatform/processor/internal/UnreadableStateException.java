package io.eventplatform.processor.internal;

/** A changelog holds something this version cannot read. */
final class UnreadableStateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadableStateException(String message) {
        super(message);
    }
}
