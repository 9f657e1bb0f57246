package io.eventplatform.storage;

import java.util.List;

/** A {@link Catalog} has no view of the name asked for; the message lists those it has. */
public final class UnknownViewException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String view;
    private final transient List<String> known;

    UnknownViewException(String view, List<String> known) {
        super("no view \"" + view + "\"; known views: " + (known.isEmpty() ? "none" : String.join(", ", known)));
        this.view = view;
        this.known = List.copyOf(known);
    }

    /** The name that was asked for. */
    public String view() {
        return view;
    }

    /** The names of the views that can be read. */
    public List<String> known() {
        return known;
    }
}
