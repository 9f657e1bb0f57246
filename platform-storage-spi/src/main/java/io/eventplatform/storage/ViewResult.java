package io.eventplatform.storage;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What {@link Catalog#read} found: a view's rows at one moment, and how far they reach. Immutable. */
public final class ViewResult {

    private final View view;
    private final List<Row> rows;
    private final Position position;
    private final Optional<Instant> asOf;

    ViewResult(View view, List<Row> rows, Position position, Optional<Instant> asOf) {
        this.view = view;
        this.rows = List.copyOf(rows);
        this.position = position;
        this.asOf = asOf;
    }

    public View view() {
        return view;
    }

    /** The columns of each row: the view's group columns, then its measures. */
    public List<Column> columns() {
        return view.columns();
    }

    /** One row for each group, in the natural order of the group columns, the first column first. */
    public List<Row> rows() {
        return rows;
    }

    /** Every record before it is in the rows. */
    public Position position() {
        return position;
    }

    /** When the newest commit the rows contain was made, by the store's clock; empty if there was none. */
    public Optional<Instant> asOf() {
        return asOf;
    }

    @Override
    public String toString() {
        return "ViewResult[" + view.name() + ", " + rows.size() + " rows, position=" + position + ", asOf=" + asOf
                + "]";
    }
}
