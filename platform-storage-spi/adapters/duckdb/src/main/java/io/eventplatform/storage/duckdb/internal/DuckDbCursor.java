package io.eventplatform.storage.duckdb.internal;

import io.eventplatform.storage.Column;
import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableSpec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * A query on a connection of its own.
 *
 * <p>The position and the rows are read in one transaction, so they come from one snapshot. DuckDB then
 * holds the whole result, spilled to disk if need be, and the transaction ends: a slow reader does not
 * keep old versions of rows alive. (The driver can also stream results, but it reports an error in them
 * without its message.)
 *
 * <p>The reader's thread owns {@code turn} while it uses the connection. Whoever wants to stop the query,
 * at its deadline or because the store closes, leaves the reason in {@code stopped}; if the turn is
 * taken it interrupts the statement that runs, else it frees the connection itself.
 */
final class DuckDbCursor implements Cursor {

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** Stands for longer ones, with which a timer cannot calculate. */
    private static final Duration LONGEST = Duration.ofDays(365);

    private final Database database;
    private final Snapshot snapshot;
    private final Query query;
    private final List<Column> columns;
    private final Set<DuckDbCursor> open;
    private final long startNanos;

    private final ReentrantLock turn = new ReentrantLock();
    private volatile @Nullable StoreException stopped;
    private volatile @Nullable Statement running;
    private @Nullable DuckDBConnection connection;
    private @Nullable ResultSet rows;
    private Position position = new Position(Collections.emptySortedMap());
    private Optional<Instant> asOf = Optional.empty();
    private @Nullable Row ahead;
    private long read;
    private @Nullable Future<?> alarm;
    private boolean released;

    /**
     * @param startNanos when the query was called
     * @param open where this cursor is as long as it may hold something
     */
    DuckDbCursor(Database database, Snapshot snapshot, Query query, long startNanos, Set<DuckDbCursor> open) {
        this.database = database;
        this.snapshot = snapshot;
        this.startNanos = startNanos;
        TableSpec table = snapshot.table();
        this.query = query.checkedFor(table);
        this.columns = this.query.columns().stream()
                .map(name -> table.columns().get(table.indexOf(name)))
                .toList();
        this.open = open;
    }

    /** Runs the query; afterwards its rows are there, until the deadline. */
    void execute(ScheduledExecutorService timer) {
        turn.lock();
        try {
            requireGoing();
            alarm = timer.scheduleWithFixedDelay(this::expire, deadlineNanos(), RETRY_NANOS, TimeUnit.NANOSECONDS);
            DuckDBConnection opened = database.connect();
            connection = opened;
            Database.execute(opened, "BEGIN TRANSACTION READ ONLY");
            if (query.positionOf().isPresent()) {
                Snapshot.Standing standing =
                        snapshot.standing(opened, query.positionOf().get());
                position = standing.position();
                asOf = standing.asOf();
            }
            var statement = Selection.prepare(opened, snapshot, query);
            running = statement;
            requireGoing();
            rows = statement.executeQuery();
            running = null;
            Database.execute(opened, "COMMIT");
        } catch (SQLException e) {
            throw failed(e);
        } catch (IllegalArgumentException e) {
            release();
            throw new StoreException.Configuration(where() + ": " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            release();
            throw e;
        } finally {
            turn.unlock();
        }
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
        turn.lock();
        try {
            requireGoing();
            if (ahead == null) {
                ahead = fetch();
            }
            return ahead != null;
        } catch (SQLException e) {
            throw failed(e);
        } finally {
            turn.unlock();
        }
    }

    private @Nullable Row fetch() throws SQLException {
        ResultSet open = rows;
        if (open == null) {
            throw new StoreException.Configuration(where() + ": the cursor is closed", null);
        }
        if (!open.next()) {
            return null;
        }
        if (read == query.maxRows()) {
            throw new StoreException.Capacity(
                    where() + ": more than " + query.maxRows() + " rows match. Filter more, or raise maxRows.", null);
        }
        read++;
        List<@Nullable Object> values = new ArrayList<>(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            values.add(ColumnSql.read(open, i + 1, columns.get(i).type()));
        }
        return new Row(values);
    }

    @Override
    public Row next() {
        Row row = hasNext() ? ahead : null;
        if (row == null) {
            throw new NoSuchElementException();
        }
        ahead = null;
        return row;
    }

    @Override
    public void close() {
        turn.lock();
        try {
            release();
        } finally {
            turn.unlock();
        }
    }

    /** Called at the deadline, and again until the query holds nothing: an interrupt may come too early. */
    private void expire() {
        stop(expired());
    }

    /** Ends the query for this reason; true if it holds nothing any more. */
    boolean stop(StoreException reason) {
        if (stopped == null) {
            stopped = reason;
        }
        if (turn.tryLock()) {
            try {
                release();
            } finally {
                turn.unlock();
            }
            return true;
        }
        interrupt();
        return false;
    }

    private void interrupt() {
        Statement statement = running;
        if (statement == null) {
            return;
        }
        try {
            statement.cancel();
        } catch (SQLException e) {
            // It has just ended by itself.
        }
    }

    private void requireGoing() {
        StoreException reason = stopped;
        if (reason == null && System.nanoTime() - startNanos >= deadlineNanos()) {
            reason = expired();
        }
        if (reason != null) {
            release();
            throw reason;
        }
    }

    private long deadlineNanos() {
        return query.deadline().compareTo(LONGEST) > 0
                ? LONGEST.toNanos()
                : query.deadline().toNanos();
    }

    private StoreException expired() {
        return new StoreException.Transient(
                where() + ": not read within " + query.deadline() + ". Ask for less, or set a later deadline.", null);
    }

    private StoreException failed(SQLException e) {
        release();
        StoreException reason = stopped;
        return reason != null ? reason : DuckDbErrors.classify(where(), e);
    }

    private String where() {
        return database.name() + ", query of table " + query.table();
    }

    /** Closing the connection closes its statement and result. */
    private void release() {
        if (released) {
            return;
        }
        released = true;
        running = null;
        rows = null;
        if (connection != null) {
            database.closeQuietly(connection);
            connection = null;
        }
        if (alarm != null) {
            alarm.cancel(false);
        }
        open.remove(this);
    }
}
