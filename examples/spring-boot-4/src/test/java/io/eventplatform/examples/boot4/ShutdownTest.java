package io.eventplatform.examples.boot4;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.examples.boot4.OrderRated.Tier;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.producer.EventProducer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/** What the application leaves behind when its context closes. */
@Timeout(120)
class ShutdownTest {

    private static final int ORDERS = 20;

    private static final CountDownLatch RATED = new CountDownLatch(ORDERS);

    static class CountedTiers {

        @Bean
        @Primary
        CustomerTiers countedTiers() {
            return new CustomerTiers() {
                @Override
                Tier tierOf(String customer) {
                    RATED.countDown();
                    return super.tierOf(customer);
                }
            };
        }
    }

    @Test
    void closingTheContextCommitsWhatIsFinishedInsteadOfWaitingForTheNextCommit() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            ConfigurableApplicationContext application = new SpringApplicationBuilder(
                            OrdersApplication.class, CountedTiers.class)
                    .run(
                            "--orders.bootstrap-servers=" + kafka.bootstrapServers(),
                            "--orders.commit-interval=10s",
                            "--server.port=0");
            EventProducer producer = application.getBean(EventProducer.class);
            for (int i = 0; i < ORDERS; i++) {
                producer.send(new OrderPlaced("customer-" + i, i));
            }
            assertThat(RATED.await(60, TimeUnit.SECONDS)).isTrue();

            application.close();

            assertThat(RatedOrders.committed(kafka.bootstrapServers())).isEqualTo(ORDERS);
        }
    }
}
