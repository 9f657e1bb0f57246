package io.eventplatform.kafka;

import io.eventplatform.kafka.internal.KafkaClients;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * How to reach a Kafka cluster: its address and any client property, such as those of TLS and SASL.
 *
 * <p>One value serves producers, consumers and admin clients; each takes the properties it knows.
 * Properties that would break a guarantee of the library, or that one of its components decides, are
 * refused by name. Immutable.
 *
 * <pre>{@code
 * KafkaConfig kafka = KafkaConfig.of("broker-1:9093,broker-2:9093")
 *         .with("security.protocol", "SASL_SSL")
 *         .with("sasl.mechanism", "SCRAM-SHA-512")
 *         .with("sasl.jaas.config", jaasFromTheSecretStore);
 * }</pre>
 */
public final class KafkaConfig {

    private static final Pattern SERVER = Pattern.compile("\\S+:\\d{1,5}");
    private static final String MASK = "***";

    private final String bootstrapServers;
    private final Map<String, Object> properties;

    private KafkaConfig(String bootstrapServers, Map<String, Object> properties) {
        this.bootstrapServers = bootstrapServers;
        this.properties = Collections.unmodifiableMap(properties);
    }

    /**
     * Without further properties: for brokers that need neither encryption nor authentication.
     *
     * @param bootstrapServers brokers to begin with, as {@code host:port}, separated by commas
     */
    public static KafkaConfig of(String bootstrapServers) {
        Objects.requireNonNull(bootstrapServers, "bootstrapServers");
        List<String> servers = List.of(bootstrapServers.split(",", -1));
        for (String server : servers) {
            if (!SERVER.matcher(server.strip()).matches()) {
                throw new IllegalArgumentException("bootstrapServers must be host:port, separated by commas, but was \""
                        + bootstrapServers + "\"");
            }
        }
        return new KafkaConfig(
                String.join(",", servers.stream().map(String::strip).toList()), new TreeMap<>());
    }

    /**
     * A copy with one more client property, or with another value for it.
     *
     * @param value what the client takes: a string, number, boolean, class, list or an object of yours
     * @throws IllegalArgumentException if the library does not let this property be set; the message says
     *     why and what to do instead, and never holds the value
     */
    public KafkaConfig with(String property, Object value) {
        Objects.requireNonNull(property, "property");
        Objects.requireNonNull(value, property);
        RefusedProperties.check(property);
        Map<String, Object> copy = new TreeMap<>(properties);
        copy.put(property, value instanceof List<?> list ? List.copyOf(list) : value);
        return new KafkaConfig(bootstrapServers, copy);
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** The properties given to {@link #with}, sorted by name and unmasked: they may hold secrets, so do not print them. */
    public Map<String, Object> properties() {
        return properties;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KafkaConfig that
                && bootstrapServers.equals(that.bootstrapServers)
                && properties.equals(that.properties);
    }

    @Override
    public int hashCode() {
        return Objects.hash(bootstrapServers, properties);
    }

    /** Address and properties; secrets, and values of properties that Kafka does not define, are masked. */
    @Override
    public String toString() {
        Map<String, Object> printable = new TreeMap<>(properties);
        printable.replaceAll((name, value) -> KafkaClients.isPrintable(name) ? value : MASK);
        return "KafkaConfig[" + bootstrapServers + ", " + printable + "]";
    }
}
