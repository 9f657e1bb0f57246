package io.eventplatform.processor.internal;

import static io.eventplatform.processor.KafkaWorld.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import io.eventplatform.processor.DedupWindow;
import io.eventplatform.processor.Health;
import io.eventplatform.processor.KafkaWorld;
import io.eventplatform.processor.OrderPlaced;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.Step;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process dies when ids are in the dedup changelog whose outputs never arrived: they are no duplicates of themselves. */
@ExtendWith(KafkaExtension.class)
class AtLeastOnceTest {

    private static final int HALF = 20;

    private final EmbeddedKafka broker;
    private final String name = EmbeddedKafka.uniqueName("alo");
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger processed = new AtomicInteger();
    private final AtomicInteger acknowledged = new AtomicInteger();

    AtLeastOnceTest(EmbeddedKafka broker) {
        this.broker = broker;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void idsOfACommitThatNeverArrivedDropNothing(boolean theOneBeforeIsAnswered) {
        Pipeline pipeline = Pipeline.named(name)
                .atLeastOnce()
                .from(Source.topic(name + "-in", Contracts.of(OrderPlaced.class))
                        .deduplicatedById(DedupWindow.of(Duration.ofDays(1))))
                .to(name + "-out");
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(pipeline.topics(1));
            RunnerOptions options = RunnerOptions.builder()
                    .instance("one")
                    .ticker(nanos::get)
                    .stepListener(this::dieBeforeTheSecondCommit)
                    .build();
            FaultyClients clients = new FaultyClients(theOneBeforeIsAnswered);

            Worker dying = Worker.start(pipeline, kafka.config(), options, clients);
            send(kafka, 0);
            KafkaWorld.await(() -> processed.get() == HALF);
            commitIsDue();
            KafkaWorld.await(() -> clients.commits.get() == 1);
            clients.losing = true;
            send(kafka, HALF);
            KafkaWorld.await(() -> processed.get() == 2 * HALF);
            commitIsDue();
            KafkaWorld.await(() -> dying.health() instanceof Health.Failed);

            Worker next = Worker.start(
                    pipeline,
                    kafka.config(),
                    RunnerOptions.builder().instance("one").build(),
                    Clients.KAFKA);
            kafka.awaitCommitted(name, name + "-in");
            next.close(Duration.ofSeconds(30));

            assertThat(kafka.read(name + "-out"))
                    .extracting(record -> header(record, "event_id"))
                    .containsExactlyElementsOf(IntStream.range(0, 2 * HALF)
                            .mapToObj(i -> "id-" + i)
                            .toList());
        }
    }

    private void dieBeforeTheSecondCommit(Step step) {
        if (step == Step.PROCESSED) {
            processed.incrementAndGet();
        }
        if (step == Step.OUTPUTS_ACKNOWLEDGED && acknowledged.incrementAndGet() == 2) {
            throw new AssertionError("crash");
        }
    }

    private void send(KafkaWorld kafka, int from) {
        for (int i = from; i < from + HALF; i++) {
            kafka.sendLater(name + "-in", "k", OrderPlaced.json("id-" + i, "ada", i));
        }
        kafka.flush();
    }

    private void commitIsDue() {
        nanos.addAndGet(RunnerOptions.DEFAULT_COMMIT_INTERVAL.toNanos());
    }

    /** Loses outputs when told to, and the answer to the first commit of records. */
    private final class FaultyClients implements Clients {

        private final boolean answering;
        private final AtomicInteger commits = new AtomicInteger();
        private volatile boolean losing;

        FaultyClients(boolean answering) {
            this.answering = answering;
        }

        @Override
        @SuppressWarnings("unchecked")
        public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
            Consumer<byte[], byte[]> real = KAFKA.consumer(settings);
            return (Consumer<byte[], byte[]>) Proxy.newProxyInstance(
                    Consumer.class.getClassLoader(), new Class<?>[] {Consumer.class}, (proxy, method, arguments) -> {
                        Object result = invoke(() -> method.invoke(real, arguments));
                        if (method.getName().equals("commitSync") && processed.get() > 0 && acknowledged.get() > 0) {
                            commits.incrementAndGet();
                            if (!answering) {
                                throw new TimeoutException("no answer");
                            }
                        }
                        return result;
                    });
        }

        @Override
        @SuppressWarnings("unchecked")
        public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
            Producer<byte[], byte[]> real = KAFKA.producer(settings);
            return (Producer<byte[], byte[]>) Proxy.newProxyInstance(
                    Producer.class.getClassLoader(), new Class<?>[] {Producer.class}, (proxy, method, arguments) -> {
                        if (losing
                                && method.getName().equals("send")
                                && ((ProducerRecord<?, ?>) arguments[0]).topic().equals(name + "-out")) {
                            return new CompletableFuture<>();
                        }
                        return invoke(() -> method.invoke(real, arguments));
                    });
        }

        @Override
        public Admin admin(Map<String, Object> settings) {
            return KAFKA.admin(settings);
        }

        private static Object invoke(Callable<Object> call) throws Throwable {
            try {
                return call.call();
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }
}
