package io.eventplatform.storage.lake.internal;

import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableSpec;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Entries of the log as Delta defines them, one action in a line, and our own file of a state in the same
 * manner. Delta's protocol is reader version 1 and writer version 2, what every reader knows.
 */
final class LogCodec {

    /** Of what we add to Delta's actions and of the file of a state. */
    static final int FORMAT_VERSION = 1;

    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final int READER_VERSION = 1;
    private static final int WRITER_VERSION = 2;
    private static final String FORMAT = "eventplatform.format";
    private static final String DAY_COLUMN = "eventplatform.partitionByDay";

    private LogCodec() {}

    // Entries

    static byte[] write(Entry entry, String engine, String writer) {
        StringBuilder lines = new StringBuilder();
        ObjectNode info = MAPPER.createObjectNode()
                .put("timestamp", entry.at().toEpochMilli())
                .put("operation", entry.operation());
        info.putObject("operationParameters");
        info.put("isBlindAppend", entry.removed().isEmpty())
                .put("engineInfo", engine)
                .put("writer", writer)
                .put("txnId", entry.id().toString());
        line(lines, "commitInfo", info);
        entry.meta().ifPresent(meta -> {
            line(
                    lines,
                    "protocol",
                    MAPPER.createObjectNode()
                            .put("minReaderVersion", READER_VERSION)
                            .put("minWriterVersion", WRITER_VERSION));
            line(lines, "metaData", metaData(meta));
        });
        for (Move move : entry.moves()) {
            line(lines, "txn", transaction(move).put("lastUpdated", entry.at().toEpochMilli()));
        }
        for (String path : entry.removed()) {
            line(
                    lines,
                    "remove",
                    MAPPER.createObjectNode()
                            .put("path", path)
                            .put("deletionTimestamp", entry.at().toEpochMilli())
                            .put("dataChange", true));
        }
        entry.added().forEach(file -> line(lines, "add", add(file)));
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    static Entry readEntry(String where, byte[] content) {
        return reading(where, () -> {
            JsonNode info = MAPPER.missingNode();
            Optional<TableMeta> meta = Optional.empty();
            List<Move> moves = new ArrayList<>();
            List<DataFile> added = new ArrayList<>();
            List<String> removed = new ArrayList<>();
            for (JsonNode line : lines(content)) {
                info = line.has("commitInfo") ? line.path("commitInfo") : info;
                requireKnown(where, line.path("protocol"));
                if (line.has("metaData")) {
                    meta = Optional.of(meta(where, line.path("metaData")));
                } else if (line.has("txn")) {
                    moves.add(move(line.path("txn")));
                } else if (line.has("add")) {
                    added.add(file(line.path("add")));
                } else if (line.has("remove")) {
                    removed.add(line.path("remove").path("path").asString());
                }
            }
            if (!info.has("txnId") || !info.has("writer")) {
                throw new StoreException.Corruption(
                        where + " was written by another engine, "
                                + info.path("engineInfo").asString("unknown")
                                + ". Others may read the table but not write to it: what it holds cannot be vouched for.",
                        null);
            }
            return new Entry(
                    UUID.fromString(info.path("txnId").asString()),
                    Instant.ofEpochMilli(info.path("timestamp").asLong()),
                    info.path("operation").asString(),
                    meta,
                    moves,
                    added,
                    removed);
        });
    }

    // States

    static byte[] write(TableState state) {
        StringBuilder lines = new StringBuilder();
        line(
                lines,
                "state",
                MAPPER.createObjectNode().put("format", FORMAT_VERSION).put("version", state.version()));
        state.meta().ifPresent(meta -> line(lines, "metaData", metaData(meta)));
        state.files().forEach(file -> line(lines, "add", add(file)));
        state.marks()
                .forEach((sink, marks) -> marks.forEach((shard, mark) -> {
                    ObjectNode node = transaction(new Move(sink, shard, mark.next()));
                    if (mark.batchId() != null && mark.committedAt() != null) {
                        node.put("txnId", mark.batchId().toString())
                                .put("committedAt", mark.committedAt().toEpochMilli());
                    }
                    line(lines, "mark", node);
                }));
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    static TableState readState(String where, byte[] content) {
        return reading(where, () -> {
            List<JsonNode> lines = lines(content);
            JsonNode head = lines.get(0).path("state");
            requireFormat(where, head.path("format").asInt(0));
            Optional<TableMeta> meta = Optional.empty();
            List<DataFile> files = new ArrayList<>();
            Map<SinkId, SortedMap<SourceShard, Mark>> marks = new HashMap<>();
            for (JsonNode line : lines) {
                if (line.has("metaData")) {
                    meta = Optional.of(meta(where, line.path("metaData")));
                } else if (line.has("add")) {
                    files.add(file(line.path("add")));
                } else if (line.has("mark")) {
                    JsonNode mark = line.path("mark");
                    Move move = move(mark);
                    marks.computeIfAbsent(move.sink(), absent -> new TreeMap<>())
                            .put(move.shard(), mark(move.next(), mark));
                }
            }
            return new TableState(head.path("version").asLong(), meta, files, marks);
        });
    }

    private static Mark mark(long next, JsonNode mark) {
        return mark.has("txnId")
                ? new Mark(
                        next,
                        UUID.fromString(mark.path("txnId").asString()),
                        Instant.ofEpochMilli(mark.path("committedAt").asLong()))
                : new Mark(next, null, null);
    }

    // Actions

    private static ObjectNode metaData(TableMeta meta) {
        ObjectNode node = MAPPER.createObjectNode()
                .put("id", meta.id().toString())
                .put("name", meta.table().name());
        ObjectNode format = node.putObject("format").put("provider", "parquet");
        format.putObject("options");
        node.put("schemaString", DeltaSchema.write(meta));
        var partitions = node.putArray("partitionColumns");
        meta.dayColumn().ifPresent(column -> partitions.add(TableMeta.DAY));
        ObjectNode configuration = node.putObject("configuration").put(FORMAT, Integer.toString(FORMAT_VERSION));
        meta.dayColumn().ifPresent(column -> configuration.put(DAY_COLUMN, column));
        return node.put("createdTime", meta.createdMillis());
    }

    private static TableMeta meta(String where, JsonNode node) {
        JsonNode configuration = node.path("configuration");
        requireFormat(where, configuration.path(FORMAT).asInt(0));
        String dayColumn = configuration.path(DAY_COLUMN).asString("");
        return new TableMeta(
                UUID.fromString(node.path("id").asString()),
                TableSpec.append(
                        node.path("name").asString(),
                        DeltaSchema.read(node.path("schemaString").asString())),
                dayColumn.isEmpty() ? Optional.empty() : Optional.of(dayColumn),
                node.path("createdTime").asLong());
    }

    private static ObjectNode transaction(Move move) {
        return MAPPER.createObjectNode().put("appId", move.applicationId()).put("version", move.version());
    }

    private static Move move(JsonNode node) {
        return Move.of(node.path("appId").asString(), node.path("version").asLong());
    }

    private static ObjectNode add(DataFile file) {
        ObjectNode node = MAPPER.createObjectNode().put("path", file.path());
        ObjectNode partition = node.putObject("partitionValues");
        file.day().ifPresent(day -> partition.put(TableMeta.DAY, day.toString()));
        node.put("size", file.size())
                .put("modificationTime", file.modifiedMillis())
                .put("dataChange", true)
                .put("stats", file.stats());
        ObjectNode tags = node.putObject("tags");
        new TreeMap<>(file.tags()).forEach(tags::put);
        return node;
    }

    private static DataFile file(JsonNode node) {
        String day = node.path("partitionValues").path(TableMeta.DAY).asString("");
        Map<String, String> tags = new HashMap<>();
        node.path("tags")
                .properties()
                .forEach(tag -> tags.put(tag.getKey(), tag.getValue().asString()));
        return new DataFile(
                node.path("path").asString(),
                day.isEmpty() ? Optional.empty() : Optional.of(LocalDate.parse(day)),
                node.path("size").asLong(),
                node.path("modificationTime").asLong(),
                node.path("stats").asString(""),
                tags);
    }

    // Versions and lines

    private static void requireKnown(String where, JsonNode protocol) {
        int reader = protocol.path("minReaderVersion").asInt(READER_VERSION);
        int writer = protocol.path("minWriterVersion").asInt(WRITER_VERSION);
        if (reader > READER_VERSION || writer > WRITER_VERSION) {
            throw new StoreException.Configuration(
                    where + " needs Delta's reader version " + reader + " and writer version " + writer
                            + " but this version of the library knows only " + READER_VERSION + " and " + WRITER_VERSION
                            + ". Another engine has changed the table: use a new directory.",
                    null);
        }
    }

    private static void requireFormat(String where, int format) {
        if (format != FORMAT_VERSION) {
            throw new StoreException.Configuration(
                    where + " has the lake format " + (format == 0 ? "of another engine" : format)
                            + " but this version knows only " + FORMAT_VERSION
                            + ". Upgrade the library, or use another directory.",
                    null);
        }
    }

    private static void line(StringBuilder lines, String action, ObjectNode content) {
        lines.append(MAPPER.writeValueAsString(MAPPER.createObjectNode().set(action, content)))
                .append('\n');
    }

    private static List<JsonNode> lines(byte[] content) {
        return new String(content, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .map(MAPPER::readTree)
                .toList();
    }

    private interface Reading<T> {
        T read();
    }

    private static <T> T reading(String where, Reading<T> reading) {
        try {
            return reading.read();
        } catch (JacksonException | IllegalArgumentException | DateTimeException | IndexOutOfBoundsException e) {
            throw new StoreException.Corruption(where + " cannot be read: " + e.getMessage(), e);
        }
    }
}
