package io.eventplatform.processor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import io.eventplatform.processor.KafkaWorld;
import io.eventplatform.processor.OrderPlaced;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Processor;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.Source;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A group that hands out the partitions of a number one at a time, as a broker's assignor may. */
@ExtendWith(KafkaExtension.class)
class TogetherTest {

    private final EmbeddedKafka broker;
    private final String name = EmbeddedKafka.uniqueName("together");
    private final TopicPartition a = new TopicPartition(name + "-a", 0);
    private final TopicPartition b = new TopicPartition(name + "-b", 0);
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private final List<String> handled = new ArrayList<>();

    TogetherTest(EmbeddedKafka broker) {
        this.broker = broker;
    }

    @Test
    void aTaskRunsWhileItHasAllPartitionsOfItsNumberAndSkipsNothingInBetween() {
        Pipeline pipeline = Pipeline.named(name)
                .atLeastOnce()
                .from(
                        Source.topic(a.topic(), Contracts.of(OrderPlaced.class)),
                        Source.topic(b.topic(), Contracts.of(OrderPlaced.class)))
                .process("keeps", () -> (Processor<Record, Record>) (event, context) -> handled.add(event.id()))
                .to(name + "-out");
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(pipeline.topics(1));
            consumer.updateBeginningOffsets(Map.of(a, 0L, b, 0L));
            SteppedWorker worker = SteppedWorker.open(
                    pipeline, kafka.config(), RunnerOptions.builder().build(), new MockClients());

            consumer.rebalance(List.of(a));
            add(a, 0);
            turn(worker);
            assertThat(handled).isEmpty();

            consumer.rebalance(List.of(a, b)); // forgets what was added
            add(a, 0);
            add(b, 0);
            turn(worker);
            assertThat(handled).containsExactlyInAnyOrder(a + "@0", b + "@0");

            consumer.rebalance(List.of(a));
            add(a, 1);
            turn(worker);
            assertThat(handled).hasSize(2);
            assertThat(consumer.paused()).containsExactly(a);

            consumer.rebalance(List.of(a, b));
            add(a, 1);
            add(b, 1);
            turn(worker);
            assertThat(handled).containsExactlyInAnyOrder(a + "@0", b + "@0", a + "@1", b + "@1");
            worker.close();
        }
    }

    private void add(TopicPartition partition, long offset) {
        byte[] body = OrderPlaced.json(partition + "@" + offset, "ada", 1).getBytes(StandardCharsets.UTF_8);
        consumer.addRecord(new ConsumerRecord<>(partition.topic(), 0, offset, new byte[0], body));
        consumer.updateEndOffsets(Map.of(partition, offset + 1));
    }

    private static void turn(SteppedWorker worker) {
        Stream.of(1, 2, 3).forEach(turn -> worker.turn());
    }

    private final class MockClients implements Clients {

        @Override
        public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
            return consumer;
        }

        @Override
        public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
            return new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public Admin admin(Map<String, Object> settings) {
            return KAFKA.admin(settings);
        }
    }
}
