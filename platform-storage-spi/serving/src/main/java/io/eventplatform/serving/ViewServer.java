package io.eventplatform.serving;

import com.sun.net.httpserver.HttpServer;
import io.eventplatform.serving.internal.EventReader;
import io.eventplatform.serving.internal.EventStreams;
import io.eventplatform.serving.internal.Gate;
import io.eventplatform.serving.internal.RequestPool;
import io.eventplatform.serving.internal.Routes;
import io.eventplatform.storage.Catalog;
import io.eventplatform.telemetry.PlatformStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Serves the views of a {@link Catalog} over HTTP: as JSON, as streams of events, and on a live page at
 * {@code /}.
 *
 * <pre>{@code
 * try (ViewServer server = ViewServer.builder(catalog).port(8080).start()) { … }
 * }</pre>
 *
 * <p>It listens on 127.0.0.1 unless told. Any other than a loopback address needs a {@link Builder#token}. On
 * loopback a request whose {@code Host} is not {@code localhost}, {@code 127.0.0.1} or {@code [::1]} is
 * answered with 403, so that a web page cannot reach the server under a name of its own. It speaks plain
 * HTTP: across a network put a proxy with TLS before it.
 *
 * <p>{@code GET /views} lists the views with columns, measures and links. {@code GET /openapi.json} describes
 * them all in OpenAPI 3.1. {@code GET /status} tells how the stages are doing, see {@link Builder#status}.
 *
 * <p>{@code GET /views/{name}} reads one, as {@link Catalog#read(io.eventplatform.storage.ViewQuery)} does:
 * {@code {"view":…,"asOf":…,"complete":…,"positions":[{"topic":…,"partition":…,"next":…}],"groups":…,
 * "truncated":…,"rows":[{column: value}]}}. {@code asOf} and {@code next} are null where nothing was
 * committed yet; {@code complete} is {@link io.eventplatform.storage.ViewResult#complete}. Query parameters:
 *
 * <ul>
 *   <li>{@code column=value}: rows with this value; repeated, with any of them
 *   <li>{@code column.gte=}, {@code .gt}, {@code .lte}, {@code .lt}: rows in a range, such as of time
 *   <li>{@code group=a,b}: rolls the view up to these of its group columns; empty, to one row of totals
 *   <li>{@code order=a,-b}: sorts, with {@code -} the largest first
 *   <li>{@code limit=n}: cuts the rows; {@code groups} then tells how many there are
 * </ul>
 *
 * <p>Values:
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
 * <p>{@code GET /events/views/{name}}, with the same parameters, and {@code GET /events/status} are streams of
 * server-sent events: the answer as it is, and again whenever it changed, at most once in an
 * {@link Builder#eventInterval}. {@code GET /events} is all of them in one, each view cut to 200 rows.
 *
 * <p>Errors are {@code {"error":…,"message":…}}: 400 {@code bad_parameter} with {@code parameter} and
 * {@code value}, 401 {@code unauthorized}, 403 {@code forbidden_host}, 404 {@code unknown_view},
 * {@code no_status} or {@code not_found}, 405 {@code method_not_allowed}, 503 {@code store_unavailable} if the
 * store fails or {@code too_many_streams}, 500 {@code internal}. What failed is in the log, not in the answer.
 * HEAD is answered like GET, without a body. An answer that breaks off closes the connection before its end.
 *
 * <p>Bounds: 8 requests are answered at a time and 64 wait; the connection of one more is closed. A request
 * that takes longer than a minute, reading it and sending the answer included, loses its connection. 64
 * streams may be open besides; one whose client does not read for ten seconds is closed. An open server
 * keeps the process alive.
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

    /** How often what streams follow is read, unless told. */
    public static final Duration DEFAULT_EVENT_INTERVAL = Duration.ofSeconds(1);

    /** Of a token; a shorter one could be guessed. */
    public static final int MIN_TOKEN_LENGTH = 16;

    /** Longer than a busy client or a short loss of the network takes. */
    static final Duration STREAM_STALL = Duration.ofSeconds(10);

    private static final Duration DRAIN = Duration.ofSeconds(1);

    private final HttpServer http;
    private final RequestPool pool;
    private final EventStreams streams;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ViewServer(HttpServer http, RequestPool pool, EventStreams streams) {
        this.http = http;
        this.pool = pool;
        this.streams = streams;
    }

    /** Starts a server's description; the catalog and its stores stay the caller's. */
    public static Builder builder(Catalog catalog) {
        return new Builder(catalog);
    }

    /** The port it listens on, also if a free one was asked for. */
    public int port() {
        return http.getAddress().getPort();
    }

    /** Where it answers: {@code http://127.0.0.1:8080}; also if it listens on all addresses. */
    public URI url() {
        InetAddress address = http.getAddress().getAddress();
        String host = address.isAnyLocalAddress() ? "127.0.0.1" : address.getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port());
    }

    /**
     * Ends the streams, takes no more requests, gives those it has a second to finish, and breaks off the
     * rest. Idempotent, from any thread.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            streams.close(DRAIN);
            pool.drain(DRAIN);
            http.stop(0);
            pool.stop();
        }
    }

    /** Options of a server; not safe for several threads. */
    public static final class Builder {

        private final Catalog catalog;
        private int port = DEFAULT_PORT;
        private InetAddress address = loopback();
        private Optional<String> token = Optional.empty();
        private Optional<Supplier<PlatformStatus>> status = Optional.empty();
        private Duration eventInterval = DEFAULT_EVENT_INTERVAL;
        private int threads = THREADS;
        private int streams = EventStreams.MAX_STREAMS;
        private Duration streamStall = STREAM_STALL;
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

        /** Where to listen; 127.0.0.1 unless told. Any other than a loopback address needs a {@link #token}. */
        public Builder address(InetAddress where) {
            address = Objects.requireNonNull(where, "where");
            return this;
        }

        /**
         * Answers only requests with {@code Authorization: Bearer <token>}. A browser opens
         * {@code /?token=<token>} instead, and gets a cookie that scripts cannot read and other sites cannot
         * use.
         *
         * @param secret at least {@link #MIN_TOKEN_LENGTH} visible ASCII characters
         */
        public Builder token(String secret) {
            if (!secret.matches("[!-~]{" + MIN_TOKEN_LENGTH + ",}")) {
                throw new IllegalArgumentException("token must be at least " + MIN_TOKEN_LENGTH
                        + " visible ASCII characters, without spaces, but has " + secret.length());
            }
            token = Optional.of(secret);
            return this;
        }

        /** What {@code /status} tells; it is called by several threads, and at least once in an event interval. */
        public Builder status(Supplier<PlatformStatus> supplier) {
            status = Optional.of(supplier);
            return this;
        }

        /** How often what streams follow is read, once for all of them; {@link #DEFAULT_EVENT_INTERVAL} unless told. */
        public Builder eventInterval(Duration interval) {
            if (interval.isNegative() || interval.isZero()) {
                throw new IllegalArgumentException("eventInterval must be positive but was " + interval);
            }
            eventInterval = interval;
            return this;
        }

        Builder streams(int number) {
            streams = number;
            return this;
        }

        Builder streamStall(Duration limit) {
            streamStall = limit;
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
         * @throws IllegalStateException if the address is not a loopback address and there is no token
         * @throws UncheckedIOException if the port is taken
         */
        public ViewServer start() {
            if (!address.isLoopbackAddress() && token.isEmpty()) {
                throw new IllegalStateException("address (" + address.getHostAddress()
                        + ") can be reached from other machines and there is no token; set a token, or listen on"
                        + " 127.0.0.1");
            }
            HttpServer http = listen();
            String name = "view-server-" + http.getAddress().getPort();
            RequestPool pool = new RequestPool(name, threads, QUEUED_REQUESTS, requestLimit);
            EventStreams open =
                    new EventStreams(name, streams, eventInterval, streamStall, new EventReader(catalog, status));
            http.setExecutor(pool);
            http.createContext("/", new Routes(catalog, status, new Gate(http.getAddress(), token), open));
            http.start();
            return new ViewServer(http, pool, open);
        }

        private HttpServer listen() {
            try {
                return HttpServer.create(new InetSocketAddress(address, port), 0);
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "cannot listen on " + address.getHostAddress() + ":" + port + ": " + e.getMessage()
                                + "; choose another port, or 0",
                        e);
            }
        }

        private static InetAddress loopback() {
            try {
                return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
            } catch (UnknownHostException e) {
                throw new IllegalStateException("four bytes are an address", e);
            }
        }
    }
}
