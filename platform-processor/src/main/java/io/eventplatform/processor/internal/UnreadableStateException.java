package io.eventplatform.processor.internal;

/** A changelog holds something this version cannot read. */
final class UnreadableStateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String remedy;

    /** Written by a version of this library that knows more. */
    UnreadableStateException(String message) {
        this(message, "Run the version that wrote it");
    }

    UnreadableStateException(String message, String remedy) {
        super(message);
        this.remedy = remedy;
    }

    /** What to do, as a sentence without its full stop. */
    String remedy() {
        return remedy;
    }
}
