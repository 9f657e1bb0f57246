package io.eventplatform.examples.plain;

import io.eventplatform.contract.Contracts;
import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import io.eventplatform.event.Event;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.processor.DedupWindow;
import io.eventplatform.processor.Health;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Processor;
import io.eventplatform.processor.ProcessorContext;
import io.eventplatform.processor.Runner;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.Source;
import io.eventplatform.producer.EventProducer;
import java.time.Duration;

/**
 * Sends an order, and rates orders on the way from one topic to another until it is told to stop. On Ctrl-C and TERM it
 * commits what is finished and leaves with the JVM's 130 or 143; it ends with 1 if the pipeline fails.
 */
public final class PlainMain {

    private PlainMain() {}

    // region plain-main
    @EventContract(type = "order_placed", version = 1)
    record OrderPlaced(@EventKey String customer, long cents) {}

    @EventContract(type = "order_rated", version = 1)
    record OrderRated(@EventKey String customer, long cents, boolean large) {}

    static final class Rate implements Processor<OrderPlaced, OrderRated> {
        @Override
        public void process(Event<OrderPlaced> event, ProcessorContext<OrderRated> context) {
            OrderPlaced order = event.payload();
            context.forward(event.withPayload(new OrderRated(order.customer(), order.cents(), order.cents() >= 1_000)));
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        KafkaConfig kafka = KafkaConfig.of(arguments.length == 0 ? "localhost:9092" : arguments[0]);
        Contracts contracts = Contracts.of(OrderPlaced.class, OrderRated.class);
        Pipeline pipeline = Pipeline.named("rating")
                .from(Source.topic("orders", contracts).deduplicatedById(DedupWindow.of(Duration.ofDays(1))))
                .processOnly(OrderPlaced.class, "rate", Rate::new)
                .to("rated_orders");
        pipeline.topics(4).createOrVerify(kafka, Duration.ofSeconds(30));

        Runner runner = Runner.start(pipeline, kafka, RunnerOptions.defaults());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(runner), "shutdown"));
        try (EventProducer producer = EventProducer.builder(kafka)
                .topic("orders")
                .contracts(contracts)
                .build()) {
            producer.send(new OrderPlaced("ada", 4_200));
        }
        while (!(runner.health() instanceof Health.Closed)) {
            if (runner.health() instanceof Health.Failed failed) {
                System.err.println("The pipeline has failed: " + failed.cause());
                System.exit(1);
            }
            Thread.sleep(100);
        }
    }

    /** Commits what is finished; the next start goes on from there. */
    private static void stop(Runner runner) {
        System.out.println("Stopped after "
                + runner.close(Duration.ofSeconds(20)).progress().records() + " orders.");
    }
    // endregion
}
