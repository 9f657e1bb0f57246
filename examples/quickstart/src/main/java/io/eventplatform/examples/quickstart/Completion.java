package io.eventplatform.examples.quickstart;

import io.eventplatform.processor.Pipeline;
import io.eventplatform.storage.Catalog;
import io.eventplatform.storage.Position;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Tells whether every event has arrived in the store: the pipeline has committed to the end of its source, and after
 * that the store's position has reached the end of the pipeline's target.
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

    boolean reached() throws ExecutionException, InterruptedException {
        // In this order: what the pipeline has committed is in the target when its end is asked for.
        return pipelineIsAtItsEnd() && storeIsAtItsEnd();
    }

    private boolean pipelineIsAtItsEnd() throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(pipeline.name())
                .partitionsToOffsetAndMetadata()
                .get();
        return ends(Topology.RAW_TOPIC).entrySet().stream().allMatch(end -> {
            OffsetAndMetadata offset = committed.get(end.getKey());
            return (offset == null ? 0 : offset.offset()) >= end.getValue();
        });
    }

    private boolean storeIsAtItsEnd() throws ExecutionException, InterruptedException {
        // All views of a sink move together, so the one with the fewest rows tells the position of all.
        Position position = catalog.read(Topology.QUAKES_PER_NETWORK.name()).position();
        Map<Integer, Long> stored = position.next().entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().partition(), Map.Entry::getValue));
        return ends(Topology.ENRICHED_TOPIC).entrySet().stream()
                .allMatch(end -> stored.getOrDefault(end.getKey().partition(), 0L) >= end.getValue());
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
