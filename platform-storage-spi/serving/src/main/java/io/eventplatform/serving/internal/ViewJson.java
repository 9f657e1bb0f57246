package io.eventplatform.serving.internal;

import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.Measure;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.View;
import io.eventplatform.storage.ViewResult;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.json.JsonMapper;

/** Views, and what was read of them, as JSON. */
final class ViewJson {

    static final JsonMapper MAPPER = JsonMapper.shared();

    private ViewJson() {}

    static void writeViews(JsonGenerator json, List<View> views) {
        json.writeStartObject();
        json.writeArrayPropertyStart("views");
        views.forEach(view -> write(json, view));
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, View view) {
        json.writeStartObject();
        json.writeStringProperty("name", view.name());
        json.writeStringProperty("description", view.description());
        json.writeArrayPropertyStart("columns");
        for (Column column : view.columns()) {
            json.writeStartObject();
            json.writeStringProperty("name", column.name());
            json.writeStringProperty("type", typeOf(column));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("groupBy");
        view.groupColumns().forEach(column -> json.writeString(column.name()));
        json.writeEndArray();
        json.writeArrayPropertyStart("measures");
        for (Measure measure : view.measures()) {
            json.writeStartObject();
            json.writeStringProperty("name", measure.name());
            json.writeStringProperty(
                    "aggregate",
                    measure.distinct() ? "distinct" : measure.aggregate().name());
            json.writeStringProperty("type", typeOf(measure.column()));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeObjectPropertyStart("links");
        json.writeStringProperty("rows", "/views/" + view.name());
        json.writeStringProperty("events", "/events/views/" + view.name());
        json.writeEndObject();
        json.writeEndObject();
    }

    static String typeOf(Column column) {
        return column.type().name().toLowerCase(Locale.ROOT);
    }

    static void write(JsonGenerator json, ViewResult result) {
        json.writeStartObject();
        json.writeStringProperty("view", result.view().name());
        json.writeStringProperty("asOf", result.asOf().map(Instant::toString).orElse(null));
        json.writeBooleanProperty("complete", result.complete());
        json.writeArrayPropertyStart("positions");
        result.position().next().forEach((shard, next) -> {
            json.writeStartObject();
            json.writeStringProperty("topic", shard.topic());
            json.writeNumberProperty("partition", shard.partition());
            if (next == Position.NOT_STARTED) {
                json.writeNullProperty("next");
            } else {
                json.writeNumberProperty("next", next);
            }
            json.writeEndObject();
        });
        json.writeEndArray();
        json.writeNumberProperty("groups", result.totalRows());
        json.writeBooleanProperty("truncated", result.truncated());
        json.writeArrayPropertyStart("rows");
        List<Column> columns = result.columns();
        result.rows().forEach(row -> write(json, columns, row));
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, List<Column> columns, Row row) {
        json.writeStartObject();
        for (int i = 0; i < columns.size(); i++) {
            json.writeName(columns.get(i).name());
            write(json, columns.get(i).type(), row.get(i));
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, ColumnType type, @Nullable Object value) {
        if (value == null) {
            json.writeNull();
            return;
        }
        switch (type) {
            case LONG -> json.writeNumber((Long) value);
            case DOUBLE -> writeDouble(json, (Double) value);
            case BOOLEAN -> json.writeBoolean((Boolean) value);
            case DECIMAL ->
                json.writeString(((BigDecimal) value).stripTrailingZeros().toPlainString());
            case JSON -> writeEmbedded(json, (String) value);
            case STRING, TIMESTAMP, DATE -> json.writeString(value.toString());
        }
    }

    private static void writeDouble(JsonGenerator json, double value) {
        if (Double.isFinite(value)) {
            json.writeNumber(value);
        } else {
            json.writeString(Double.toString(value));
        }
    }

    private static void writeEmbedded(JsonGenerator json, String text) {
        if (isJson(text)) {
            json.writeRawValue(text);
        } else {
            json.writeString(text);
        }
    }

    /** Whether it is one JSON value; it is then sent as it is, since a parsed number could lose digits. */
    private static boolean isJson(String text) {
        try (JsonParser parser = MAPPER.createParser(text)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (JacksonException e) {
            return false;
        }
    }
}
