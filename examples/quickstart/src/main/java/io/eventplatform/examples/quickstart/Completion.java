package io.eventplatform.examples.quickstart;

import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.sink.StoreSink;
import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.Query;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Tells how much has not arrived in the stores: what pipelines have not committed of their sources, and what the stores
 * have not of the enriched events. A {@code Runner} tells its own lag too, but as of its last fetch.
 */
final class Completion implements AutoCloseable {

    /** Only the position is of interest. */
    private static final Query.Filter NO_ROW = new Query.Filter.Equal(Tables.TIMESTAMP, Instant.EPOCH);

    private final Admin admin;
    private final List<Pipeline> pipelines;
    private final List<StoreSink> sinks;

    /** @param pipelines in the order in which an event passes them */
    Completion(String bootstrapServers, List<Pipeline> pipelines, List<StoreSink> sinks) {
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers, "client.id", "completion"));
        this.pipelines = pipelines;
        this.sinks = sinks;
    }

    /** How many offsets lie between the ends of the topics and where their readers stand; 0 if all is stored. */
    long lag() throws ExecutionException, InterruptedException {
        // In this order: what a pipeline has committed is in its target when that one's end is asked for.
        long lag = 0;
        for (Pipeline pipeline : pipelines) {
            lag += lagOf(pipeline);
        }
        for (StoreSink sink : sinks) {
            lag += lagOf(sink);
        }
        return lag;
    }

    private long lagOf(Pipeline pipeline) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(pipeline.name())
                .partitionsToOffsetAndMetadata()
                .get();
        long lag = 0;
        for (Source source : pipeline.sources()) {
            lag += lag(source.topic(), partition -> {
                OffsetAndMetadata offset = committed.get(partition);
                return offset == null ? 0 : offset.offset();
            });
        }
        return lag;
    }

    private long lagOf(StoreSink sink) throws ExecutionException, InterruptedException {
        Query query =
                Query.of(sink.tables().get(0).spec().name()).withFilter(NO_ROW).withPositionOf(sink.id());
        Map<Integer, Long> stored = new HashMap<>();
        try (Cursor nothing = sink.store().query(query)) {
            nothing.position().next().forEach((shard, next) -> stored.put(shard.partition(), next));
        }
        return lag(sink.source().topic(), partition -> stored.getOrDefault(partition.partition(), 0L));
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
