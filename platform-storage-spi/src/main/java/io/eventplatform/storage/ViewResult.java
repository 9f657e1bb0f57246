package io.eventplatform.storage;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What {@link Catalog#read} found: a view's rows at one moment, and how far they reach. Immutable. */
public final class ViewResult {

    private final View view;
    private final List<Column> columns;
    private final List<Row> rows;
    private final int totalRows;
    private final Position position;
    private final Optional<Instant> asOf;

    ViewResult(
            View view, List<Column> columns, List<Row> rows, int totalRows, Position position, Optional<Instant> asOf) {
        this.view = view;
        this.columns = List.copyOf(columns);
        this.rows = List.copyOf(rows);
        this.totalRows = totalRows;
        this.position = position;
        this.asOf = asOf;
    }

    public View view() {
        return view;
    }

    /** The columns of each row: the view's group columns, or those it was rolled up to, then its measures. */
    public List<Column> columns() {
        return columns;
    }

    /**
     * One row for each group, in the order asked for, else in the natural order of the group columns, the
     * first column first.
     */
    public List<Row> rows() {
        return rows;
    }

    /** How many rows there are without {@link ViewQuery#limit}. */
    public int totalRows() {
        return totalRows;
    }

    /** Whether {@link ViewQuery#limit} left out rows. */
    public boolean truncated() {
        return rows.size() < totalRows;
    }

    /** Every record before it is in the rows. */
    public Position position() {
        return position;
    }

    /** When the newest commit the rows contain was made, by the store's clock; empty if there was none. */
    public Optional<Instant> asOf() {
        return asOf;
    }

    /**
     * Whether every shard of the source has begun to flow in: its position is past
     * {@link Position#NOT_STARTED}. False also if the sink knows of no shard, or of one that never had a
     * record.
     */
    public boolean complete() {
        return !position.next().isEmpty() && !position.next().containsValue(Position.NOT_STARTED);
    }

    @Override
    public String toString() {
        return "ViewResult[" + view.name() + ", " + rows.size() + " rows, position=" + position + ", asOf=" + asOf
                + "]";
    }
}
