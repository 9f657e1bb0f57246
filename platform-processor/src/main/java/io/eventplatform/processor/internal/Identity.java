package io.eventplatform.processor.internal;

import java.util.Objects;
import java.util.regex.Pattern;

/** Names that become part of topics, groups and transactional ids. They hold no dot: the parts are joined by one. */
public final class Identity {

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_-]{0,99}");

    private Identity() {}

    /** The name, if it is one. */
    public static String check(String what, String name) {
        Objects.requireNonNull(name, "name");
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(what + " name must be 1 to 100 letters, digits, _ and -, starting with"
                    + " a letter or digit, but was \"" + name + "\"");
        }
        return name;
    }
}
