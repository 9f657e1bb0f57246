package io.eventplatform.examples.quickstart;

import io.eventplatform.serving.ViewServer;
import io.eventplatform.storage.Catalog;
import io.eventplatform.telemetry.PlatformStatus;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/** The views and the dashboard over HTTP. */
final class Serving implements AutoCloseable {

    private final ViewServer server;

    private volatile Supplier<PlatformStatus> status = () -> new PlatformStatus(Instant.now(), List.of(), List.of());

    private Serving(Catalog catalog, int port) {
        server = ViewServer.builder(catalog)
                .port(port)
                .status(() -> status.get())
                .start();
    }

    /** Listens; stages are shown once {@link #show} has said where to ask. */
    static Serving open(Catalog catalog, int port) {
        try {
            return new Serving(catalog, port);
        } catch (UncheckedIOException e) {
            throw new QuickstartException(e.getMessage() + " with --port", e);
        }
    }

    void show(Supplier<PlatformStatus> stages) {
        status = stages;
    }

    /** Where the dashboard is: {@code http://127.0.0.1:8080}. */
    String url() {
        return server.url().toString();
    }

    @Override
    public void close() {
        server.close();
    }
}
