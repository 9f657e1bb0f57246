package io.eventplatform.processor.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Looks at start whether the topics a worker needs are there, since a consumer would wait for them in silence. */
final class Topics {

    private Topics() {}

    /**
     * Describes the source and the topics that go with it.
     *
     * @param howToCreate the method that plans these topics, for the message
     * @throws IllegalStateException if one is missing, or has fewer partitions than the source
     */
    static Map<String, TopicDescription> require(
            Admin admin, String howToCreate, String source, List<String> companions) {
        List<String> names = new ArrayList<>(companions);
        names.add(source);
        Map<String, TopicDescription> topics = new HashMap<>();
        admin.describeTopics(names)
                .topicNameValues()
                .forEach((name, description) -> topics.put(name, await(name, description, howToCreate)));
        int partitions = described(topics, source).partitions().size();
        for (String companion : companions) {
            int own = described(topics, companion).partitions().size();
            if (own < partitions) {
                throw new IllegalStateException(
                        "topic " + companion + " has " + own + " partitions, fewer than its source " + source + " with "
                                + partitions + ". Give it as many: " + howToCreate);
            }
        }
        return topics;
    }

    static TopicDescription described(Map<String, TopicDescription> topics, String name) {
        TopicDescription description = topics.get(name);
        if (description == null) {
            throw new IllegalStateException("topic " + name + " was not asked for");
        }
        return description;
    }

    private static TopicDescription await(String name, KafkaFuture<TopicDescription> description, String howToCreate) {
        try {
            return description.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw new IllegalStateException(
                        "topic " + name + " does not exist. Create it first: " + howToCreate, e);
            }
            throw new IllegalStateException("topic " + name + " cannot be described: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while describing topic " + name, e);
        }
    }
}
