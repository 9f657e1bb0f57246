package io.eventplatform.processor.testkit.internal;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeConfigsResult;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.internals.KafkaFutureImpl;

/** An admin client, behind {@link Modelled}: descriptions and settings of topics, and ends of partitions. */
final class SimAdmin {

    private static final Node NODE = new Node(1, "in-memory", 9092);

    private final SimKafka kafka;

    SimAdmin(SimKafka kafka) {
        this.kafka = kafka;
    }

    public DescribeTopicsResult describeTopics(TopicCollection topics, DescribeTopicsOptions options) {
        Map<String, KafkaFuture<TopicDescription>> answers = new HashMap<>();
        for (String name : ((TopicCollection.TopicNameCollection) topics).topicNames()) {
            answers.put(name, answer(() -> describe(kafka.topic(name))));
        }
        return new TopicsResult(answers);
    }

    private static TopicDescription describe(Topic topic) {
        List<TopicPartitionInfo> partitions = IntStream.range(0, topic.logs().size())
                .mapToObj(partition -> new TopicPartitionInfo(partition, NODE, List.of(NODE), List.of(NODE)))
                .toList();
        return new TopicDescription(topic.name(), false, partitions, null, topic.id());
    }

    public DescribeConfigsResult describeConfigs(Collection<ConfigResource> resources, DescribeConfigsOptions options) {
        Map<ConfigResource, KafkaFuture<Config>> answers = new HashMap<>();
        for (ConfigResource resource : resources) {
            answers.put(
                    resource,
                    answer(() -> new Config(kafka.topic(resource.name()).config().entrySet().stream()
                            .map(entry -> new ConfigEntry(entry.getKey(), entry.getValue()))
                            .toList())));
        }
        return new ConfigsResult(answers);
    }

    /** Ends only; the latest offset of a reader of committed records is the last stable one. */
    public ListOffsetsResult listOffsets(Map<TopicPartition, OffsetSpec> partitions, ListOffsetsOptions options) {
        boolean committedOnly = options.isolationLevel() == IsolationLevel.READ_COMMITTED;
        Map<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> answers = new HashMap<>();
        partitions.forEach((partition, spec) -> answers.put(partition, answer(() -> {
            if (!(spec instanceof OffsetSpec.LatestSpec)) {
                throw new UnsupportedOperationException("the in-memory Kafka lists latest offsets only, not "
                        + spec.getClass().getSimpleName());
            }
            return new ListOffsetsResultInfo(kafka.log(partition).end(committedOnly), -1, Optional.empty());
        })));
        return new ListOffsetsResult(answers);
    }

    public void close() {
        // holds nothing
    }

    public void close(Duration timeout) {
        // holds nothing
    }

    private static <T> KafkaFuture<T> answer(Supplier<T> question) {
        KafkaFutureImpl<T> answer = new KafkaFutureImpl<>();
        try {
            answer.complete(question.get());
        } catch (KafkaException e) {
            answer.completeExceptionally(e);
        }
        return answer;
    }

    private static final class TopicsResult extends DescribeTopicsResult {
        TopicsResult(Map<String, KafkaFuture<TopicDescription>> answers) {
            super(null, answers);
        }
    }

    private static final class ConfigsResult extends DescribeConfigsResult {
        ConfigsResult(Map<ConfigResource, KafkaFuture<Config>> answers) {
            super(answers);
        }
    }
}
