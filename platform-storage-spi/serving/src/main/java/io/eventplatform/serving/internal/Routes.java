package io.eventplatform.serving.internal;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.eventplatform.storage.Catalog;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.UnknownViewException;
import io.eventplatform.storage.ViewResult;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.exc.JacksonIOException;

/** Answers {@code /views} and {@code /views/{name}} from a catalog. */
public final class ViewsHandler implements HttpHandler {

    private static final Logger log = LoggerFactory.getLogger(ViewsHandler.class);

    private static final Pattern LOOPBACK =
            Pattern.compile("(127\\.0\\.0\\.1|localhost|\\[::1])(:\\d{1,5})?", Pattern.CASE_INSENSITIVE);

    private static final String LIST = "/views";
    private static final String VIEW = "/views/";

    private final Catalog catalog;
    private final FailureLog failures = new FailureLog(System::nanoTime);

    public ViewsHandler(Catalog catalog) {
        this.catalog = catalog;
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
            answer(exchange, new JsonAnswer(exchange));
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
        if (!isLoopback(exchange.getRequestHeaders().get("Host"))) {
            answer.error(403, "forbidden_host", "the Host header must be localhost, 127.0.0.1 or [::1]");
        } else if (!path.equals(LIST) && !isView(path)) {
            answer.error(404, "not_found", "there is /views, and /views/{name}");
        } else if (!isRead(exchange.getRequestMethod())) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            answer.error(405, "method_not_allowed", "views are read with GET or HEAD");
        } else if (path.equals(LIST)) {
            answer.views(catalog.views());
        } else {
            read(path.substring(VIEW.length()), answer);
        }
    }

    private void read(String name, JsonAnswer answer) throws IOException {
        ViewResult result;
        try {
            result = catalog.read(name);
        } catch (UnknownViewException e) {
            answer.error(404, "unknown_view", String.valueOf(e.getMessage()));
            return;
        } catch (StoreException e) {
            failures.add(name, e);
            answer.error(503, "store_unavailable", "the store did not answer; the log of the server says why");
            return;
        } catch (RuntimeException e) {
            failures.add(name, e);
            answer.error(500, "internal", "the view could not be read; the log of the server says why");
            return;
        }
        answer.result(result);
    }

    private static boolean isLoopback(@Nullable List<String> hosts) {
        return hosts != null
                && hosts.size() == 1
                && LOOPBACK.matcher(hosts.get(0)).matches();
    }

    private static boolean isView(String path) {
        return path.startsWith(VIEW) && path.indexOf('/', VIEW.length()) < 0 && path.length() > VIEW.length();
    }

    private static boolean isRead(String method) {
        return method.equals("GET") || method.equals("HEAD");
    }
}
