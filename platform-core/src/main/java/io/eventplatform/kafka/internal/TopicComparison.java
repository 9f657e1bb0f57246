package io.eventplatform.kafka.internal;

import io.eventplatform.kafka.TopicPlanException.Difference;
import io.eventplatform.kafka.TopicSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Finds where topics that exist are not as planned; what a spec does not name is not compared. */
final class TopicComparison {

    private TopicComparison() {}

    static List<Difference> compare(AdminSession session, List<TopicSpec> topics, Map<String, TopicDescription> found) {
        List<Difference> differences = new ArrayList<>();
        Map<String, Config> settings = settings(
                session,
                topics.stream()
                        .filter(topic -> found.containsKey(topic.name())
                                && !topic.config().isEmpty())
                        .map(TopicSpec::name)
                        .toList());
        for (TopicSpec topic : topics) {
            @Nullable TopicDescription description = found.get(topic.name());
            if (description != null) {
                comparePartitions(topic, description, differences);
                compareReplication(topic, description, differences);
            }
            @Nullable Config config = settings.get(topic.name());
            if (config != null) {
                compareSettings(topic, config, differences);
            }
        }
        return differences;
    }

    private static Map<String, Config> settings(AdminSession session, Collection<String> names) {
        Map<String, Config> settings = new HashMap<>();
        for (Map.Entry<String, KafkaFuture<Config>> answer : ask(session, names).entrySet()) {
            settings.put(answer.getKey(), awaitSettings(session, answer.getKey(), answer.getValue()));
        }
        return settings;
    }

    private static Map<String, KafkaFuture<Config>> ask(AdminSession session, Collection<String> names) {
        Map<String, KafkaFuture<Config>> answers = new HashMap<>();
        if (!names.isEmpty()) {
            session.admin()
                    .describeConfigs(
                            names.stream()
                                    .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                                    .toList(),
                            new DescribeConfigsOptions().timeoutMs(session.remainingMillis()))
                    .values()
                    .forEach((resource, answer) -> answers.put(resource.name(), answer));
        }
        return answers;
    }

    /** The broker that answers may not have heard yet of a topic that another one has just described. */
    private static Config awaitSettings(AdminSession session, String topic, KafkaFuture<Config> first) {
        String question = "describe the settings of topic " + topic;
        KafkaFuture<Config> answer = first;
        while (true) {
            try {
                return session.await(answer, question);
            } catch (ExecutionException e) {
                Throwable cause = Objects.requireNonNull(e.getCause());
                if (!(cause instanceof UnknownTopicOrPartitionException)) {
                    throw session.refused(question, cause);
                }
                session.pause(question);
                answer = Objects.requireNonNull(ask(session, List.of(topic)).get(topic));
            }
        }
    }

    private static void comparePartitions(TopicSpec topic, TopicDescription found, List<Difference> differences) {
        int actual = found.partitions().size();
        if (actual < topic.partitions()) {
            differences.add(new Difference(
                    topic.name(),
                    "partitions",
                    Integer.toString(topic.partitions()),
                    Integer.toString(actual),
                    "Plan " + actual + ", or add partitions with kafka-topics.sh --alter, which moves keys to other"
                            + " partitions"));
        } else if (actual > topic.partitions()) {
            differences.add(new Difference(
                    topic.name(),
                    "partitions",
                    Integer.toString(topic.partitions()),
                    Integer.toString(actual),
                    "Plan " + actual + ", or use another topic, for Kafka cannot take partitions away"));
        }
    }

    private static void compareReplication(TopicSpec topic, TopicDescription found, List<Difference> differences) {
        int actual = found.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
        if (topic.replicationFactor() != TopicSpec.BROKER_DEFAULT && topic.replicationFactor() != actual) {
            differences.add(new Difference(
                    topic.name(),
                    "replication factor",
                    Integer.toString(topic.replicationFactor()),
                    Integer.toString(actual),
                    "Plan " + actual + ", or move replicas with kafka-reassign-partitions.sh"));
        }
    }

    private static void compareSettings(TopicSpec topic, Config found, List<Difference> differences) {
        topic.config().forEach((name, expected) -> {
            @Nullable ConfigEntry entry = found.get(name);
            if (entry == null) {
                differences.add(new Difference(
                        topic.name(), name, expected, "no such setting", "Correct its name in the TopicSpec"));
            } else if (!expected.equals(entry.value())) {
                differences.add(new Difference(
                        topic.name(),
                        name,
                        expected,
                        entry.value(),
                        "Plan " + entry.value() + ", or set it with kafka-configs.sh --alter"));
            }
        });
    }
}
