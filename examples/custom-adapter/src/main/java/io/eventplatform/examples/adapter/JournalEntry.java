package io.eventplatform.examples.adapter;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.WriteBatch;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A change of a {@link JournalStore}, as a line of its journal. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "entry")
@JsonSubTypes({
    @JsonSubTypes.Type(value = JournalEntry.Ensured.class, name = "ensured.v1"),
    @JsonSubTypes.Type(value = JournalEntry.Opened.class, name = "opened.v1"),
    @JsonSubTypes.Type(value = JournalEntry.Committed.class, name = "committed.v1")
})
sealed interface JournalEntry {

    /** A table was made or widened. */
    record Ensured(TableSpec table) implements JournalEntry {}

    /** Shards were opened. */
    record Opened(SinkId sink, Set<SourceShard> shards) implements JournalEntry {}

    /** A batch was written: its rows and its positions in one line, so that no crash can part them. */
    record Committed(Instant at, SinkId sink, UUID batch, List<Move> moves, List<Rows> tables) implements JournalEntry {

        static Committed of(Instant at, SinkId sink, WriteBatch batch) {
            List<Move> moves = new ArrayList<>();
            batch.expected()
                    .next()
                    .forEach((shard, expected) ->
                            moves.add(new Move(shard, expected, batch.next().of(shard))));
            return new Committed(
                    at,
                    sink,
                    batch.id(),
                    moves,
                    batch.tables().stream().map(Rows::of).toList());
        }

        WriteBatch toBatch() {
            Map<SourceShard, Long> expected = new TreeMap<>();
            Map<SourceShard, Long> next = new TreeMap<>();
            for (Move move : moves) {
                expected.put(move.shard, move.expected);
                next.put(move.shard, move.next);
            }
            return new WriteBatch(
                    batch, tables.stream().map(Rows::toRows).toList(), Position.of(expected), Position.of(next));
        }
    }

    /** How far a batch moved a shard. */
    record Move(SourceShard shard, long expected, long next) {}

    /** A batch's rows of a table, values as text: a JSON number would neither keep a decimal's digits nor have a NaN. */
    record Rows(TableSpec table, List<List<@Nullable String>> values) {

        static Rows of(TableRows rows) {
            List<List<@Nullable String>> values = new ArrayList<>();
            for (Row row : rows.rows()) {
                List<@Nullable String> texts = new ArrayList<>();
                row.values().forEach(value -> texts.add(value == null ? null : value.toString()));
                values.add(texts);
            }
            return new Rows(rows.table(), values);
        }

        TableRows toRows() {
            List<Row> rows = new ArrayList<>();
            for (List<@Nullable String> texts : values) {
                List<@Nullable Object> row = new ArrayList<>();
                for (int i = 0; i < texts.size(); i++) {
                    String text = texts.get(i);
                    row.add(text == null ? null : value(table.columns().get(i).type(), text));
                }
                rows.add(new Row(row));
            }
            return new TableRows(table, rows);
        }

        // region values
        private static Object value(ColumnType type, String text) {
            return switch (type) {
                case STRING, JSON -> text;
                case LONG -> Long.valueOf(text);
                case DOUBLE -> Double.valueOf(text);
                case BOOLEAN -> Boolean.valueOf(text);
                case DECIMAL -> new BigDecimal(text);
                case TIMESTAMP -> Instant.parse(text);
                case DATE -> LocalDate.parse(text);
            };
        }
        // endregion
    }

    /** Text in which there is no line break. */
    default String toLine() {
        return Json.MAPPER.writeValueAsString(this);
    }

    /**
     * Reads what {@link #toLine} wrote.
     *
     * @throws RuntimeException if the line is not of a version that is known here
     */
    static JournalEntry ofLine(String line) {
        return Json.MAPPER.readValue(line, JournalEntry.class);
    }

    /** What was written can be read, however long a text is; what is not known is refused, not skipped. */
    final class Json {
        private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxStringLength(Integer.MAX_VALUE)
                                .build())
                        .build())
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();

        private Json() {}
    }
}
