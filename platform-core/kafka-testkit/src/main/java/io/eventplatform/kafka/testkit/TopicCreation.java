package io.eventplatform.kafka.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Creates one topic and waits until clients can use it.
 *
 * <p>The controller answers as soon as the topic is decided. After that the broker learns of the topic, and then takes
 * over its partitions; a client that comes earlier is refused.
 */
final class TopicCreation {

    /** Long enough for a slow machine, short enough to fail before a build gives up. */
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

    private final String bootstrapServers;
    private final FencedServer server;
    private final String topic;
    private final int partitions;
    private final long deadlineNanos = System.nanoTime() + TIMEOUT.toNanos();

    TopicCreation(String bootstrapServers, FencedServer server, String topic, int partitions) {
        this.bootstrapServers = bootstrapServers;
        this.server = server;
        this.topic = topic;
        this.partitions = partitions;
    }

    void run(Map<String, String> config) {
        Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
        try {
            await(admin.createTopics(
                            List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(config)))
                    .all());
            while (!isKnownToBroker(admin)) {
                Thread.sleep(POLL_INTERVAL.toMillis());
            }
            // Only a partition's leader tells its end, and the client repeats the question until there is one.
            await(admin.listOffsets(ends()).all());
        } catch (ExecutionException e) {
            server.requireAlive();
            throw refused(requireNonNull(e.getCause()));
        } catch (TimeoutException e) {
            throw new KafkaException(
                    "[" + bootstrapServers + "] Topic " + topic + " was not usable within " + TIMEOUT + ".", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } finally {
            // Without a limit it would wait for what the broker did not answer.
            admin.close(Duration.ZERO);
        }
    }

    private boolean isKnownToBroker(Admin admin) throws ExecutionException, TimeoutException, InterruptedException {
        try {
            await(admin.describeTopics(List.of(topic)).allTopicNames());
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw e;
        }
    }

    private Map<TopicPartition, OffsetSpec> ends() {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        return ends;
    }

    private void await(KafkaFuture<?> answer) throws ExecutionException, TimeoutException, InterruptedException {
        // A server that died does not answer; there is no point in waiting for it.
        CompletableFuture.anyOf(answer.toCompletionStage().toCompletableFuture(), server.death())
                .get(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    private KafkaException refused(Throwable cause) {
        if (cause instanceof TopicExistsException) {
            return new TopicExistsException("[" + bootstrapServers + "] Topic " + topic + " exists already.", cause);
        }
        return new KafkaException(
                "[" + bootstrapServers + "] Topic " + topic + " was not created: " + cause.getMessage(), cause);
    }
}
