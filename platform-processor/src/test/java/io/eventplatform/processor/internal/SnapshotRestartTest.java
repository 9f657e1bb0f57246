package io.eventplatform.processor.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import io.eventplatform.processor.KafkaWorld;
import io.eventplatform.processor.OrderPlaced;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Processor;
import io.eventplatform.processor.Reset;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.StateSpec;
import io.eventplatform.processor.ValueState;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A restart on the same disk reads only what the state topic got since, and comes to the same state. */
@ExtendWith(KafkaExtension.class)
class SnapshotRestartTest {

    private static final int KEYS = 200;
    private static final StateSpec<ValueState<Long>> SEEN = StateSpec.value("seen", Long.class);

    @TempDir
    private Path directory;

    private final KafkaWorld kafka;
    private final String name = EmbeddedKafka.uniqueName("snapshot");
    private final Source source = Source.topic(name + "-in", Contracts.of(OrderPlaced.class));
    private final Pipeline pipeline = Pipeline.named(name)
            .from(source)
            .process("count", SnapshotRestartTest::count, SEEN)
            .to(name + "-out");

    SnapshotRestartTest(EmbeddedKafka broker) {
        this.kafka = new KafkaWorld(broker);
    }

    @AfterEach
    void disconnect() {
        kafka.close();
    }

    private static Processor<Record, OrderPlaced> count() {
        return (event, context) -> {
            long number = context.state(SEEN).get().orElse(0L) + 1;
            context.state(SEEN).set(number);
            context.forward(event.withPayload(new OrderPlaced(context.key().orElseThrow(), number, Optional.empty())));
        };
    }

    private void send(String customer) {
        kafka.sendLater(source.topic(), customer, OrderPlaced.json("id", customer, 1));
    }

    /** Runs the pipeline to the end of its source; returns how many changelog records were read back. */
    private int run(RunnerOptions.Builder options) {
        kafka.flush();
        CountingClients clients = new CountingClients();
        Worker worker = Worker.start(pipeline, kafka.config(), options.build(), clients);
        worker.ready().toCompletableFuture().join();
        kafka.awaitCommitted(name, source.topic());
        worker.close(Duration.ofSeconds(30));
        return clients.readBack.get();
    }

    private RunnerOptions.Builder onThisDisk() {
        return RunnerOptions.builder().stateDirectory(directory);
    }

    private List<Long> numbersOf(String customer) {
        return kafka.read(name + "-out").stream()
                .filter(record -> new String(record.key(), UTF_8).equals(customer))
                .map(record ->
                        Long.parseLong(new String(record.value(), UTF_8).replaceAll(".*\"amount\":(\\d+).*", "$1")))
                .toList();
    }

    @Test
    void aRestartReadsTheTailAlone() {
        kafka.create(pipeline.topics(1));
        for (int i = 0; i < KEYS; i++) {
            send("customer-" + i);
        }
        run(onThisDisk());
        assertThat(run(onThisDisk())).isZero();

        send("customer-1");
        assertThat(run(RunnerOptions.builder())).as("on another disk").isGreaterThan(KEYS);
        send("customer-1");
        send("customer-2");
        assertThat(run(onThisDisk())).as("what the other disk has written").isEqualTo(1);

        assertThat(numbersOf("customer-1")).containsExactly(1L, 2L, 3L);
        assertThat(numbersOf("customer-2")).containsExactly(1L, 2L);
    }

    @Test
    void aSnapshotFromBeforeAResetBringsNothingBack() {
        kafka.create(pipeline.topics(1));
        send("customer-1");
        run(onThisDisk());

        Reset.of(pipeline).execute(kafka.config(), Duration.ofSeconds(30));
        assertThat(run(onThisDisk())).as("tombstones").isEqualTo(2);

        assertThat(numbersOf("customer-1")).containsExactly(1L, 1L);
    }

    /** Counts what the restoring consumer returns. */
    private static final class CountingClients implements Clients {

        private final AtomicInteger readBack = new AtomicInteger();

        @Override
        @SuppressWarnings("unchecked")
        public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
            Consumer<byte[], byte[]> consumer = KAFKA.consumer(settings);
            if (!String.valueOf(settings.get("client.id")).endsWith("-restore")) {
                return consumer;
            }
            return (Consumer<byte[], byte[]>) Proxy.newProxyInstance(
                    Consumer.class.getClassLoader(), new Class<?>[] {Consumer.class}, (proxy, method, arguments) -> {
                        try {
                            Object result = method.invoke(consumer, arguments);
                            if (result instanceof ConsumerRecords<?, ?> records) {
                                readBack.addAndGet(records.count());
                            }
                            return result;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }

        @Override
        public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
            return KAFKA.producer(settings);
        }

        @Override
        public Admin admin(Map<String, Object> settings) {
            return KAFKA.admin(settings);
        }
    }
}
