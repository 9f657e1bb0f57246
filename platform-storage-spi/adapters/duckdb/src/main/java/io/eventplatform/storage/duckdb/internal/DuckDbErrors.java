package io.eventplatform.storage.duckdb.internal;

import io.eventplatform.storage.StoreException;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a DuckDB error means. DuckDB's own errors carry neither a state nor a code, only a message,
 * so the table below is of the messages of the version this module depends on; the first sign found
 * decides.
 */
public final class DuckDbErrors {

    private enum Meaning {
        OUT_OF_SPACE("Free disk space or raise memoryLimitBytes."),
        DAMAGED("Stop, and move the file and its .wal away: the sink fills a new file from Kafka."),
        INVALIDATED("DuckDB does not use this file any more in this process. Restart; if it recurs, move the file and"
                + " its .wal away: the sink fills a new file from Kafka."),
        LOCKED("Another process has the file open. A DuckDB store is private to one process: stop the other process,"
                + " or give this one a file of its own."),
        MISUSED("Repeating the call will not help."),
        CLOSED("The store is closed."),
        LOST_RACE("Read the position and try again."),
        INTERRUPTED("Try again, ask for less, or set a later deadline."),
        IN_ABORTED_TRANSACTION("Read the position before anything else, and report this as a bug of the store."),
        ROWS_REFUSED("The table refuses rows of the batch; DuckDB does not tell which."),
        UNKNOWN("Try again.");

        private final String advice;

        Meaning(String advice) {
            this.advice = advice;
        }
    }

    private record Sign(String text, Meaning meaning) {}

    private static final List<Sign> SIGNS = List.of(
            // Causes that DuckDB wraps in whatever failed because of them.
            new Sign("No space left on device", Meaning.OUT_OF_SPACE),
            new Sign("Out of Memory Error", Meaning.OUT_OF_SPACE),
            new Sign("has been invalidated", Meaning.INVALIDATED),
            new Sign("FATAL Error", Meaning.INVALIDATED),
            new Sign("INTERNAL Error", Meaning.INVALIDATED),
            new Sign("Failure while replaying WAL", Meaning.DAMAGED),
            new Sign("Data Corruption Error", Meaning.DAMAGED),
            new Sign("Could not set lock on file", Meaning.LOCKED),
            new Sign("Connection was closed", Meaning.CLOSED),
            // Two transactions at once: only if something besides the store writes to the file.
            new Sign("Current transaction is aborted", Meaning.IN_ABORTED_TRANSACTION),
            new Sign("Conflict on ", Meaning.LOST_RACE),
            new Sign("write-write conflict", Meaning.LOST_RACE),
            new Sign("Transaction conflict", Meaning.LOST_RACE),
            new Sign("Failed to commit: PRIMARY KEY or UNIQUE", Meaning.LOST_RACE),
            new Sign("INTERRUPT Error", Meaning.INTERRUPTED),
            // Rows. The appender says "constraint failed" without the kind of error.
            new Sign("Constraint Error", Meaning.ROWS_REFUSED),
            new Sign("constraint failed", Meaning.ROWS_REFUSED),
            new Sign("Conversion Error", Meaning.ROWS_REFUSED),
            new Sign("Out of Range Error", Meaning.ROWS_REFUSED),
            // Set-up.
            new Sign("not a valid DuckDB database file", Meaning.MISUSED),
            new Sign("storage version", Meaning.MISUSED),
            new Sign("different configuration than existing connections", Meaning.MISUSED),
            new Sign("No such file or directory", Meaning.MISUSED),
            new Sign("Is a directory", Meaning.MISUSED),
            new Sign("Permission denied", Meaning.MISUSED),
            new Sign("Catalog Error", Meaning.MISUSED),
            new Sign("Binder Error", Meaning.MISUSED),
            new Sign("Parser Error", Meaning.MISUSED),
            new Sign("IO Error", Meaning.UNKNOWN));

    private DuckDbErrors() {}

    /** The exception for a failure that did not come from rows of a batch. */
    public static StoreException classify(String where, SQLException failure) {
        return exception(where, null, failure);
    }

    /** The exception for a failure while rows were written to {@code table}. */
    public static StoreException classifyRows(String where, String table, SQLException failure) {
        return exception(where, table, failure);
    }

    /** The exception for a COMMIT that failed. DuckDB may have written it before it failed, and does not say. */
    public static StoreException uncertain(String where, SQLException failure) {
        return new StoreException.AmbiguousCommit(
                where + ": the commit failed and may have happened: " + firstLine(failure)
                        + ". Read the position before anything else.",
                failure);
    }

    private static StoreException exception(String where, @Nullable String table, SQLException failure) {
        Meaning meaning = meaning(String.valueOf(failure.getMessage()));
        String message = where + ": " + firstLine(failure) + ". " + meaning.advice;
        return switch (meaning) {
            case OUT_OF_SPACE -> new StoreException.Capacity(message, failure);
            case DAMAGED, INVALIDATED -> new StoreException.Corruption(message, failure);
            case LOCKED, MISUSED, CLOSED -> new StoreException.Configuration(message, failure);
            case IN_ABORTED_TRANSACTION -> new StoreException.AmbiguousCommit(message, failure);
            case LOST_RACE, INTERRUPTED, UNKNOWN -> new StoreException.Transient(message, failure);
            // Outside the target table, a constraint is a race for a position: comparing again tells who won.
            case ROWS_REFUSED ->
                table == null
                        ? new StoreException.Transient(
                                where + ": " + firstLine(failure) + ". " + Meaning.LOST_RACE.advice, failure)
                        : new StoreException.RowsRejected(table, List.of(), message, failure);
        };
    }

    private static Meaning meaning(String message) {
        return SIGNS.stream()
                .filter(sign -> message.contains(sign.text()))
                .map(Sign::meaning)
                .findFirst()
                .orElse(Meaning.UNKNOWN);
    }

    private static String firstLine(SQLException failure) {
        String line = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
    }
}
