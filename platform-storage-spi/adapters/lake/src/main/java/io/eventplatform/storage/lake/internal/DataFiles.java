package io.eventplatform.storage.lake.internal;

import static io.eventplatform.storage.duckdb.internal.ColumnSql.quoted;

import io.eventplatform.storage.Column;
import io.eventplatform.storage.ObjectKey;
import io.eventplatform.storage.ObjectStore;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.WriteBatch;
import io.eventplatform.storage.duckdb.internal.ColumnSql;
import io.eventplatform.storage.duckdb.internal.Database;
import io.eventplatform.storage.duckdb.internal.DuckDbErrors;
import io.eventplatform.storage.duckdb.internal.RowAppender;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the rows of a batch as Parquet files, one for each day, and uploads them under names of their own. */
public final class DataFiles {

    private static final Logger LOG = LoggerFactory.getLogger(DataFiles.class);

    /** An event further ahead of the clock than this has a wrong time. */
    private static final Duration FUTURE = Duration.ofDays(1);

    private static final int LONGEST_TOPIC_PART = 100;

    private static final String STAGE = "staged_rows";

    private final Database database;
    private final ObjectStore store;
    private final String directory;
    private final Path spool;

    /** @param spool where files are written before they are uploaded */
    public DataFiles(Database database, ObjectStore store, String directory, Path spool) {
        this.database = database;
        this.store = store;
        this.directory = directory;
        this.spool = spool;
    }

    /**
     * Writes checked rows and uploads them; without rows there is no file.
     *
     * @throws StoreException.RowsRejected naming a row with a value that a file cannot keep
     */
    public List<DataFile> write(TableMeta meta, TableRows checked, WriteBatch batch, Instant now) {
        if (checked.rows().isEmpty()) {
            return List.of();
        }
        List<DataFile> written = new ArrayList<>();
        try (DuckDBConnection connection = database.connect()) {
            stage(connection, meta, checked, now);
            for (Optional<LocalDate> day : days(connection, meta)) {
                written.add(writeDay(connection, meta, day, batch, now));
            }
            return written;
        } catch (SQLException e) {
            delete(written);
            throw DuckDbErrors.classify(where(meta), e);
        } catch (StoreException e) {
            delete(written);
            throw e;
        }
    }

    // Rows of the batch in a table of DuckDB, with the lake's own columns

    private void stage(DuckDBConnection connection, TableMeta meta, TableRows checked, Instant now)
            throws SQLException {
        TableSpec staged = TableSpec.append(meta.table().name(), meta.allColumns());
        String columns = staged.columns().stream()
                .map(column -> quoted(column.name()) + " " + ColumnSql.type(column.type()))
                .collect(Collectors.joining(", "));
        Database.execute(connection, "CREATE TEMP TABLE " + STAGE + " (" + columns + ")");
        try (DuckDBAppender appender = connection.createAppender("temp", "main", STAGE)) {
            RowAppender.append(appender, staged, withLakeColumns(meta, checked, now));
        } catch (SQLException e) {
            throw DuckDbErrors.classifyRows(where(meta), meta.table().name(), e);
        }
    }

    private static TableRows withLakeColumns(TableMeta meta, TableRows checked, Instant now) {
        List<Column> added = meta.allColumns()
                .subList(meta.table().columns().size(), meta.allColumns().size());
        int timePlace = meta.dayColumn().map(checked.table()::indexOf).orElse(-1);
        List<Row> rows = new ArrayList<>(checked.rows().size());
        for (Row row : checked.rows()) {
            List<@Nullable Object> values = new ArrayList<>(row.values());
            values.add(now);
            if (timePlace >= 0 && row.get(timePlace) instanceof Instant time) {
                boolean clamped = time.isBefore(Instant.EPOCH) || time.isAfter(now.plus(FUTURE));
                values.add(clamped);
                values.add(dayOf(clamped ? now : time));
            }
            rows.add(new Row(values));
        }
        return new TableRows(checked.table().withColumns(added), rows);
    }

    private static LocalDate dayOf(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC);
    }

    // One file for each day

    private static List<Optional<LocalDate>> days(DuckDBConnection connection, TableMeta meta) throws SQLException {
        if (meta.dayColumn().isEmpty()) {
            return List.of(Optional.empty());
        }
        List<Optional<LocalDate>> days = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT DISTINCT " + quoted(TableMeta.DAY)
                        + " - DATE '1970-01-01' AS day FROM " + STAGE + " ORDER BY day")) {
            while (rows.next()) {
                days.add(Optional.of(LocalDate.ofEpochDay(rows.getLong(1))));
            }
        }
        return days;
    }

    private DataFile writeDay(
            DuckDBConnection connection, TableMeta meta, Optional<LocalDate> day, WriteBatch batch, Instant now)
            throws SQLException {
        String rows = STAGE
                + day.map(date -> " WHERE " + quoted(TableMeta.DAY) + " = DATE '" + date + "'")
                        .orElse("");
        Path local = spool.resolve(UUID.randomUUID() + ".parquet");
        try {
            Database.execute(
                    connection,
                    "COPY (SELECT " + fileColumns(meta) + " FROM " + rows + ") TO '"
                            + local.toString().replace("'", "''") + "' (FORMAT parquet, COMPRESSION zstd)");
            Map<String, String> tags = new HashMap<>(offsets(batch));
            tags.put("sha256", sha256(local));
            DataFile file = new DataFile(
                    day.map(date -> TableMeta.DAY + "=" + date + "/").orElse("") + name(batch),
                    day,
                    Files.size(local),
                    now.toEpochMilli(),
                    stats(connection, meta, rows),
                    tags);
            store.put(key(file), local);
            return file;
        } catch (IOException e) {
            throw new StoreException.Transient(where(meta) + ": " + local + " cannot be written or read: " + e, e);
        } finally {
            deleteLocal(local);
        }
    }

    /** Text for JSON and UTC for times are what every reader of Parquet knows. */
    private static String fileColumns(TableMeta meta) {
        return meta.fileColumns().stream()
                .map(column -> {
                    String name = quoted(column.name());
                    return switch (column.type()) {
                        case TIMESTAMP -> "make_timestamptz(epoch_us(" + name + ")) AS " + name;
                        case JSON -> "CAST(" + name + " AS VARCHAR) AS " + name;
                        case STRING, LONG, DOUBLE, BOOLEAN, DECIMAL, DATE -> name;
                    };
                })
                .collect(Collectors.joining(", "));
    }

    private static String stats(DuckDBConnection connection, TableMeta meta, String rows) throws SQLException {
        List<Column> columns = meta.fileColumns();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT " + FileStats.expressions(columns) + " FROM " + rows)) {
            row.next();
            return FileStats.write(columns, row);
        }
    }

    // Names and tags

    /** Tells the offsets if all rows are of one shard; ends in what makes it the only file of that name. */
    private static String name(WriteBatch batch) {
        if (batch.next().next().size() > 1) {
            return "shards-" + batch.next().next().size() + "-" + UUID.randomUUID() + ".parquet";
        }
        SourceShard shard = batch.next().next().firstKey();
        return String.format(
                Locale.ROOT,
                "%s-%05d-%020d-%020d-%s.parquet",
                topicPart(shard.topic()),
                shard.partition(),
                first(batch, shard),
                last(batch, shard),
                UUID.randomUUID());
    }

    /** No more than fits into a segment of a key with the rest; of a longer topic the beginning and a hash. */
    private static String topicPart(String topic) {
        String part = topic.replaceAll("^\\.|[^A-Za-z0-9._-]", "_");
        return part.length() <= LONGEST_TOPIC_PART
                ? part
                : String.format(Locale.ROOT, "%s-%08x", part.substring(0, LONGEST_TOPIC_PART - 9), topic.hashCode());
    }

    private static Map<String, String> offsets(WriteBatch batch) {
        if (batch.next().next().size() > 1) {
            return Map.of();
        }
        SourceShard shard = batch.next().next().firstKey();
        return Map.of("first", Long.toString(first(batch, shard)), "last", Long.toString(last(batch, shard)));
    }

    private static long first(WriteBatch batch, SourceShard shard) {
        return Math.max(0, batch.expected().of(shard));
    }

    private static long last(WriteBatch batch, SourceShard shard) {
        return Math.max(0, batch.next().of(shard) - 1);
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream content =
                new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            content.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of()
                    .formatHex(((DigestInputStream) content).getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The object of a file. */
    public ObjectKey key(DataFile file) {
        return ObjectKey.of(directory, file.path());
    }

    /** Removes files that no entry of the log names; what stays is never read. */
    public void delete(List<DataFile> unused) {
        for (DataFile file : unused) {
            try {
                store.delete(key(file));
            } catch (StoreException e) {
                LOG.warn("{}, {}: an unused file stays", store, key(file), e);
            }
        }
    }

    private static void deleteLocal(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} stays", file, e);
        }
    }

    private String where(TableMeta meta) {
        return database.name() + ", table " + meta.table().name();
    }
}
