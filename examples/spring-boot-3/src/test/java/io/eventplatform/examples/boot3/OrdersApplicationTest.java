package io.eventplatform.examples.boot3;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.kafka.testkit.EmbeddedKafka;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.test.context.DynamicPropertyRegistrar;

/** The whole application, on a real broker. */
@Timeout(120)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class OrdersApplicationTest {

    // region broker
    /** The broker is a bean: Spring closes it after all that talk to it. */
    @TestConfiguration
    static class Broker {

        @Bean
        EmbeddedKafka broker() {
            return EmbeddedKafka.start();
        }

        @Bean
        DynamicPropertyRegistrar brokerAddress(EmbeddedKafka broker) {
            return properties -> properties.add("orders.bootstrap-servers", broker::bootstrapServers);
        }
    }
    // endregion

    @Autowired
    private EmbeddedKafka broker;

    private final HttpClient http = HttpClient.newHttpClient();

    @Value("http://localhost:${local.server.port}")
    private String address;

    @Test
    void anOrderThatIsPlacedTwiceIsRatedOnce() throws Exception {
        String ada = "{\"customer\":\"ada\",\"cents\":4200}";

        assertThat(put("/orders/o-1", ada).statusCode()).isEqualTo(202);
        assertThat(put("/orders/o-1", ada).statusCode()).isEqualTo(202);
        assertThat(put("/orders/o-2", "{\"customer\":\"bob\",\"cents\":5}").statusCode())
                .isEqualTo(202);

        assertThat(RatedOrders.await(broker.bootstrapServers(), 2))
                .hasSize(2)
                .anySatisfy(rated -> assertThat(rated).contains("\"event_id\":\"o-1\"", "\"tier\":\"GOLD\""))
                .anySatisfy(rated -> assertThat(rated).contains("\"event_id\":\"o-2\"", "\"tier\":\"REGULAR\""));
        assertThat(get("/actuator/health").body()).contains("\"pipeline\":{\"status\":\"UP\"}");
        assertThat(get("/actuator/health/liveness").statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> put(String path, String json) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(address + path))
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString(json))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create(address + path)).build(), BodyHandlers.ofString());
    }
}
