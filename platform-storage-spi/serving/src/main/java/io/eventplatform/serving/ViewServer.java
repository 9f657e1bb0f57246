package io.eventplatform.serving;

import com.sun.net.httpserver.HttpServer;
import io.eventplatform.serving.internal.RequestPool;
import io.eventplatform.serving.internal.ViewsHandler;
import io.eventplatform.storage.Catalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Serves the views of a {@link Catalog} as JSON over HTTP, to programs on the same machine.
 *
 * <pre>{@code
 * try (ViewServer server = ViewServer.builder(catalog).port(8080).start()) { … }
 * }</pre>
 *
 * <p>It listens on 127.0.0.1 only, and there is no option to listen elsewhere: that will need a token. A
 * request whose {@code Host} is not {@code localhost}, {@code 127.0.0.1} or {@code [::1]} is answered with
 * 403, so that a web page cannot reach the server under a name of its own.
 *
 * <p>{@code GET /views} lists the views: {@code {"views":[{"name":…,"description":…,"columns":[{"name":…,
 * "type":…}]}]}}.
 *
 * <p>{@code GET /views/{name}} reads one, as {@link Catalog#read} does: {@code {"view":…,"asOf":…,
 * "positions":[{"topic":…,"partition":…,"next":…}],"rows":[{column: value}]}}. {@code asOf} is null and
 * {@code next} is -1 where nothing was committed yet. Query parameters are ignored. Values:
 *
 * <ul>
 *   <li>{@code LONG}: number, all digits; JavaScript loses those beyond 2<sup>53</sup>
 *   <li>{@code DOUBLE}: number, but {@code "NaN"}, {@code "Infinity"} and {@code "-Infinity"} as strings,
 *       since JSON has no number for them and null means no value
 *   <li>{@code DECIMAL}: string without exponent or trailing zeros, so that no reader rounds it
 *   <li>{@code TIMESTAMP}, {@code DATE}: ISO-8601 string, times in UTC
 *   <li>{@code JSON}: the JSON itself; text that is not JSON is a string
 * </ul>
 *
 * <p>Errors are {@code {"error":…,"message":…}}: 404 {@code unknown_view} or {@code not_found}, 405
 * {@code method_not_allowed}, 403 {@code forbidden_host}, 503 {@code store_unavailable} if the store fails,
 * 500 {@code internal}. What failed is in the log, not in the answer. HEAD is answered like GET, without a
 * body. An answer that breaks off closes the connection before its end.
 *
 * <p>Bounds: 8 requests are answered at a time and 64 wait; the connection of one more is closed. A request
 * that takes longer than a minute, reading it and sending the answer included, loses its connection. An
 * open server keeps the process alive.
 */
public final class ViewServer implements AutoCloseable {

    /** Where browsers and examples look first. */
    public static final int DEFAULT_PORT = 8080;

    /** More would only queue in the store. */
    static final int THREADS = 8;

    /** Some dashboards that load at once. */
    static final int QUEUED_REQUESTS = 64;

    /** Twice the deadline of a query, so that a slow store is answered with an error and not cut off. */
    static final Duration REQUEST_LIMIT = Duration.ofMinutes(1);

    private static final Duration DRAIN = Duration.ofSeconds(1);

    private final HttpServer http;
    private final RequestPool pool;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ViewServer(HttpServer http, RequestPool pool) {
        this.http = http;
        this.pool = pool;
    }

    /** Starts a server's description; the catalog and its stores stay the caller's. */
    public static Builder builder(Catalog catalog) {
        return new Builder(catalog);
    }

    /** The port it listens on, also if a free one was asked for. */
    public int port() {
        return http.getAddress().getPort();
    }

    /** Where it answers: {@code http://127.0.0.1:8080}. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /**
     * Takes no more requests, gives those it has a second to finish, and breaks off the rest. Idempotent,
     * from any thread.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            pool.drain(DRAIN);
            http.stop(0);
            pool.stop();
        }
    }

    /** Options of a server; not safe for several threads. */
    public static final class Builder {

        private final Catalog catalog;
        private int port = DEFAULT_PORT;
        private int threads = THREADS;
        private Duration requestLimit = REQUEST_LIMIT;

        private Builder(Catalog catalog) {
            this.catalog = Objects.requireNonNull(catalog, "catalog");
        }

        /** {@link #DEFAULT_PORT} unless told; 0 takes a free one. */
        public Builder port(int number) {
            if (number < 0 || number > 65_535) {
                throw new IllegalArgumentException("port must be 0 to 65535 but was " + number);
            }
            port = number;
            return this;
        }

        Builder threads(int number) {
            threads = number;
            return this;
        }

        Builder requestLimit(Duration limit) {
            requestLimit = limit;
            return this;
        }

        /**
         * Listens and answers from now on.
         *
         * @throws UncheckedIOException if the port is taken
         */
        public ViewServer start() {
            HttpServer http = listen();
            String name = "view-server-" + http.getAddress().getPort();
            RequestPool pool = new RequestPool(name, threads, QUEUED_REQUESTS, requestLimit);
            http.setExecutor(pool);
            http.createContext("/", new ViewsHandler(catalog));
            http.start();
            return new ViewServer(http, pool);
        }

        private HttpServer listen() {
            try {
                InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
                return HttpServer.create(new InetSocketAddress(loopback, port), 0);
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "cannot listen on 127.0.0.1:" + port + ": " + e.getMessage() + "; choose another port, or 0",
                        e);
            }
        }
    }
}
