package io.eventplatform.examples.boot3;

import io.eventplatform.contract.Contracts;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.TopicReport;
import io.eventplatform.processor.DedupWindow;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Source;
import io.eventplatform.producer.EventProducer;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

// region beans
@Configuration
class EventsConfiguration {

    @Bean
    KafkaConfig kafka(OrdersProperties orders) {
        return KafkaConfig.of(orders.bootstrapServers());
    }

    @Bean
    Contracts contracts() {
        return Contracts.of(OrderPlaced.class, OrderRated.class);
    }

    @Bean
    Pipeline pipeline(Contracts contracts, CustomerTiers tiers) {
        return Pipeline.named("rating")
                .from(Source.topic("orders", contracts).deduplicatedById(DedupWindow.of(Duration.ofDays(1))))
                .processOnly(OrderPlaced.class, "rate", () -> new RateOrder(tiers))
                .to("rated_orders");
    }

    @Bean
    TopicReport topics(Pipeline pipeline, OrdersProperties orders, KafkaConfig kafka) {
        return pipeline.topics(orders.partitions()).createOrVerify(kafka, Duration.ofSeconds(30));
    }

    /** Spring closes it with the context, after the web server took its last request: what is in flight is delivered. */
    @Bean
    @DependsOn("topics")
    EventProducer producer(KafkaConfig kafka, Contracts contracts) {
        return EventProducer.builder(kafka).topic("orders").contracts(contracts).build();
    }
}
// endregion
