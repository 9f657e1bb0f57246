package io.eventplatform.storage;

import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Rows of a query, read forward once by one thread. Rows hold the queried columns in the order asked for.
 *
 * <p>{@code hasNext} and {@code next} throw {@link StoreException} when the store fails meanwhile or the
 * query's deadline passes.
 */
public interface Cursor extends Iterator<Row>, AutoCloseable {

    /** The columns of each row. */
    List<Column> columns();

    /** Where the sink named by {@link Query#positionOf} stood in this snapshot; empty if none was named. */
    Position position();

    /** When the newest commit of that sink in this snapshot was made, by the store's clock; empty if none. */
    Optional<Instant> asOf();

    /** Frees what the query holds; idempotent. */
    @Override
    void close();
}
