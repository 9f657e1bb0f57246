package io.eventplatform.examples.quickstart;

/** The run cannot go on; the message says what happened and what to do. */
final class QuickstartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    QuickstartException(String message, Throwable cause) {
        super(message, cause);
    }
}
