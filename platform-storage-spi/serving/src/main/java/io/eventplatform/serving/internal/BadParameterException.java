package io.eventplatform.serving.internal;

/** A query parameter that a view cannot be read with; the message says what is allowed. */
final class BadParameterException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String parameter;
    private final String value;

    BadParameterException(String parameter, String value, String problem) {
        super("parameter " + parameter + "=" + value + ": " + problem);
        this.parameter = parameter;
        this.value = value;
    }

    String parameter() {
        return parameter;
    }

    String value() {
        return value;
    }
}
