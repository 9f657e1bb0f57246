package io.eventplatform.kafka.internal;

import io.eventplatform.kafka.KafkaAccessException;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.TopicPlan;
import io.eventplatform.kafka.TopicPlanException;
import io.eventplatform.kafka.TopicPlanException.Difference;
import io.eventplatform.kafka.TopicReport;
import io.eventplatform.kafka.TopicSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Creates the topics of a plan and compares what exists with it. */
public final class TopicAdmin {

    /** How long a broker may be behind the one that created a topic. */
    private static final Duration NEW_TOPIC_DELAY = Duration.ofSeconds(1);

    private TopicAdmin() {}

    /** See {@link TopicPlan#createOrVerify}. */
    public static TopicReport createOrVerify(TopicPlan plan, KafkaConfig kafka, Duration timeout) {
        Objects.requireNonNull(kafka, "kafka");
        Objects.requireNonNull(timeout, "timeout");
        if (plan.topics().isEmpty()) {
            return new TopicReport(List.of(), List.of());
        }
        try (AdminSession session = AdminSession.open(kafka, timeout)) {
            List<Difference> differences = new ArrayList<>();
            Map<String, TopicDescription> found = describe(session, names(plan.topics()));
            Set<String> created = create(session, missing(plan, found), differences);
            // A topic that another instance created between the two questions is compared like any other.
            found.putAll(awaitDescriptions(session, lacking(plan, found, created, differences)));
            awaitLeaders(session, plan, found, created);
            differences.addAll(TopicComparison.compare(session, plan.topics(), found));
            return report(session, plan, created, differences);
        }
    }

    /** See {@link TopicPlan#verify}. */
    public static TopicReport verify(TopicPlan plan, KafkaConfig kafka, Duration timeout) {
        Objects.requireNonNull(kafka, "kafka");
        Objects.requireNonNull(timeout, "timeout");
        if (plan.topics().isEmpty()) {
            return new TopicReport(List.of(), List.of());
        }
        try (AdminSession session = AdminSession.open(kafka, timeout)) {
            Map<String, TopicDescription> found = describe(session, names(plan.topics()));
            List<Difference> differences = new ArrayList<>();
            for (TopicSpec topic : missing(plan, found)) {
                differences.add(new Difference(
                        topic.name(),
                        "existence",
                        "a topic",
                        "none",
                        "Create it with TopicPlan.createOrVerify or as an administrator"));
            }
            differences.addAll(TopicComparison.compare(session, plan.topics(), found));
            return report(session, plan, Set.of(), differences);
        }
    }

    /**
     * How many partitions a topic has; empty if there is no such topic. Never creates it.
     *
     * <p>That there is none is said after a second only, or half of a shorter timeout: brokers learn of a new
     * topic one after the other.
     *
     * @throws KafkaAccessException if the cluster cannot be asked, or not in time
     */
    public static OptionalInt partitions(KafkaConfig kafka, String topic, Duration timeout) {
        long newTopicKnownNanos = System.nanoTime()
                + Math.min(NEW_TOPIC_DELAY.toNanos(), timeout.dividedBy(2).toNanos());
        try (AdminSession session = AdminSession.open(kafka, timeout)) {
            while (true) {
                @Nullable
                TopicDescription found = describe(session, Set.of(topic)).get(topic);
                if (found != null) {
                    return OptionalInt.of(found.partitions().size());
                }
                if (System.nanoTime() - newTopicKnownNanos >= 0) {
                    return OptionalInt.empty();
                }
                session.pause("describe topic " + topic);
            }
        }
    }

    private static Set<String> names(Collection<TopicSpec> topics) {
        Set<String> names = new LinkedHashSet<>();
        topics.forEach(topic -> names.add(topic.name()));
        return names;
    }

    private static List<TopicSpec> missing(TopicPlan plan, Map<String, TopicDescription> found) {
        return plan.topics().stream()
                .filter(topic -> !found.containsKey(topic.name()))
                .toList();
    }

    private static Map<String, TopicDescription> describe(AdminSession session, Set<String> names) {
        Map<String, TopicDescription> found = new HashMap<>();
        if (names.isEmpty()) {
            return found;
        }
        Map<String, KafkaFuture<TopicDescription>> answers = session.admin()
                .describeTopics(names, new DescribeTopicsOptions().timeoutMs(session.remainingMillis()))
                .topicNameValues();
        answers.forEach((name, answer) -> {
            String question = "describe topic " + name;
            try {
                found.put(name, session.await(answer, question));
            } catch (ExecutionException e) {
                Throwable cause = Objects.requireNonNull(e.getCause());
                if (!(cause instanceof UnknownTopicOrPartitionException)) {
                    throw session.refused(question, cause);
                }
            }
        });
        return found;
    }

    /** Names of the topics this call created; what another instance created meanwhile is neither here nor a difference. */
    private static Set<String> create(AdminSession session, List<TopicSpec> topics, List<Difference> differences) {
        Set<String> created = new LinkedHashSet<>();
        if (topics.isEmpty()) {
            return created;
        }
        Map<String, KafkaFuture<Void>> answers = session.admin()
                .createTopics(
                        topics.stream().map(TopicAdmin::newTopic).toList(),
                        new CreateTopicsOptions().timeoutMs(session.remainingMillis()))
                .values();
        for (TopicSpec topic : topics) {
            String question = "create topic " + topic.name();
            try {
                session.await(Objects.requireNonNull(answers.get(topic.name())), question);
                created.add(topic.name());
            } catch (ExecutionException e) {
                Throwable cause = Objects.requireNonNull(e.getCause());
                if (cause instanceof RetriableException || cause instanceof AuthenticationException) {
                    throw session.refused(question, cause);
                }
                if (!(cause instanceof TopicExistsException)) {
                    differences.add(notCreated(topic, cause));
                }
            }
        }
        return created;
    }

    private static NewTopic newTopic(TopicSpec topic) {
        Optional<Short> replicationFactor = topic.replicationFactor() == TopicSpec.BROKER_DEFAULT
                ? Optional.empty()
                : Optional.of((short) topic.replicationFactor());
        return new NewTopic(topic.name(), Optional.of(topic.partitions()), replicationFactor).configs(topic.config());
    }

    private static Difference notCreated(TopicSpec topic, Throwable cause) {
        return new Difference(
                topic.name(),
                "existence",
                "a topic",
                "none, and it was not created (" + cause.getMessage() + ")",
                cause instanceof AuthorizationException
                        ? "Grant the right to create it, or create it as an administrator"
                        : "Change the TopicSpec to what the cluster accepts");
    }

    /** Topics that exist, but did not yet when the cluster was asked first. */
    private static Set<String> lacking(
            TopicPlan plan, Map<String, TopicDescription> found, Set<String> created, List<Difference> differences) {
        Set<String> names = names(missing(plan, found));
        names.removeAll(created);
        differences.forEach(difference -> names.remove(difference.topic()));
        return names;
    }

    private static Map<String, TopicDescription> awaitDescriptions(AdminSession session, Set<String> names) {
        Map<String, TopicDescription> found = describe(session, names);
        while (found.size() < names.size()) {
            session.pause("describe topics " + names);
            found = describe(session, names);
        }
        return found;
    }

    /** Only the leader of a partition can tell where it ends, so an answer means that the partition can be used. */
    private static void awaitLeaders(
            AdminSession session, TopicPlan plan, Map<String, TopicDescription> found, Set<String> created) {
        Map<TopicPartition, OffsetSpec> ends = new LinkedHashMap<>();
        for (TopicSpec topic : plan.topics()) {
            int partitions = created.contains(topic.name())
                    ? topic.partitions()
                    : Optional.ofNullable(found.get(topic.name()))
                            .map(description -> description.partitions().size())
                            .orElse(0);
            for (int partition = 0; partition < partitions; partition++) {
                ends.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
            }
        }
        String question = "make every partition of " + names(plan.topics()) + " usable";
        while (!haveLeaders(session, ends, question)) {
            session.pause(question);
        }
    }

    /** A topic that was created a moment ago is unknown to the broker at first, and the client does not ask again. */
    private static boolean haveLeaders(
            AdminSession session, Map<TopicPartition, OffsetSpec> partitions, String question) {
        try {
            session.await(
                    session.admin()
                            .listOffsets(partitions, new ListOffsetsOptions().timeoutMs(session.remainingMillis()))
                            .all(),
                    question);
            return true;
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNull(e.getCause());
            if (cause instanceof RetriableException) {
                return false;
            }
            throw session.refused(question, cause);
        }
    }

    private static TopicReport report(
            AdminSession session, TopicPlan plan, Set<String> created, List<Difference> differences) {
        if (!differences.isEmpty()) {
            throw new TopicPlanException(session.bootstrapServers(), differences);
        }
        Set<String> verified = names(plan.topics());
        verified.removeAll(created);
        return new TopicReport(List.copyOf(created), List.copyOf(verified));
    }
}
