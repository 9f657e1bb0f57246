package io.eventplatform.storage.duckdb.internal;

import io.eventplatform.storage.Position;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.TableSpec;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.duckdb.DuckDBConnection;

/** What a query reads: a table's rows at one moment, and where sinks stood then. */
public interface Snapshot {

    TableSpec table();

    /** The rows, with columns of the types of {@link ColumnSql#type}, as SQL that stands after FROM. */
    String relation();

    /** Where the sink stood; called in the transaction that reads the rows, before it does. */
    Standing standing(DuckDBConnection connection, SinkId sink) throws SQLException;

    /** A sink's position and the time of its newest commit. */
    record Standing(Position position, Optional<Instant> asOf) {}
}
