package io.eventplatform.kafka;

import io.eventplatform.kafka.internal.TopicAdmin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The topics an application needs, to be created or checked before it starts. Immutable.
 *
 * <pre>{@code
 * TopicPlan.of(List.of(TopicSpec.of("raw_events", 12).with("retention.ms", "604800000")))
 *         .createOrVerify(kafka, Duration.ofSeconds(30));
 * }</pre>
 */
public final class TopicPlan {

    private final List<TopicSpec> topics;

    private TopicPlan(List<TopicSpec> topics) {
        this.topics = topics;
    }

    /**
     * A plan of these topics, in their order; the same topic may be given more than once.
     *
     * @throws IllegalArgumentException if two specs of one name differ
     */
    public static TopicPlan of(Collection<TopicSpec> topics) {
        Map<String, TopicSpec> byName = new LinkedHashMap<>();
        for (TopicSpec topic : topics) {
            @Nullable TopicSpec other = byName.putIfAbsent(topic.name(), topic);
            if (other != null && !other.equals(topic)) {
                throw new IllegalArgumentException(
                        "topic " + topic.name() + " is planned in two ways: " + other + " and " + topic);
            }
        }
        return new TopicPlan(List.copyOf(byName.values()));
    }

    /**
     * A plan of the topics of both.
     *
     * @throws IllegalArgumentException if both plan the same topic differently
     */
    public TopicPlan plus(TopicPlan other) {
        List<TopicSpec> both = new ArrayList<>(topics);
        both.addAll(other.topics);
        return of(both);
    }

    public List<TopicSpec> topics() {
        return topics;
    }

    /**
     * Creates the topics that are missing and checks the others; changes nothing that exists.
     *
     * <p>Returns when every topic is usable: each partition has a leader. Several instances may call this at
     * the same time. Topics that were created stay when another one fails.
     *
     * @param timeout elapsed time after which to give up
     * @throws TopicPlanException if topics differ from the plan or cannot be created; it lists all of them
     * @throws KafkaAccessException if the cluster cannot be asked, or not in time
     */
    public TopicReport createOrVerify(KafkaConfig kafka, Duration timeout) {
        return TopicAdmin.createOrVerify(this, kafka, timeout);
    }

    /**
     * Checks that every topic exists as planned; creates and changes nothing.
     *
     * @param timeout elapsed time after which to give up
     * @throws TopicPlanException if topics are missing or differ from the plan; it lists all of them
     * @throws KafkaAccessException if the cluster cannot be asked, or not in time
     */
    public TopicReport verify(KafkaConfig kafka, Duration timeout) {
        return TopicAdmin.verify(this, kafka, timeout);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TopicPlan that && topics.equals(that.topics);
    }

    @Override
    public int hashCode() {
        return Objects.hash(topics);
    }

    @Override
    public String toString() {
        return "TopicPlan" + topics;
    }
}
