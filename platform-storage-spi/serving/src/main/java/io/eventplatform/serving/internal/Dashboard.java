package io.eventplatform.serving.internal;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/** The files of the live page, from the jar. They load nothing from elsewhere. */
final class Dashboard {

    private static final Map<String, Asset> ASSETS = Map.of(
            "/", new Asset("index.html", "text/html; charset=utf-8"),
            "/dashboard.css", new Asset("dashboard.css", "text/css; charset=utf-8"),
            "/dashboard.js", new Asset("dashboard.js", "text/javascript; charset=utf-8"),
            "/charts.js", new Asset("charts.js", "text/javascript; charset=utf-8"),
            "/icon.svg", new Asset("icon.svg", "image/svg+xml"));

    private Dashboard() {}

    static boolean has(String path) {
        return ASSETS.containsKey(path);
    }

    static void answer(HttpExchange exchange, String path) throws IOException {
        Asset asset = ASSETS.get(path);
        if (asset == null) {
            throw new IllegalArgumentException("no page " + path);
        }
        byte[] body = asset.read();
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", asset.contentType());
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set(
                "Content-Security-Policy",
                "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
            return;
        }
        exchange.sendResponseHeaders(200, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private record Asset(String file, String contentType) {

        byte[] read() throws IOException {
            try (InputStream in = Dashboard.class.getResourceAsStream("/io/eventplatform/serving/dashboard/" + file)) {
                if (in == null) {
                    throw new IllegalStateException("the jar of the server lacks " + file);
                }
                return in.readAllBytes();
            }
        }
    }
}
