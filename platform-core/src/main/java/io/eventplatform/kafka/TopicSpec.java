package io.eventplatform.kafka;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A topic as an application needs it.
 *
 * @param replicationFactor copies of each partition, or {@link #BROKER_DEFAULT}
 * @param config the topic's own settings, such as {@code retention.ms}; what is not named here is left to
 *     the broker and never compared
 */
public record TopicSpec(String name, int partitions, int replicationFactor, Map<String, String> config) {

    /** As a replication factor: the broker's default is used, and any is accepted. */
    public static final int BROKER_DEFAULT = -1;

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    public TopicSpec {
        Objects.requireNonNull(name, "name");
        if (!NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException(
                    "name must be 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-' but was \"" + name + "\"");
        }
        if (partitions < 1) {
            throw new IllegalArgumentException(
                    "partitions of topic " + name + " must be at least 1 but was " + partitions);
        }
        if (replicationFactor != BROKER_DEFAULT && (replicationFactor < 1 || replicationFactor > Short.MAX_VALUE)) {
            throw new IllegalArgumentException("replicationFactor of topic " + name + " must be 1 to " + Short.MAX_VALUE
                    + ", or " + BROKER_DEFAULT + " for the broker's default, but was " + replicationFactor);
        }
        config.forEach((key, value) -> {
            Objects.requireNonNull(key, "a config key of topic " + name);
            Objects.requireNonNull(value, key);
        });
        config = Collections.unmodifiableMap(new TreeMap<>(config));
    }

    /** A topic with the broker's default replication factor and settings. */
    public static TopicSpec of(String name, int partitions) {
        return new TopicSpec(name, partitions, BROKER_DEFAULT, Map.of());
    }

    /** A copy with one more setting of the topic, or with another value for it. */
    public TopicSpec with(String key, String value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, key);
        Map<String, String> copy = new TreeMap<>(config);
        copy.put(key, value);
        return new TopicSpec(name, partitions, replicationFactor, copy);
    }

    public TopicSpec withReplicationFactor(int copies) {
        return new TopicSpec(name, partitions, copies, config);
    }
}
