package io.eventplatform.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import io.eventplatform.event.Event;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.processor.DedupWindow;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Processor;
import io.eventplatform.processor.ProcessorContext;
import io.eventplatform.processor.Progress;
import io.eventplatform.processor.Runner;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.Source;
import io.eventplatform.producer.EventProducer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The program in the README. */
class ReadmeTest {

    // region readme
    @EventContract(type = "order_placed", version = 1)
    record OrderPlaced(@EventKey String customer, long cents) {}

    static class Worthwhile implements Processor<OrderPlaced, OrderPlaced> {
        @Override
        public void process(Event<OrderPlaced> event, ProcessorContext<OrderPlaced> context) {
            if (event.payload().cents() >= 100) context.forward(event);
        }
    }

    static Progress run(KafkaConfig kafka) throws Exception {
        Contracts contracts = Contracts.of(OrderPlaced.class);
        Pipeline pipeline = Pipeline.named("orders")
                .from(Source.topic("raw_events", contracts).deduplicatedById(DedupWindow.of(Duration.ofDays(1))))
                .processOnly(OrderPlaced.class, "worthwhile", Worthwhile::new)
                .to("orders");
        pipeline.topics(4).createOrVerify(kafka, Duration.ofSeconds(30));

        try (Runner runner = Runner.start(pipeline, kafka, RunnerOptions.defaults());
                EventProducer producer =
                        EventProducer.builder(kafka).contracts(contracts).build()) {
            Event<OrderPlaced> order = Event.of(new OrderPlaced("ada", 4_200));
            producer.send(order);
            producer.send(order); // the same event_id: dropped by the pipeline, also after a crash in between
            producer.send(new OrderPlaced("bob", 5));
            runner.awaitRecords(3, Duration.ofSeconds(30));
            return runner.progress();
        }
    }
    // endregion

    @Test
    @Timeout(60)
    void theReadmesProgramForwardsOneOrder() throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start()) {
            Progress progress = run(KafkaConfig.of(broker.bootstrapServers()));

            assertThat(progress.outputs()).isEqualTo(1);
            assertThat(progress.duplicates()).isEqualTo(1);
        }
    }
}
