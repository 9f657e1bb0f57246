package io.eventplatform.examples.quickstart;

import io.eventplatform.processor.Pipeline;
import io.eventplatform.storage.Catalog;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Tells how much has not arrived in the store: what the pipeline has not committed of its source, and what the store has
 * not of the pipeline's target. A {@code Runner} tells its own lag too, but as of its last fetch.
 */
final class Completion implements AutoCloseable {

    private final Admin admin;
    private final Pipeline pipeline;
    private final Catalog catalog;

    Completion(String bootstrapServers, Pipeline pipeline, Catalog catalog) {
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers, "client.id", "completion"));
        this.pipeline = pipeline;
        this.catalog = catalog;
    }

    /** How many offsets lie between the ends of both topics and where their readers stand; 0 if all is stored. */
    long lag() throws ExecutionException, InterruptedException {
        // In this order: what the pipeline has committed is in the target when its end is asked for.
        long pipelineLag = pipelineLag();
        return pipelineLag + storeLag();
    }

    private long pipelineLag() throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(pipeline.name())
                .partitionsToOffsetAndMetadata()
                .get();
        return lag(Topology.RAW_TOPIC, partition -> {
            OffsetAndMetadata offset = committed.get(partition);
            return offset == null ? 0 : offset.offset();
        });
    }

    private long storeLag() throws ExecutionException, InterruptedException {
        // All views of a sink move together, so the one with the fewest rows tells the position of all.
        Map<Integer, Long> stored =
                catalog.read(Topology.QUAKES_PER_NETWORK.name()).position().next().entrySet().stream()
                        .collect(Collectors.toMap(entry -> entry.getKey().partition(), Map.Entry::getValue));
        return lag(Topology.ENRICHED_TOPIC, partition -> stored.getOrDefault(partition.partition(), 0L));
    }

    private long lag(String topic, ToLongFunction<TopicPartition> position)
            throws ExecutionException, InterruptedException {
        return ends(topic).entrySet().stream()
                .mapToLong(end -> end.getValue() - Math.max(0, position.applyAsLong(end.getKey())))
                .sum();
    }

    private Map<TopicPartition, Long> ends(String topic) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (int partition = 0; partition < Topology.PARTITIONS; partition++) {
            latest.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        return admin.listOffsets(latest).all().get().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().offset()));
    }

    @Override
    public void close() {
        admin.close();
    }
}
