package io.eventplatform.processor.internal;

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
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The source of a worker and the topics that go with it, as they were at start. A consumer would wait for a
 * missing topic in silence, and a companion with too few partitions would stop it at the first record that
 * needs one; so both are looked at before.
 */
final class Topics {

    private static final Logger LOG = LoggerFactory.getLogger(Topics.class);

    /** What brokers take unless a topic says otherwise. */
    private static final int DEFAULT_MAX_MESSAGE_BYTES = 1_048_588;

    private final String source;
    private final String howToCreate;
    private final Map<String, TopicDescription> descriptions = new HashMap<>();
    private final Map<String, Config> configs = new HashMap<>();
    private int leastCompanionPartitions = Integer.MAX_VALUE;

    private Topics(String source, String howToCreate) {
        this.source = source;
        this.howToCreate = howToCreate;
    }

    /**
     * Looks at the source and its companions.
     *
     * @param howToCreate the method that plans these topics, for messages
     * @throws IllegalStateException if some are missing, or one has fewer partitions than the source
     */
    static Topics at(Admin admin, String howToCreate, String source, List<String> companions) {
        Topics topics = new Topics(source, howToCreate);
        List<String> names = new ArrayList<>(companions);
        names.add(source);
        admin.describeTopics(names).topicNameValues().forEach(topics::described);
        topics.requireAll(names);
        for (String companion : companions) {
            int partitions = topics.partitions(companion);
            topics.leastCompanionPartitions = Math.min(topics.leastCompanionPartitions, partitions);
            if (partitions < topics.partitions(source)) {
                throw new IllegalStateException("topic " + companion + " has " + partitions
                        + " partitions, fewer than its source " + source + " with " + topics.partitions(source)
                        + ". Give it as many: " + howToCreate);
            }
        }
        topics.readConfigs(admin, names);
        return topics;
    }

    private void described(String name, KafkaFuture<TopicDescription> answer) {
        try {
            descriptions.put(name, answer.get());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw new IllegalStateException("topic " + name + " cannot be described: " + e.getCause(), e);
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
    private void readConfigs(Admin admin, List<String> names) {
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

    TopicDescription source() {
        return describe(source);
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
     * Refuses a partition of the source that was added while its companions have none of that number.
     *
     * @throws StoppedException if so
     */
    void requireCompanions(int partition) {
        if (partition >= leastCompanionPartitions) {
            throw new StoppedException(
                    source + " has got partition " + partition + ", which the topics that go with it lack. Give them as"
                            + " many partitions (" + howToCreate + "), then restart",
                    null);
        }
    }
}
