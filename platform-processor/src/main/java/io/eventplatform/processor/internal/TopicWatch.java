package io.eventplatform.processor.internal;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an eye on the sources: a topic that was deleted and created again under its name has other records
 * at the same offsets, and a consumer goes on in it without a word. Asks in the background, once in
 * {@link #INTERVAL}, so what it learns may be that old. Confined to the worker thread.
 */
final class TopicWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);
    static final Duration INTERVAL = Duration.ofSeconds(5);

    private final Admin admin;
    private final Map<String, Uuid> topicIds;
    private @Nullable KafkaFuture<Map<String, TopicDescription>> answer;
    private long askAtMillis;
    private Optional<String> trouble = Optional.empty();
    private boolean silent;

    TopicWatch(Admin admin, Map<String, Uuid> topicIds) {
        this.admin = admin;
        this.topicIds = Map.copyOf(topicIds);
    }

    /**
     * How many partitions each topic has, if that was just learned; else empty.
     *
     * @throws StoppedException if one is another topic now
     */
    Map<String, Integer> look(long nowMillis) {
        KafkaFuture<Map<String, TopicDescription>> pending = answer;
        if (pending == null) {
            if (nowMillis >= askAtMillis) {
                askAtMillis = nowMillis + INTERVAL.toMillis();
                answer = describe();
            }
            return Map.of();
        }
        if (!pending.isDone()) {
            return Map.of();
        }
        answer = null;
        return partitions(pending);
    }

    /**
     * Looks at once; says nothing if Kafka does not answer within {@link #INTERVAL}.
     *
     * @throws StoppedException if one is another topic now
     */
    @SuppressWarnings("ReturnValueIgnored") // the numbers of partitions are of no interest here
    void requireSameTopic() {
        partitions(describe());
    }

    private KafkaFuture<Map<String, TopicDescription>> describe() {
        return admin.describeTopics(topicIds.keySet(), new DescribeTopicsOptions().timeoutMs((int) INTERVAL.toMillis()))
                .allTopicNames();
    }

    private Map<String, Integer> partitions(KafkaFuture<Map<String, TopicDescription>> descriptions) {
        Map<String, Integer> partitions = new HashMap<>();
        trouble = Optional.empty();
        try {
            Map<String, TopicDescription> answer = descriptions.get();
            answered();
            answer.forEach((topic, found) -> {
                if (!found.topicId().equals(topicIds.get(topic))) {
                    throw replaced(topic);
                }
                partitions.put(topic, found.partitions().size());
            });
            return partitions;
        } catch (ExecutionException | CancellationException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                answered();
                trouble = Optional.of("of the topics " + topicIds.keySet() + " one does not exist any more");
                LOG.warn("Of the topics {} one does not exist any more", topicIds.keySet());
            } else if (e.getCause() instanceof RetriableException) {
                unanswered(e.getCause());
            } else {
                LOG.debug("Topics {} could not be described now", topicIds.keySet(), e);
            }
            return Map.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Map.of();
        }
    }

    private void answered() {
        if (silent) {
            LOG.info("Kafka answers again");
        }
        silent = false;
    }

    private void unanswered(Throwable why) {
        if (!silent) {
            LOG.warn("No answer from Kafka within {}: {}", INTERVAL, why.getMessage());
        }
        silent = true;
        trouble = Optional.of("no answer from Kafka: " + why.getMessage());
    }

    /** What is wrong with the topics, or with Kafka, as of its last look. */
    Optional<String> trouble() {
        return trouble;
    }

    private static StoppedException replaced(String topic) {
        return new StoppedException(
                "topic " + topic + " was deleted and created again while it was read. Restart to begin with the new"
                        + " topic; what was read last may be of either",
                null);
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
