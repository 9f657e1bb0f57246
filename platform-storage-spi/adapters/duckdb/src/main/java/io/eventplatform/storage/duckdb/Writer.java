package io.eventplatform.storage.duckdb;

import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.duckdb.internal.Database;
import io.eventplatform.storage.duckdb.internal.DuckDbErrors;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * The one connection that writes, and its transactions, one at a time.
 *
 * <p>Transactions are begun and ended by SQL. With JDBC's auto-commit flag off, DuckDB's driver begins one
 * at the next statement only, and an appender is not a statement: rows appended first would be committed
 * at once, by themselves, and stay after a rollback. And a {@code Connection.commit()} after a failed
 * statement returns normally while DuckDB rolls back. So any failure ends the transaction and the
 * connection: nothing can be committed on it by mistake.
 */
class Writer {

    /** What a transaction does. */
    interface Work<T> {
        T run(DuckDBConnection connection) throws SQLException;
    }

    /** What a connection needs before its first transaction. */
    interface Preparation {
        void run(DuckDBConnection connection) throws SQLException;
    }

    private final Database database;
    private final Preparation preparation;
    private final ReentrantLock turn = new ReentrantLock();
    private @Nullable DuckDBConnection connection;
    private boolean closed;

    Writer(Database database, Preparation preparation) {
        this.database = database;
        this.preparation = preparation;
    }

    <T> T inTransaction(String what, Work<T> work) {
        return inTransaction(what, work, result -> {});
    }

    /** Runs the work in a transaction, and {@code committed} after it, before the next transaction begins. */
    <T> T inTransaction(String what, Work<T> work, Consumer<T> committed) {
        String where = database.name() + ", " + what;
        turn.lock();
        try {
            T result = runAndCommit(where, work);
            committed.accept(result);
            return result;
        } finally {
            turn.unlock();
        }
    }

    private <T> T runAndCommit(String where, Work<T> work) {
        DuckDBConnection current = null;
        boolean working = true;
        try {
            current = connection();
            Database.execute(current, "BEGIN TRANSACTION");
            T result = work.run(current);
            working = false;
            commit(current);
            return result;
        } catch (SQLException e) {
            drop(current, e);
            throw working ? DuckDbErrors.classify(where, e) : DuckDbErrors.uncertain(where, e);
        } catch (RuntimeException | Error e) {
            drop(current, e);
            throw e;
        }
    }

    private DuckDBConnection connection() throws SQLException {
        if (closed) {
            throw new StoreException.Configuration(database.name() + ": the store is closed", null);
        }
        DuckDBConnection current = connection;
        if (current == null) {
            current = prepared(database.connect());
            connection = current;
        }
        return current;
    }

    private DuckDBConnection prepared(DuckDBConnection fresh) throws SQLException {
        try {
            preparation.run(fresh);
            return fresh;
        } catch (SQLException | RuntimeException | Error e) {
            database.closeQuietly(fresh);
            throw e;
        }
    }

    /** Overridden by tests, to fail in a way DuckDB can hardly be brought to. */
    void commit(DuckDBConnection current) throws SQLException {
        Database.execute(current, "COMMIT");
    }

    private void drop(@Nullable DuckDBConnection failed, Throwable reason) {
        connection = null;
        if (failed == null) {
            return;
        }
        try {
            Database.execute(failed, "ROLLBACK");
        } catch (SQLException e) {
            // Expected where no transaction is left; closing discards one that is.
            reason.addSuppressed(e);
        }
        database.closeQuietly(failed);
    }

    /** Waits for the transaction under way. */
    void close() {
        turn.lock();
        try {
            closed = true;
            if (connection != null) {
                database.closeQuietly(connection);
                connection = null;
            }
        } finally {
            turn.unlock();
        }
    }
}
