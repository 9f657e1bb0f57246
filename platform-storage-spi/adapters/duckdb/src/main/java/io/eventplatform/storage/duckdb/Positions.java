package io.eventplatform.storage.duckdb;

import io.eventplatform.storage.Position;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.WriteBatch;
import io.eventplatform.storage.duckdb.internal.ColumnSql;
import io.eventplatform.storage.duckdb.internal.Database;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * The table of positions, in a schema of the store's own so that no table of a user can be in its way. A
 * version beside it tells a later store's file from this one's.
 */
final class Positions {

    /** Where a shard stands, and which batch brought it there when. */
    record Mark(long next, @Nullable UUID batchId, @Nullable Instant committedAt) {}

    static final int FORMAT_VERSION = 1;

    private static final String SCHEMA = "event_platform";

    private Positions() {}

    /** Creates what is missing, or refuses the file of a newer store. */
    static void prepare(DuckDBConnection connection, String where) throws SQLException {
        Database.execute(connection, "CREATE SCHEMA IF NOT EXISTS " + SCHEMA);
        Database.execute(
                connection, "CREATE TABLE IF NOT EXISTS " + SCHEMA + ".store_format (version INTEGER NOT NULL)");
        Optional<Integer> version = version(connection);
        if (version.isEmpty()) {
            Database.execute(connection, "INSERT INTO " + SCHEMA + ".store_format VALUES (" + FORMAT_VERSION + ")");
            Database.execute(
                    connection,
                    "CREATE TABLE " + SCHEMA + ".positions (sink VARCHAR NOT NULL,"
                            + " topic_id VARCHAR NOT NULL, topic VARCHAR NOT NULL, shard INTEGER NOT NULL,"
                            + " next BIGINT NOT NULL, batch_id UUID, committed_at TIMESTAMP,"
                            + " PRIMARY KEY (sink, topic_id, topic, shard))");
        } else if (version.get() != FORMAT_VERSION) {
            throw new StoreException.Configuration(
                    where + " has the store format " + version.get() + " but this version knows only " + FORMAT_VERSION
                            + ". Upgrade the library, or use another file.",
                    null);
        }
    }

    private static Optional<Integer> version(DuckDBConnection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT version FROM " + SCHEMA + ".store_format")) {
            return rows.next() ? Optional.of(rows.getInt(1)) : Optional.empty();
        }
    }

    static SortedMap<SourceShard, Mark> read(DuckDBConnection connection, SinkId sink) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT topic_id, topic, shard, next, CAST(batch_id AS VARCHAR), epoch_us(committed_at) FROM " + SCHEMA
                        + ".positions WHERE sink = ?")) {
            statement.setString(1, sink.name());
            try (ResultSet rows = statement.executeQuery()) {
                SortedMap<SourceShard, Mark> marks = new TreeMap<>();
                while (rows.next()) {
                    marks.put(new SourceShard(rows.getString(1), rows.getString(2), rows.getInt(3)), mark(rows));
                }
                return marks;
            }
        }
    }

    private static Mark mark(ResultSet rows) throws SQLException {
        String batchId = rows.getString(5);
        if (batchId == null) {
            return new Mark(rows.getLong(4), null, null);
        }
        return new Mark(rows.getLong(4), UUID.fromString(batchId), ColumnSql.instant(rows.getLong(6)));
    }

    static Position position(Map<SourceShard, Mark> marks) {
        SortedMap<SourceShard, Long> next = new TreeMap<>();
        marks.forEach((shard, mark) -> next.put(shard, mark.next()));
        return new Position(next);
    }

    static Optional<Instant> newestCommit(Map<SourceShard, Mark> marks) {
        return marks.values().stream()
                .flatMap(mark -> Optional.ofNullable(mark.committedAt()).stream())
                .max(Instant::compareTo);
    }

    static void addNotStarted(DuckDBConnection connection, SinkId sink, Collection<SourceShard> shards)
            throws SQLException {
        try (DuckDBAppender appender = connection.createAppender(SCHEMA, "positions")) {
            for (SourceShard shard : shards) {
                appender.beginRow()
                        .append(sink.name())
                        .append(shard.topicId())
                        .append(shard.topic())
                        .append(shard.partition())
                        .append(Position.NOT_STARTED)
                        .appendNull()
                        .appendNull()
                        .endRow();
            }
            appender.flush();
        }
    }

    /** Moves the batch's shards, whose rows exist, with one statement: one for each would cost half a millisecond each. */
    static void move(DuckDBConnection connection, SinkId sink, WriteBatch batch, Instant now) throws SQLException {
        Database.execute(
                connection,
                "CREATE OR REPLACE TEMP TABLE moved_shards (topic_id VARCHAR, topic VARCHAR, shard INTEGER, next BIGINT)");
        try (DuckDBAppender appender = connection.createAppender("temp", "main", "moved_shards")) {
            for (Map.Entry<SourceShard, Long> moved : batch.next().next().entrySet()) {
                SourceShard shard = moved.getKey();
                appender.beginRow()
                        .append(shard.topicId())
                        .append(shard.topic())
                        .append(shard.partition())
                        .append(moved.getValue().longValue())
                        .endRow();
            }
            appender.flush();
        }
        try (PreparedStatement update = connection.prepareStatement("UPDATE " + SCHEMA + ".positions p"
                + " SET next = m.next, batch_id = CAST(? AS UUID), committed_at = make_timestamp(?)"
                + " FROM temp.main.moved_shards m WHERE p.sink = ? AND p.topic_id = m.topic_id"
                + " AND p.topic = m.topic AND p.shard = m.shard")) {
            update.setString(1, batch.id().toString());
            update.setLong(2, ColumnSql.micros(now));
            update.setString(3, sink.name());
            int moved = update.executeUpdate();
            if (moved != batch.next().next().size()) {
                throw new IllegalStateException("moved " + moved + " positions of sink " + sink.name() + " instead of "
                        + batch.next().next().size());
            }
        }
    }
}
