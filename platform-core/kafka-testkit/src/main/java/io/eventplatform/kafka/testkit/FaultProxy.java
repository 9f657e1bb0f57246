package io.eventplatform.kafka.testkit;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between Kafka's clients and a broker and makes the network between them fail on demand: all at once, for
 * requests of one kind, or for one client.
 *
 * <pre>{@code
 * try (FaultProxy proxy = FaultProxy.listen();
 *         EmbeddedKafka kafka = EmbeddedKafka.builder().behind(proxy).start()) {
 *     Fault lost = proxy.dropResponses(ApiKind.END_TXN, 1);
 *     // a client with bootstrap.servers = proxy.bootstrapServers() commits
 *     lost.awaitStrikes(1, Duration.ofSeconds(30)); // committed, and the client was not told
 * }
 * }</pre>
 *
 * <p>Who connects to {@link EmbeddedKafka#bootstrapServers()} goes past the proxy, for example to look at what arrived.
 * A broker that restarts behind the proxy is found again, also on another port; meanwhile connections are closed as
 * they come. The proxy speaks no TLS and passes bytes as they are. It listens on 127.0.0.1.
 *
 * <p>Thread-safe. The caller owns the proxy and closes it; its threads do not keep the JVM alive.
 */
public final class FaultProxy extends Faults implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FaultProxy.class);

    private final Traffic traffic;
    private final ServerSocket server;
    private volatile @Nullable Address broker;

    private FaultProxy(Traffic traffic, ServerSocket server) {
        super(traffic, "");
        this.traffic = traffic;
        this.server = server;
    }

    /** Listens on a free port, before there is a broker: place that with {@link EmbeddedKafka.Builder#behind}. */
    public static FaultProxy listen() {
        try {
            FaultProxy proxy = new FaultProxy(new Traffic(), Ports.listen());
            proxy.acceptInBackground();
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("No port of " + BrokerSettings.HOST + " can be listened on", e);
        }
    }

    /** Where clients connect to the broker through this proxy, such as {@code 127.0.0.1:40213}. */
    public String bootstrapServers() {
        return BrokerSettings.HOST + ":" + server.getLocalPort();
    }

    /**
     * Lets new connections lead to the broker at this address.
     *
     * <p>Only needed for a broker in another process; one in this process tells the proxy of each of its starts. The
     * broker must tell its clients to connect to {@link #bootstrapServers()}; see {@link
     * EmbeddedKafka.Builder#behind(String)}.
     *
     * @param address such as {@code 127.0.0.1:40214}
     * @throws IllegalArgumentException if it is not a host and a port
     */
    public void forwardTo(String address) {
        broker = Address.parse(requireNonNull(address, "address"));
    }

    /**
     * The clients whose {@code client.id} begins with this, to place faults on them alone.
     *
     * @param idPrefix at least one character
     */
    public Faults clients(String idPrefix) {
        if (idPrefix.isEmpty()) {
            throw new IllegalArgumentException("idPrefix must not be empty; faults on all clients are the proxy's own");
        }
        return new Faults(traffic, idPrefix);
    }

    private void acceptInBackground() {
        Thread thread = new Thread(this::accept, "fault-proxy-accept");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                traffic.open(client, broker);
            } catch (IOException e) {
                if (!server.isClosed()) {
                    LOG.error("[{}] The proxy accepts no more connections", bootstrapServers(), e);
                    close();
                }
            }
        }
    }

    /** Breaks all connections and listens no more. May be called repeatedly, from any thread. */
    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            LOG.debug("[{}] The socket could not be closed", server, e);
        }
        traffic.close();
    }
}
