package io.eventplatform.processor.testkit;

/** The pipeline broke a guarantee. */
final class Violation extends AssertionError {

    private static final long serialVersionUID = 1L;

    private final String what;

    Violation(String what) {
        super(what);
        this.what = what;
    }

    /** @param course how it came to this */
    Violation(Throwable found, Object course) {
        super(found.getMessage() + "\n" + course, found);
        this.what = String.valueOf(found.getMessage());
    }

    /** In a few words. */
    String what() {
        return what;
    }
}
