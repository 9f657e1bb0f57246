package io.eventplatform.kafka.testkit;

import static java.util.Map.entry;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/** The broker properties of a node: ours, overridden by the user's, completed by what only this package may decide. */
final class BrokerSettings {

    static final String HOST = "127.0.0.1";
    static final int NODE_ID = 1;
    static final String CONTROLLER_LISTENER = "CONTROLLER";
    private static final String BROKER_LISTENER = "PLAINTEXT";
    private static final String PROXIED_LISTENER = "PROXIED";

    /** What differs from Kafka's own defaults. */
    static final Map<String, String> DEFAULTS = Map.ofEntries(
            // With one node, more than one replica or in-sync replica is never reached, and transactions would hang.
            entry("offsets.topic.replication.factor", "1"),
            entry("transaction.state.log.replication.factor", "1"),
            entry("transaction.state.log.min.isr", "1"),
            entry("share.coordinator.state.topic.replication.factor", "1"),
            entry("share.coordinator.state.topic.min.isr", "1"),
            // Kafka's 50 partitions per internal topic are what makes a first transaction or group slow.
            entry("offsets.topic.num.partitions", "4"),
            entry("transaction.state.log.num.partitions", "4"),
            entry("share.coordinator.state.topic.num.partitions", "4"),
            // A test with a mistyped topic should fail, not read from an empty topic.
            entry("auto.create.topics.enable", "false"),
            // Groups form at once, and a test may choose how soon a crashed member is noticed.
            entry("group.initial.rebalance.delay.ms", "0"),
            entry("group.min.session.timeout.ms", "500"),
            entry("group.consumer.min.session.timeout.ms", "500"),
            entry("group.consumer.min.heartbeat.interval.ms", "100"),
            entry("group.consumer.heartbeat.interval.ms", "500"),
            // After a crash the node cannot register again until the controller has given up its former self.
            entry("broker.session.timeout.ms", "1500"),
            entry("broker.heartbeat.interval.ms", "250"),
            entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000"),
            // Kafka waits for ever; a test should fail instead.
            entry("server.max.startup.time.ms", "60000"),
            // One node for one program: few threads, little memory, no JMX.
            entry("num.network.threads", "2"),
            entry("num.io.threads", "4"),
            entry("background.threads", "2"),
            entry("num.replica.fetchers", "1"),
            entry("num.recovery.threads.per.data.dir", "1"),
            entry("group.coordinator.threads", "1"),
            entry("share.coordinator.threads", "1"),
            entry("log.cleaner.threads", "1"),
            entry("log.cleaner.dedupe.buffer.size", "4194304"),
            entry("metric.reporters", ""));

    /** Properties this package decides, with what a user can do instead. */
    private static final Map<String, String> DECIDED = Map.of(
            "process.roles", "The node is always controller and broker.",
            "node.id", "The node is always " + NODE_ID + ".",
            "broker.id", "The node is always " + NODE_ID + ".",
            "controller.quorum.voters", "The node is its own quorum.",
            "controller.quorum.bootstrap.servers", "The node is its own quorum.",
            "controller.listener.names", "The controller listens on a port of its own.",
            "listeners", "Use port(int), and behind(FaultProxy) for a listener behind a proxy.",
            "log.dirs", "Use dataDirectory(Path).",
            "log.dir", "Use dataDirectory(Path).",
            "metadata.log.dir", "Use dataDirectory(Path).");

    private BrokerSettings() {}

    static void requireFree(String name) {
        String instead = DECIDED.get(name);
        if (instead != null) {
            throw new IllegalArgumentException("Property " + name + " cannot be set. " + instead);
        }
    }

    /** The properties that {@link #behind} needs for itself. */
    static void requireFreeForProxy(Set<String> names) {
        for (String name : List.of("advertised.listeners", "listener.security.protocol.map")) {
            if (names.contains(name)) {
                throw new IllegalStateException("Property " + name + " cannot be set together with behind(...),"
                        + " which decides it. Leave one of the two out.");
            }
        }
    }

    /** A node that is controller alone: no client and no broker can reach it. */
    static Properties controllerOnly(Path logs, Ports ports, Map<String, String> overrides) {
        Properties settings = of(logs, ports, overrides);
        settings.put("process.roles", "controller");
        settings.put("listeners", CONTROLLER_LISTENER + "://" + HOST + ":" + ports.controller());
        settings.remove("advertised.listeners");
        return settings;
    }

    static Properties of(Path logs, Ports ports, Map<String, String> overrides) {
        Properties settings = new Properties();
        settings.putAll(DEFAULTS);
        settings.putAll(overrides);
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", Integer.toString(NODE_ID));
        // A static quorum: unlike a dynamic one, its address is not stored in the log, and may change with each start.
        settings.put("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + ports.controller());
        settings.put("controller.listener.names", CONTROLLER_LISTENER);
        settings.put(
                "listeners",
                BROKER_LISTENER + "://" + HOST + ":" + ports.broker() + "," + CONTROLLER_LISTENER + "://" + HOST + ":"
                        + ports.controller());
        settings.put("log.dirs", logs.toString());
        return settings;
    }

    /**
     * A node with a listener of its own for a proxy. Clients that come there are sent to the proxy; the node itself, which
     * is a client too when it completes transactions, and all others go past it.
     */
    static Properties behind(String proxy, Path logs, Ports ports, Map<String, String> overrides) {
        Properties settings = of(logs, ports, overrides);
        settings.put(
                "listeners",
                settings.getProperty("listeners") + "," + PROXIED_LISTENER + "://" + HOST + ":" + ports.proxied());
        settings.put(
                "advertised.listeners",
                BROKER_LISTENER + "://" + HOST + ":" + ports.broker() + "," + PROXIED_LISTENER + "://" + proxy);
        settings.put(
                "listener.security.protocol.map",
                BROKER_LISTENER + ":PLAINTEXT," + PROXIED_LISTENER + ":PLAINTEXT," + CONTROLLER_LISTENER
                        + ":PLAINTEXT");
        return settings;
    }
}
