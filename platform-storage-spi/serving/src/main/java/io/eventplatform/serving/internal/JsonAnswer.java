package io.eventplatform.serving.internal;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.View;
import io.eventplatform.storage.ViewResult;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.json.JsonMapper;

/** Writes the one answer of an exchange as JSON, row by row. */
final class JsonAnswer {

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final HttpExchange exchange;

    JsonAnswer(HttpExchange exchange) {
        this.exchange = exchange;
    }

    void error(int status, String code, String message) throws IOException {
        send(status, json -> {
            json.writeStartObject();
            json.writeStringProperty("error", code);
            json.writeStringProperty("message", message);
            json.writeEndObject();
        });
    }

    void views(List<View> views) throws IOException {
        send(200, json -> {
            json.writeStartObject();
            json.writeArrayPropertyStart("views");
            views.forEach(view -> write(json, view));
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    void result(ViewResult result) throws IOException {
        send(200, json -> write(json, result));
    }

    private void send(int status, Consumer<JsonGenerator> body) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", "application/json; charset=utf-8");
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
            return;
        }
        exchange.sendResponseHeaders(status, 0);
        // Through a Writer, since it replaces a lone surrogate where the generator would break off.
        OutputStreamWriter writer = new OutputStreamWriter(exchange.getResponseBody(), StandardCharsets.UTF_8);
        // Closed only at the end: closing ends the body, and one that broke off must not look whole.
        JsonGenerator json = MAPPER.createGenerator(writer);
        body.accept(json);
        json.close();
    }

    private static void write(JsonGenerator json, View view) {
        json.writeStartObject();
        json.writeStringProperty("name", view.name());
        json.writeStringProperty("description", view.description());
        json.writeArrayPropertyStart("columns");
        for (Column column : view.columns()) {
            json.writeStartObject();
            json.writeStringProperty("name", column.name());
            json.writeStringProperty("type", column.type().name().toLowerCase(Locale.ROOT));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, ViewResult result) {
        json.writeStartObject();
        json.writeStringProperty("view", result.view().name());
        json.writeStringProperty("asOf", result.asOf().map(Instant::toString).orElse(null));
        json.writeArrayPropertyStart("positions");
        result.position().next().forEach((shard, next) -> {
            json.writeStartObject();
            json.writeStringProperty("topic", shard.topic());
            json.writeNumberProperty("partition", shard.partition());
            json.writeNumberProperty("next", next);
            json.writeEndObject();
        });
        json.writeEndArray();
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
