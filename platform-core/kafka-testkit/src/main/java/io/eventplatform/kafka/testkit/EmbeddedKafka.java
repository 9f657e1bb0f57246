package io.eventplatform.kafka.testkit;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;

/**
 * A real single-node Kafka broker in this process.
 *
 * <p>It is Kafka's own server, controller and broker in one, so transactions, consumer groups, compaction and recovery
 * behave as they do in production. It listens on 127.0.0.1 only, without encryption or authentication, and is meant for
 * tests and demonstrations. Compared with Kafka's defaults, topics are never created automatically, internal topics have
 * four partitions and one replica, and groups rebalance at once; {@link Builder#property} changes any of it.
 *
 * <p>When Kafka cannot go on it ends its process. Here it ends only the broker: the fault is logged at ERROR, and {@link
 * #createTopic} and {@link #close} throw from then on. For this, {@link org.apache.kafka.common.utils.Exit} procedures
 * are set while a broker runs and reset to Kafka's own when the last one is closed.
 *
 * <p>Thread-safe. The caller owns the broker and closes it; until then its threads keep the JVM alive.
 */
public final class EmbeddedKafka implements AutoCloseable {

    /** A free port can be taken before Kafka binds it; that it happens this often in a row means something else. */
    private static final int START_ATTEMPTS = 5;

    private final DataDirectory directory;
    private final FencedServer server;
    private final String bootstrapServers;
    private final @Nullable String proxyTarget;
    private final Object closing = new Object();
    private volatile boolean closed;

    private EmbeddedKafka(DataDirectory directory, FencedServer server, int port, @Nullable String proxyTarget) {
        this.directory = directory;
        this.server = server;
        this.bootstrapServers = BrokerSettings.HOST + ":" + port;
        this.proxyTarget = proxyTarget;
    }

    /**
     * Starts a broker on a free port, in a temporary directory that is deleted when the broker is closed.
     *
     * @throws IllegalStateException if the broker did not start; nothing is left running
     */
    public static EmbeddedKafka start() {
        return builder().start();
    }

    /** Starts from the same defaults as {@link #start()}. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A name no other call returns, {@code prefix-} and eight characters, for the topics, groups and transactional ids of
     * tests that share a broker.
     */
    public static String uniqueName(String prefix) {
        return requireNonNull(prefix, "prefix") + "-"
                + UUID.randomUUID().toString().substring(0, 8);
    }

    /** Where clients connect, such as {@code 127.0.0.1:40213}; past the proxy, if the broker is behind one. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /**
     * Where a proxy in another process connects, for its {@link FaultProxy#forwardTo}; differs with each start.
     *
     * @throws IllegalStateException if the broker was not started {@link Builder#behind(String) behind} a proxy
     */
    public String proxyTarget() {
        if (proxyTarget == null) {
            throw new IllegalStateException(
                    "[" + bootstrapServers + "] The broker is behind no proxy. Start it with behind(...).");
        }
        return proxyTarget;
    }

    /** Where the broker keeps its data, as an absolute path. */
    public Path dataDirectory() {
        return directory.path();
    }

    /**
     * Creates a topic and waits until clients can write to and read from every partition of it.
     *
     * <p>Blocks for at most 30 seconds.
     *
     * @param partitions at least 1
     * @param config topic settings that differ from the broker's defaults, such as {@code cleanup.policy}
     * @throws TopicExistsException if there is a topic of this name; it was not changed
     * @throws KafkaException if the broker refused the topic, or did not answer in time
     * @throws IllegalStateException if the broker is closed, or Kafka ended it after a fault
     */
    public void createTopic(String name, int partitions, Map<String, String> config) {
        requireNonNull(name, "name");
        if (partitions < 1) {
            throw new IllegalArgumentException("partitions must be at least 1 but was " + partitions);
        }
        Map<String, String> settings = Map.copyOf(config);
        requireRunning();
        new TopicCreation(bootstrapServers, server, name, partitions).run(settings);
    }

    /**
     * Throws if the broker cannot answer any more.
     *
     * @throws IllegalStateException if the broker is closed, or Kafka ended it after a fault
     */
    void requireRunning() {
        if (closed) {
            throw new IllegalStateException("[" + bootstrapServers + "] The broker is closed. Start a new one.");
        }
        server.requireAlive();
    }

    /**
     * Stops the broker; a directory given with {@link Builder#dataDirectory} keeps its data, a temporary one is deleted.
     *
     * <p>Clients that are still open lose their connection. May be called repeatedly, from any thread and from a shutdown
     * hook; all calls but the first do nothing. Blocks for at most 30 seconds, interrupted or not.
     *
     * @throws IllegalStateException if the broker did not stop in time, its data directory then stays locked; or if Kafka
     *     had ended the broker after a fault, everything is then released all the same
     */
    @Override
    public void close() {
        synchronized (closing) {
            if (closed) {
                return;
            }
            closed = true;
            server.stop();
            directory.markStopped();
            directory.close();
        }
        server.requireAlive();
    }

    /**
     * Options of an {@link EmbeddedKafka}.
     *
     * <p>Not thread-safe; can be used for several brokers.
     */
    public static final class Builder {

        private final Map<String, String> properties = new LinkedHashMap<>();
        private @Nullable Path dataDirectory;
        private int port;
        private @Nullable String proxy;
        private Consumer<String> onProxyTarget = target -> {};

        private Builder() {}

        /**
         * Keeps the data in this directory, which is created when missing and survives the broker.
         *
         * <p>A later broker on the same directory, in this process or another, continues with the topics, records,
         * offsets and transactions of the earlier one, also after its process was killed and also on another port. One
         * broker at a time. Default: a temporary directory, deleted when the broker is closed.
         */
        public Builder dataDirectory(Path directory) {
            this.dataDirectory = requireNonNull(directory, "directory");
            return this;
        }

        /**
         * Listens on this port of 127.0.0.1.
         *
         * @param port 0 to 65535; 0, the default, picks a free one
         */
        public Builder port(int port) {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port must be between 0 and 65535 but was " + port);
            }
            this.port = port;
            return this;
        }

        /**
         * Sets a broker property, such as {@code message.max.bytes}; the last value for a name wins, also over our
         * defaults.
         *
         * @throws IllegalArgumentException if the property would contradict what this class decides: node, roles,
         *     listeners and directories
         */
        public Builder property(String name, String value) {
            BrokerSettings.requireFree(requireNonNull(name, "name"));
            properties.put(name, requireNonNull(value, "value"));
            return this;
        }

        /**
         * Puts the broker behind this proxy: clients that connect to {@link FaultProxy#bootstrapServers()} reach the broker
         * through the proxy only. {@link EmbeddedKafka#bootstrapServers()} still leads past it, and the broker's own
         * traffic does not pass it.
         *
         * <p>Each broker that is started so becomes the one the proxy forwards to. The broker does not close the proxy.
         */
        public Builder behind(FaultProxy proxy) {
            behind(proxy.bootstrapServers());
            this.onProxyTarget = proxy::forwardTo;
            return this;
        }

        /**
         * Puts the broker behind a proxy in another process, which must then be told {@link EmbeddedKafka#proxyTarget()}.
         *
         * @param proxyAddress where clients reach the proxy, such as {@code 127.0.0.1:40213}
         * @throws IllegalArgumentException if it is not a host and a port
         */
        public Builder behind(String proxyAddress) {
            this.proxy =
                    Address.parse(requireNonNull(proxyAddress, "proxyAddress")).toString();
            this.onProxyTarget = target -> {};
            return this;
        }

        /** Whether {@link #behind} was called. */
        boolean isBehindProxy() {
            return proxy != null;
        }

        /**
         * Starts a broker and waits until clients can use it.
         *
         * <p>Takes a few seconds in a fresh JVM, less than one afterwards, and about three seconds more on the data of a
         * broker that was killed.
         * Gives up after a minute, or after the property {@code server.max.startup.time.ms}.
         *
         * @throws IllegalStateException if the broker did not start: its port or data directory is in use, a property is
         *     invalid or contradicts {@link #behind}, or the data is damaged; nothing is left running
         * @throws java.io.UncheckedIOException if the data directory cannot be read or written
         */
        public EmbeddedKafka start() {
            if (proxy != null) {
                BrokerSettings.requireFreeForProxy(properties.keySet());
            }
            DataDirectory directory =
                    dataDirectory == null ? DataDirectory.temporary() : DataDirectory.at(dataDirectory);
            try {
                if (directory.takeOverFromKilled()) {
                    FormerSelf.letGo(directory, port, properties);
                }
                directory.format();
                return startIn(directory);
            } catch (Throwable t) {
                directory.close();
                throw t;
            }
        }

        private EmbeddedKafka startIn(DataDirectory directory) {
            for (int attempt = 1; ; attempt++) {
                Ports ports = Ports.find(port);
                FencedServer server = new FencedServer(directory.path());
                try {
                    server.start(settings(directory, ports));
                    return started(directory, server, ports);
                } catch (Throwable t) {
                    boolean stopped = server.stopAfter(t);
                    if (!stopped || attempt == START_ATTEMPTS || !Ports.wereTaken(t)) {
                        throw t;
                    }
                }
            }
        }

        private Properties settings(DataDirectory directory, Ports ports) {
            return proxy == null
                    ? BrokerSettings.of(directory.logs(), ports, properties)
                    : BrokerSettings.behind(proxy, directory.logs(), ports, properties);
        }

        private EmbeddedKafka started(DataDirectory directory, FencedServer server, Ports ports) {
            String proxyTarget = proxy == null ? null : BrokerSettings.HOST + ":" + ports.proxied();
            if (proxyTarget != null) {
                onProxyTarget.accept(proxyTarget);
            }
            return new EmbeddedKafka(directory, server, ports.broker(), proxyTarget);
        }
    }
}
