package io.eventplatform.processor.internal;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an eye on the source: a topic that was deleted and created again under its name has other records
 * at the same offsets, and a consumer goes on in it without a word. Asks in the background, once in
 * {@link #INTERVAL}, so what it learns may be that old. Confined to the worker thread.
 */
final class TopicWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);
    static final Duration INTERVAL = Duration.ofSeconds(5);

    private final Admin admin;
    private final String topic;
    private final Uuid topicId;
    private @Nullable KafkaFuture<TopicDescription> answer;
    private long askAtMillis;

    TopicWatch(Admin admin, String topic, Uuid topicId) {
        this.admin = admin;
        this.topic = topic;
        this.topicId = topicId;
    }

    /**
     * How many partitions the topic has, if that was just learned.
     *
     * @throws StoppedException if it is another topic now
     */
    OptionalInt look(long nowMillis) {
        KafkaFuture<TopicDescription> pending = answer;
        if (pending == null) {
            if (nowMillis >= askAtMillis) {
                askAtMillis = nowMillis + INTERVAL.toMillis();
                answer = admin.describeTopics(List.of(topic)).topicNameValues().get(topic);
            }
            return OptionalInt.empty();
        }
        if (!pending.isDone()) {
            return OptionalInt.empty();
        }
        answer = null;
        return partitions(pending);
    }

    /**
     * Looks at once; says nothing if Kafka does not answer within {@link #INTERVAL}.
     *
     * @throws StoppedException if it is another topic now
     */
    @SuppressWarnings("ReturnValueIgnored") // the number of partitions is of no interest here
    void requireSameTopic() {
        partitions(
                admin.describeTopics(List.of(topic), new DescribeTopicsOptions().timeoutMs((int) INTERVAL.toMillis()))
                        .topicNameValues()
                        .get(topic));
    }

    private OptionalInt partitions(@Nullable KafkaFuture<TopicDescription> description) {
        try {
            TopicDescription found = Objects.requireNonNull(description).get();
            if (!found.topicId().equals(topicId)) {
                throw replaced();
            }
            return OptionalInt.of(found.partitions().size());
        } catch (ExecutionException | CancellationException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                LOG.warn("Topic {} does not exist any more", topic);
            } else {
                LOG.debug("Topic {} could not be described now", topic, e);
            }
            return OptionalInt.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalInt.empty();
        }
    }

    private StoppedException replaced() {
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
