package io.eventplatform.processor.testkit;

/** The pipeline broke a guarantee. */
final class Violation extends AssertionError {

    private static final long serialVersionUID = 1L;

    Violation(String message) {
        super(message);
    }
}
