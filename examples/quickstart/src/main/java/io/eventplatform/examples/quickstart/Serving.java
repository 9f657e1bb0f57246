package io.eventplatform.examples.quickstart;

import io.eventplatform.processor.sink.StoreSink;
import io.eventplatform.serving.ViewServer;
import io.eventplatform.storage.Catalog;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.duckdb.DuckDbTableStore;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** The store, the sink that will fill it, and its views over HTTP. */
final class Serving implements AutoCloseable {

    private final TableStore store;
    private final StoreSink sink;
    private final Catalog catalog;
    private final ViewServer server;

    private Serving(TableStore store, StoreSink sink, Catalog catalog, ViewServer server) {
        this.store = store;
        this.sink = sink;
        this.catalog = catalog;
        this.server = server;
    }

    /**
     * Opens the file and listens.
     *
     * @param decorator what the sink sees of the store, for tests
     */
    static Serving open(Path database, int port, UnaryOperator<TableStore> decorator) {
        TableStore store = decorator.apply(DuckDbTableStore.open(database));
        try {
            StoreSink sink = Topology.sink(store);
            Catalog catalog = Catalog.of(store, sink.id(), sink.views());
            return new Serving(store, sink, catalog, listen(catalog, port));
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static ViewServer listen(Catalog catalog, int port) {
        try {
            return ViewServer.builder(catalog).port(port).start();
        } catch (UncheckedIOException e) {
            throw new QuickstartException(e.getMessage() + " with --port", e);
        }
    }

    StoreSink sink() {
        return sink;
    }

    Catalog catalog() {
        return catalog;
    }

    /** Where the views are: {@code http://127.0.0.1:8080/views}. */
    String url() {
        return server.url() + "/views";
    }

    /** Idempotent; the sink's runner must be closed. */
    @Override
    public void close() {
        server.close();
        store.close();
    }
}
