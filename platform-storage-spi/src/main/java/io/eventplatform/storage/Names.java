package io.eventplatform.storage;

import java.util.Objects;
import java.util.regex.Pattern;

/** Names of tables and columns that every store takes as they are, without quoting surprises. */
final class Names {

    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

    private Names() {}

    static String check(String what, String name) {
        Objects.requireNonNull(name, what);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    what + " must be 1 to 63 of a-z, 0-9 and _, not starting with a digit, but was \"" + name + "\"");
        }
        return name;
    }
}
