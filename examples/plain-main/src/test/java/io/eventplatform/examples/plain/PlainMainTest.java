package io.eventplatform.examples.plain;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.examples.plain.PlainMain.OrderPlaced;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.producer.EventProducer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class PlainMainTest {

    private static final int PARTITIONS = 4;

    @TempDir
    Path directory;

    private EmbeddedKafka broker;

    @BeforeEach
    void startBroker() {
        broker = EmbeddedKafka.start();
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    @Test
    void toldToStopUnderLoadItCommitsWhatIsFinished() throws Exception {
        Process program = start();
        awaitRatedOrders(1);
        Contracts contracts = Contracts.of(OrderPlaced.class);
        try (EventProducer producer = EventProducer.builder(KafkaConfig.of(broker.bootstrapServers()))
                .topic("orders")
                .contracts(contracts)
                .build()) {
            for (int i = 0; i < 20_000; i++) {
                producer.send(new OrderPlaced("customer-" + i % 100, i));
            }
            awaitRatedOrders(2);
            program.destroy();
            assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(program.exitValue()).isEqualTo(128 + 15);
        assertThat(output()).contains("Stopped after " + committedOrders() + " orders.");
    }

    @Test
    void aPipelineThatFailsEndsTheProgramWithOne() throws Exception {
        broker.createTopic("orders", PARTITIONS, Map.of());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.alterConsumerGroupOffsets(
                            "rating",
                            Map.of(new TopicPartition("orders", 0), new OffsetAndMetadata(0, "of another program")))
                    .all()
                    .get();
        }

        Process program = start();

        assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(program.exitValue()).isEqualTo(1);
        assertThat(output()).contains("The pipeline has failed: ").contains("of another program");
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        PlainMain.class.getName(),
                        broker.bootstrapServers())
                .redirectErrorStream(true)
                .redirectOutput(outputFile())
                .start();
    }

    private String output() throws IOException {
        return Files.readString(outputFile().toPath());
    }

    private File outputFile() {
        return directory.resolve("output.txt").toFile();
    }

    private void awaitRatedOrders(int count) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition("rated_orders", partition))
                    .toList());
            consumer.seekToBeginning(consumer.assignment());
            int found = 0;
            while (found < count) {
                found += consumer.poll(Duration.ofMillis(100)).count();
            }
        }
    }

    /** Ids are unique and each order gives one output, so this is also how many orders were committed as processed. */
    private long committedOrders() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            return admin.listConsumerGroupOffsets("rating").partitionsToOffsetAndMetadata().get().values().stream()
                    .mapToLong(OffsetAndMetadata::offset)
                    .sum();
        }
    }
}
