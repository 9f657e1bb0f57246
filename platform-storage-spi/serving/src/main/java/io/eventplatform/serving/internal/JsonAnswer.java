package io.eventplatform.serving.internal;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/** Writes the one answer of an exchange as JSON, row by row. */
final class JsonAnswer {

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

    void badParameter(BadParameterException refusal) throws IOException {
        send(400, json -> {
            json.writeStartObject();
            json.writeStringProperty("error", "bad_parameter");
            json.writeStringProperty("message", refusal.getMessage());
            json.writeStringProperty("parameter", refusal.parameter());
            json.writeStringProperty("value", refusal.value());
            json.writeEndObject();
        });
    }

    void ok(Consumer<JsonGenerator> body) throws IOException {
        send(200, body);
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
        JsonGenerator json = ViewJson.MAPPER.createGenerator(writer);
        body.accept(json);
        json.close();
    }
}
