package io.eventplatform.storage;

import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/** Rows that were copied when the query was made. */
final class InMemoryCursor implements Cursor {

    private final Query query;
    private final List<Column> columns;
    private final Iterator<Row> rows;
    private final Position position;
    private final Optional<Instant> asOf;
    private final long startNanos;
    private long returned;

    InMemoryCursor(
            Query query,
            List<Column> columns,
            List<Row> rows,
            Position position,
            Optional<Instant> asOf,
            long startNanos) {
        this.query = query;
        this.columns = columns;
        this.rows = rows.iterator();
        this.position = position;
        this.asOf = asOf;
        this.startNanos = startNanos;
    }

    @Override
    public List<Column> columns() {
        return columns;
    }

    @Override
    public Position position() {
        return position;
    }

    @Override
    public Optional<Instant> asOf() {
        return asOf;
    }

    @Override
    public boolean hasNext() {
        if (Duration.ofNanos(System.nanoTime() - startNanos).compareTo(query.deadline()) >= 0) {
            throw new StoreException.Transient(
                    "query of table " + query.table() + ": not read within " + query.deadline()
                            + ". Ask for less, or set a later deadline.",
                    null);
        }
        if (!rows.hasNext()) {
            return false;
        }
        if (returned == query.maxRows()) {
            throw new StoreException.Capacity(
                    "query of table " + query.table() + ": more than " + query.maxRows()
                            + " rows match. Filter more, or raise maxRows.",
                    null);
        }
        return true;
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        returned++;
        return rows.next();
    }

    @Override
    public void close() {}
}
