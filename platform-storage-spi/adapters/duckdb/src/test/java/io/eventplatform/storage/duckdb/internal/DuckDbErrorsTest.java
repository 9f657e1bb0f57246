package io.eventplatform.storage.duckdb.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.storage.StoreException;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages as DuckDB 2.0 writes them, and what each means. */
class DuckDbErrorsTest {

    static Stream<Arguments> messages() {
        return Stream.of(
                row(
                        "TransactionContext Error: Failed to commit: Could not write file \"x.wal\": No space left on device",
                        StoreException.Capacity.class),
                row(
                        "Out of Memory Error: failed to allocate data of size 16.0 MiB (16.0 MiB/19.0 MiB used)\nPossible solutions: …",
                        StoreException.Capacity.class),
                row(
                        "Failed to append: Failed: database has been invalidated because of a previous fatal error. …",
                        StoreException.Corruption.class),
                row("FATAL Error: Failed: …", StoreException.Corruption.class),
                row("INTERNAL Error: Attempted to access index 5\n\nStack Trace: …", StoreException.Corruption.class),
                row(
                        "IO Error: Failure while replaying WAL file \"x.wal\": WAL does not match database file.",
                        StoreException.Corruption.class),
                row(
                        "Data Corruption Error: Corrupt database file: computed checksum 1 does not match stored checksum 2",
                        StoreException.Corruption.class),
                row(
                        "IO Error: Could not set lock on file \"x\": Conflicting lock is held in java (PID 5776)",
                        StoreException.Configuration.class),
                row("Connection was closed", StoreException.Configuration.class),
                row(
                        "TransactionContext Error: Current transaction is aborted (please ROLLBACK)",
                        StoreException.AmbiguousCommit.class),
                row("TransactionContext Error: Conflict on update!", StoreException.Transient.class),
                row("TransactionContext Error: Conflict on tuple deletion!", StoreException.Transient.class),
                row(
                        "TransactionContext Error: Catalog write-write conflict on alter with t",
                        StoreException.Transient.class),
                row(
                        "TransactionContext Error: Transaction conflict: attempting to insert into table \"t\" but it has been altered",
                        StoreException.Transient.class),
                row(
                        "TransactionContext Error: Failed to commit: PRIMARY KEY or UNIQUE constraint violation: duplicate key \"7\"",
                        StoreException.Transient.class),
                row("INTERRUPT Error: Interrupted!", StoreException.Transient.class),
                row(
                        "Constraint Error: Duplicate key \"id: 1\" violates primary key constraint.",
                        StoreException.RowsRejected.class),
                row("Failed to append: NOT NULL constraint failed: t.s", StoreException.RowsRejected.class),
                row("Conversion Error: Could not convert string 'x' to INT64", StoreException.RowsRejected.class),
                row("Out of Range Error: …", StoreException.RowsRejected.class),
                row(
                        "IO Error: The file \"x\" exists, but it is not a valid DuckDB database file!",
                        StoreException.Configuration.class),
                row(
                        "IO Error: Trying to read a database file with storage version number 99, but we can only read …",
                        StoreException.Configuration.class),
                row(
                        "Connection Error: Can't open a connection to same database file with a different configuration than"
                                + " existing connections",
                        StoreException.Configuration.class),
                row("IO Error: Cannot open file \"x\": No such file or directory", StoreException.Configuration.class),
                row("IO Error: Could not read from file \"x\": Is a directory", StoreException.Configuration.class),
                row("IO Error: Cannot open file \"x\": Permission denied", StoreException.Configuration.class),
                row("Catalog Error: Table with name nope does not exist!", StoreException.Configuration.class),
                row("Binder Error: Referenced column \"nope\" not found", StoreException.Configuration.class),
                row("Parser Error: syntax error at or near \"selec\"", StoreException.Configuration.class),
                row("IO Error: Could not write file \"x\": Input/output error", StoreException.Transient.class),
                row("Something nobody has seen yet", StoreException.Transient.class));
    }

    private static Arguments row(String message, Class<? extends StoreException> meaning) {
        return Arguments.of(message, meaning);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aMessageWhileRowsAreWrittenMeans(String message, Class<? extends StoreException> meaning) {
        SQLException failure = new SQLException(message);

        StoreException told = DuckDbErrors.classifyRows("orders.duckdb, commit of sink orders", "events", failure);

        assertThat(told)
                .isExactlyInstanceOf(meaning)
                .hasCause(failure)
                .hasMessageStartingWith("orders.duckdb, commit of sink orders: ");
    }

    @Test
    void aMessageNamesThePlaceTheFirstLineAndTheNextStep() {
        SQLException failure =
                new SQLException("Out of Memory Error: failed to allocate data\nPossible solutions: many");

        assertThat(DuckDbErrors.classify("orders.duckdb, commit of sink orders", failure))
                .hasMessage(
                        "orders.duckdb, commit of sink orders: Out of Memory Error: failed to allocate data. Free disk"
                                + " space or raise memoryLimitBytes.");
    }

    @Test
    void rejectedRowsNameTheTableButNotWhichRows() {
        StoreException told = DuckDbErrors.classifyRows(
                "orders.duckdb", "events", new SQLException("Constraint Error: NOT NULL constraint failed: events.s"));

        assertThat(told).isInstanceOfSatisfying(StoreException.RowsRejected.class, rejected -> {
            assertThat(rejected.table()).isEqualTo("events");
            assertThat(rejected.indices()).isEqualTo(List.of());
        });
    }

    @Test
    void aConstraintOfThePositionTableIsNeverARejectedRow() {
        SQLException failure =
                new SQLException("Constraint Error: Duplicate key \"sink: s\" violates primary key constraint.");

        assertThat(DuckDbErrors.classify("orders.duckdb, opening sink s", failure))
                .isExactlyInstanceOf(StoreException.Transient.class)
                .hasMessage(
                        "orders.duckdb, opening sink s: Constraint Error: Duplicate key \"sink: s\" violates primary key"
                                + " constraint. Read the position and try again.");
    }

    @Test
    void aFailedCommitIsAlwaysUncertain() {
        SQLException failure = new SQLException("TransactionContext Error: Failed to commit: No space left on device");

        assertThat(DuckDbErrors.uncertain("orders.duckdb, commit of sink orders", failure))
                .isExactlyInstanceOf(StoreException.AmbiguousCommit.class)
                .hasMessage("orders.duckdb, commit of sink orders: the commit failed and may have happened:"
                        + " TransactionContext Error: Failed to commit: No space left on device. Read the position before"
                        + " anything else.");
    }
}
