package io.eventplatform.processor.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sources of a worker and the topics that go with them, as they were at start. A consumer would wait for a
 * missing topic in silence, and a companion with too few partitions would stop it at the first record that
 * needs one; so both are looked at before.
 */
final class Topics {

    private static final Logger LOG = LoggerFactory.getLogger(Topics.class);

    /** What brokers take unless a topic says otherwise. */
    private static final int DEFAULT_MAX_MESSAGE_BYTES = 1_048_588;

    private static final Duration DEFAULT_DELETE_RETENTION = Duration.ofDays(1);

    private final Admin admin;
    private final String bootstrapServers;
    private final String howToCreate;
    private final List<String> sources;
    private final List<String> companions;
    private final Map<String, TopicDescription> descriptions = new HashMap<>();
    private final Map<String, Config> configs = new HashMap<>();

    private Topics(
            Admin admin, String bootstrapServers, String howToCreate, List<String> sources, List<String> companions) {
        this.admin = admin;
        this.bootstrapServers = bootstrapServers;
        this.howToCreate = howToCreate;
        this.sources = sources;
        this.companions = companions;
    }

    /**
     * Looks at the sources and their companions.
     *
     * @param howToCreate the method that plans these topics, for messages
     * @throws IllegalStateException if Kafka does not answer, some are missing, sources differ in partitions, or a companion has fewer
     */
    static Topics at(
            Admin admin, String bootstrapServers, String howToCreate, List<String> sources, List<String> companions) {
        Topics topics = new Topics(admin, bootstrapServers, howToCreate, sources, companions);
        List<String> names = topics.names();
        topics.look();
        topics.requireAll(names);
        String source = sources.get(0);
        for (String other : sources) {
            if (topics.partitions(other) != topics.partitions(source)) {
                throw new IllegalStateException("topic " + other + " has " + topics.partitions(other)
                        + " partitions and " + source + " has " + topics.partitions(source)
                        + "; sources of one pipeline need as many, so that a key has one place. " + howToCreate);
            }
        }
        for (String companion : companions) {
            int partitions = topics.partitions(companion);
            if (partitions < topics.partitions(source)) {
                throw new IllegalStateException("topic " + companion + " has " + partitions
                        + " partitions, fewer than its source " + source + " with " + topics.partitions(source)
                        + ". Give it as many: " + howToCreate);
            }
        }
        topics.readConfigs(names);
        return topics;
    }

    private List<String> names() {
        List<String> names = new ArrayList<>(companions);
        names.addAll(sources);
        return names;
    }

    private void look() {
        admin.describeTopics(names()).topicNameValues().forEach(this::described);
    }

    private void described(String name, KafkaFuture<TopicDescription> answer) {
        try {
            descriptions.put(name, answer.get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw new IllegalStateException(
                        "no answer from Kafka at " + bootstrapServers + ". Check that it runs and can be reached from"
                                + " here, and the address and the security properties in KafkaConfig",
                        e);
            }
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw new IllegalStateException(
                        "topic " + name + " cannot be described (" + e.getCause() + "). " + KafkaFailures.fix(e), e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while describing topic " + name, e);
        }
    }

    private void requireAll(List<String> names) {
        List<String> missing = names.stream()
                .filter(name -> !descriptions.containsKey(name))
                .sorted()
                .toList();
        if (!missing.isEmpty()) {
            throw new IllegalStateException("topics " + missing + " do not exist. Create them first: " + howToCreate);
        }
    }

    /** Settings only sharpen a few limits and messages, so lacking the right to read them is no obstacle. */
    private void readConfigs(List<String> names) {
        List<ConfigResource> resources = names.stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        try {
            admin.describeConfigs(resources)
                    .all()
                    .get()
                    .forEach((resource, config) -> configs.put(resource.name(), config));
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof AuthorizationException)) {
                throw new IllegalStateException("settings of topics " + names + " cannot be read: " + e.getCause(), e);
            }
            LOG.info("No right to read the settings of {}; assuming defaults", names);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading settings of topics " + names, e);
        }
    }

    /** The ids of the sources, by name. */
    Map<String, Uuid> sourceIds() {
        Map<String, Uuid> ids = new HashMap<>();
        sources.forEach(source -> ids.put(source, id(source)));
        return ids;
    }

    Uuid id(String topic) {
        return describe(topic).topicId();
    }

    int partitions(String topic) {
        return describe(topic).partitions().size();
    }

    private TopicDescription describe(String topic) {
        TopicDescription description = descriptions.get(topic);
        if (description == null) {
            throw new IllegalStateException("topic " + topic + " was not looked at");
        }
        return description;
    }

    /** The largest record a topic takes. */
    int maxMessageBytes(String topic) {
        String value = config(topic, "max.message.bytes");
        return value.isEmpty() ? DEFAULT_MAX_MESSAGE_BYTES : Integer.parseInt(value);
    }

    /** How long tombstones stay in a compacted topic at least. */
    Duration deleteRetention(String topic) {
        String value = config(topic, "delete.retention.ms");
        return value.isEmpty() ? DEFAULT_DELETE_RETENTION : Duration.ofMillis(Long.parseLong(value));
    }

    /** Refuses a state topic whose records would expire. */
    void requireCompacted(String topic) {
        String policy = config(topic, "cleanup.policy");
        if (!policy.isEmpty() && !policy.equals("compact")) {
            throw new IllegalStateException("topic " + topic + " has cleanup.policy " + policy
                    + ", so its state would expire. Set it to compact: " + howToCreate);
        }
    }

    private String config(String topic, String name) {
        Config config = configs.get(topic);
        ConfigEntry entry = config == null ? null : config.get(name);
        return entry == null || entry.value() == null ? "" : entry.value();
    }

    /**
     * Refuses a partition that was added to a source while one of the other topics has none of that number.
     *
     * @throws StoppedException if so
     */
    void requireCompanions(TopicPartition partition) {
        if (lacking(partition).isEmpty()) {
            return;
        }
        look(); // they may have grown, too
        List<String> lacking = lacking(partition);
        if (!lacking.isEmpty()) {
            throw new StoppedException(
                    partition.topic() + " has got partition " + partition.partition() + ", which " + lacking
                            + " lack. Give them as many partitions (" + howToCreate + "), then restart",
                    null);
        }
    }

    private List<String> lacking(TopicPartition partition) {
        return names().stream()
                .filter(name -> !name.equals(partition.topic()) && partitions(name) <= partition.partition())
                .sorted()
                .toList();
    }
}
