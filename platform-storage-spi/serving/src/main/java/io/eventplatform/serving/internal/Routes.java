package io.eventplatform.serving.internal;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.eventplatform.serving.internal.EventReader.Topic;
import io.eventplatform.storage.Catalog;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.View;
import io.eventplatform.storage.ViewQuery;
import io.eventplatform.storage.ViewResult;
import io.eventplatform.telemetry.PlatformStatus;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.exc.JacksonIOException;

/** Answers every request of a server, or has it answered: by a page of the dashboard, or as a stream. */
public final class Routes implements HttpHandler {

    private static final Logger log = LoggerFactory.getLogger(Routes.class);

    private static final String VIEW = "/views/";
    private static final String VIEW_EVENTS = "/events/views/";

    /** Of a stream that asks for no limit. */
    static final int STREAM_ROWS = 1000;

    private final Catalog catalog;
    private final Optional<Supplier<PlatformStatus>> status;
    private final Gate gate;
    private final EventStreams streams;
    private final FailureLog failures = new FailureLog(System::nanoTime);

    public Routes(Catalog catalog, Optional<Supplier<PlatformStatus>> status, Gate gate, EventStreams streams) {
        this.catalog = catalog;
        this.status = status;
        this.gate = gate;
        this.streams = streams;
    }

    /**
     * Answers one request.
     *
     * @throws IOException if the answer broke off. The server then closes the connection; closing the
     *     exchange here instead would end the body as if it were whole.
     */
    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try {
            JsonAnswer answer = new JsonAnswer(exchange);
            if (gate.admits(exchange, answer)) {
                answer(exchange, answer);
            }
        } catch (JacksonIOException e) {
            // The client went away or was too slow.
            throw e.getCause();
        } catch (RuntimeException | Error e) {
            // Logged here, since the server would close the connection without a word, and on an Error not at all.
            log.error("Answering {} failed", exchange.getRequestURI().getPath(), e);
            throw new IOException("the answer broke off", e);
        }
    }

    private void answer(HttpExchange exchange, JsonAnswer answer) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (!exists(path)) {
            answer.error(
                    404,
                    "not_found",
                    "there is /, /views, /views/{name}, /events, /events/views/{name}, /events/status, /status and"
                            + " /openapi.json");
        } else if (!isRead(exchange.getRequestMethod())) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            answer.error(405, "method_not_allowed", "views are read with GET or HEAD");
        } else if (Dashboard.has(path)) {
            Dashboard.answer(exchange, path);
        } else {
            switch (path) {
                case "/views" -> answer.ok(json -> ViewJson.writeViews(json, catalog.views()));
                case "/openapi.json" ->
                    answer.ok(json -> json.writeTree(OpenApi.of(catalog.views(), gate.isSecured())));
                case "/status" -> status(answer);
                case "/events/status" -> followStatus(exchange, answer);
                case "/events" -> stream(exchange, answer, streams.everything());
                default -> view(exchange, answer, path);
            }
        }
    }

    private void view(HttpExchange exchange, JsonAnswer answer, String path) throws IOException {
        boolean follow = path.startsWith(VIEW_EVENTS);
        String name = path.substring(follow ? VIEW_EVENTS.length() : VIEW.length());
        Optional<View> view = catalog.find(name);
        if (view.isEmpty()) {
            List<String> known = catalog.views().stream().map(View::name).toList();
            answer.error(
                    404,
                    "unknown_view",
                    "no view \"" + name + "\"; known views: " + (known.isEmpty() ? "none" : String.join(", ", known)));
            return;
        }
        ViewQuery query;
        try {
            query = ViewParameters.parse(view.get(), exchange.getRequestURI().getRawQuery());
        } catch (BadParameterException e) {
            answer.badParameter(e);
            return;
        }
        if (follow) {
            ViewQuery bounded = query.limit().isPresent() ? query : query.withLimit(STREAM_ROWS);
            stream(exchange, answer, List.of(new Topic.OfView(bounded)));
        } else {
            read(query, answer);
        }
    }

    private void read(ViewQuery query, JsonAnswer answer) throws IOException {
        ViewResult result;
        try {
            result = catalog.read(query);
        } catch (StoreException e) {
            failures.add(query.view(), e);
            answer.error(503, "store_unavailable", "the store did not answer; the log of the server says why");
            return;
        } catch (RuntimeException e) {
            failures.add(query.view(), e);
            answer.error(500, "internal", "the view could not be read; the log of the server says why");
            return;
        }
        answer.ok(json -> ViewJson.write(json, result));
    }

    private void status(JsonAnswer answer) throws IOException {
        if (status.isEmpty()) {
            noStatus(answer);
            return;
        }
        PlatformStatus now;
        try {
            now = status.get().get();
        } catch (RuntimeException e) {
            failures.add("status", e);
            answer.error(500, "internal", "the status could not be read; the log of the server says why");
            return;
        }
        answer.ok(json -> StatusJson.write(json, now));
    }

    private void followStatus(HttpExchange exchange, JsonAnswer answer) throws IOException {
        if (status.isEmpty()) {
            noStatus(answer);
        } else {
            stream(exchange, answer, List.of(new Topic.OfStatus(status.get())));
        }
    }

    private static void noStatus(JsonAnswer answer) throws IOException {
        answer.error(404, "no_status", "the server was started without a status; give it one with status(...)");
    }

    private void stream(HttpExchange exchange, JsonAnswer answer, List<Topic> topics) throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        } else if (!streams.start(exchange, topics)) {
            exchange.getResponseHeaders().set("Retry-After", "5");
            answer.error(503, "too_many_streams", "too many event streams are open; try again later");
        }
    }

    private static boolean exists(String path) {
        return switch (path) {
            case "/views", "/openapi.json", "/status", "/events", "/events/status" -> true;
            default -> Dashboard.has(path) || isBelow(VIEW, path) || isBelow(VIEW_EVENTS, path);
        };
    }

    private static boolean isBelow(String parent, String path) {
        return path.startsWith(parent) && path.indexOf('/', parent.length()) < 0 && path.length() > parent.length();
    }

    private static boolean isRead(String method) {
        return method.equals("GET") || method.equals("HEAD");
    }
}
