package io.eventplatform.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.contract.Contracts;
import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import io.eventplatform.event.Event;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.processor.DedupWindow;
import io.eventplatform.processor.Guarantee;
import io.eventplatform.processor.OutsideCalls;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Processor;
import io.eventplatform.processor.ProcessorContext;
import io.eventplatform.processor.Runner;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.SideOutput;
import io.eventplatform.processor.Source;
import io.eventplatform.producer.EventProducer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The samples of docs/pipelines.md. */
class PipelinesPageTest {

    // region contracts
    @EventContract(type = "order_placed", version = 1)
    record OrderPlaced(@EventKey String customer, String country, long cents) {}

    @EventContract(type = "order_rejected", version = 1)
    record OrderRejected(@EventKey String customer, String why) {}

    @EventContract(type = "payment_made", version = 1)
    record PaymentMade(@EventKey String customer, long cents) {}
    // endregion

    // region side-output
    static final class CheckOrder implements Processor<OrderPlaced, OrderPlaced> {

        static final SideOutput<OrderRejected> REJECTED = SideOutput.of("rejected", OrderRejected.class);

        @Override
        public void process(Event<OrderPlaced> event, ProcessorContext<OrderPlaced> context) {
            OrderPlaced order = event.payload();
            if (order.cents() > 0) {
                context.forward(event);
            } else {
                context.forward(REJECTED, event.withPayload(new OrderRejected(order.customer(), "costs nothing")));
            }
        }
    }
    // endregion

    private static Pipeline shop() {
        // region shop
        Source orders = Source.topic("orders", Contracts.of(OrderPlaced.class))
                .deduplicatedById(DedupWindow.of(Duration.ofDays(1)));
        Source payments = Source.topic("payments", Contracts.of(PaymentMade.class));

        Pipeline shop = Pipeline.named("shop")
                .from(orders, payments)
                .processOnly(OrderPlaced.class, "check", CheckOrder::new)
                .sideOutput(CheckOrder.REJECTED, rejected -> rejected.to("orders.rejected"))
                .branch("payments", event -> event.payload() instanceof PaymentMade, paid -> paid.to("ledger"))
                .to("orders.accepted", "orders.archive");
        // endregion
        return shop;
    }

    private static Pipeline byCountry() {
        // region rekey
        Pipeline byCountry = Pipeline.named("by-country")
                .from(Source.topic("orders.accepted", Contracts.of(OrderPlaced.class)))
                .rekey("orders.by_country", event -> ((OrderPlaced) event.payload()).country());
        // endregion
        return byCountry;
    }

    @Test
    @Timeout(60)
    void eventsOfTwoSourcesGoTheirWaysAndAnotherPipelineGivesThemANewKey() throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start()) {
            KafkaConfig kafka = KafkaConfig.of(broker.bootstrapServers());
            Pipeline shop = shop();
            Pipeline byCountry = byCountry();
            shop.topics(2).plus(byCountry.topics(2)).createOrVerify(kafka, Duration.ofSeconds(30));
            Contracts contracts = Contracts.of(OrderPlaced.class, PaymentMade.class);
            try (Runner sharing = Runner.start(shop, kafka, RunnerOptions.defaults());
                    Runner keying = Runner.start(byCountry, kafka, RunnerOptions.defaults());
                    EventProducer orders = EventProducer.builder(kafka)
                            .contracts(contracts)
                            .topic("orders")
                            .build();
                    EventProducer payments = EventProducer.builder(kafka)
                            .contracts(contracts)
                            .topic("payments")
                            .build()) {
                orders.send(Event.of(new OrderPlaced("ada", "NO", 100)).withId("good"));
                orders.send(Event.of(new OrderPlaced("bob", "DE", 0)).withId("free"));
                payments.send(Event.of(new PaymentMade("ada", 100)).withId("paid"));
                sharing.awaitRecords(3, Duration.ofSeconds(30));
                keying.awaitRecords(1, Duration.ofSeconds(30));
            }

            assertThat(read(broker, "orders.rejected")).containsExactly("bob: free");
            assertThat(read(broker, "ledger")).containsExactly("ada: paid");
            assertThat(read(broker, "orders.accepted")).containsExactly("ada: good");
            assertThat(read(broker, "orders.archive")).containsExactly("ada: good");
            assertThat(read(broker, "orders.by_country")).containsExactly("NO: good");
        }
    }

    private static List<String> read(EmbeddedKafka broker, String topic) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed");
        try (Consumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<String> found = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    found.add(record.key() + ": "
                            + new String(record.headers().lastHeader("event_id").value(), UTF_8));
                }
            }
            return found;
        }
    }

    @Test
    void thePageShowsWhatTheShopSaysOfItself() throws Exception {
        String page = Files.readString(Path.of("..", "..", "docs", "pipelines.md"));

        assertThat(page).contains("```\n" + shop().describe() + "\n```");
    }

    static final class SendMail implements Processor<OrderPlaced, OrderPlaced> {
        @Override
        public void process(Event<OrderPlaced> event, ProcessorContext<OrderPlaced> context) {
            context.forward(event);
        }
    }

    @Test
    void aCallOutsideLowersTheGuaranteeAndIsRefusedWhereMoreIsRequired() {
        Source orders = Source.topic("orders", Contracts.of(OrderPlaced.class));

        // region guarantee
        Pipeline announced = Pipeline.named("announced")
                .from(orders)
                .processOnly(OrderPlaced.class, "mail", SendMail::new, OutsideCalls.repeatable("the mail service"))
                .to("orders.announced");

        assertThat(announced.guarantee()).isEqualTo(Guarantee.AT_LEAST_ONCE);
        assertThatThrownBy(() -> Pipeline.named("strict")
                        .requiring(Guarantee.EXACTLY_ONCE)
                        .from(orders)
                        .processOnly(
                                OrderPlaced.class, "mail", SendMail::new, OutsideCalls.repeatable("the mail service"))
                        .to("orders.announced"))
                .hasMessage("pipeline strict requires exactly once, but stage mail calls the mail service, so it can"
                        + " only give at least once. Do without that, or require less");
        // endregion
    }
}
