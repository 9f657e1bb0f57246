package io.eventplatform.kafka.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.classpath.OlderLibrary;
import io.eventplatform.kafka.KafkaConfig;
import java.util.Map;
import org.apache.kafka.common.utils.AppInfoParser;
import org.junit.jupiter.api.Test;

class KafkaOnClassPathTest {

    public static final class FirstClient implements Runnable {
        @Override
        public void run() {
            KafkaClients.producer(KafkaConfig.of("127.0.0.1:9092"), Map.of());
        }
    }

    @Test
    void theFirstClientIsRefusedWithTheFixIfKafkasClientsAreTooOld() throws Exception {
        try (OlderLibrary older = OlderLibrary.of("kafka-clients", "4.1.2")) {
            assertThatThrownBy(() -> older.run(FirstClient.class))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "kafka-clients 4.1.2 (" + older.location() + ") is too old for this library, which needs"
                                    + " 4.2 or later. Another BOM, such as Spring Boot's, holds it back. Maven: set"
                                    + " org.apache.kafka:kafka-clients to 4.3.1 in <dependencyManagement>, or with"
                                    + " spring-boot-starter-parent the property <kafka.version> to 4.3.1. Gradle:"
                                    + " ext['kafka.version'] = '4.3.1', or a constraint on kafka-clients:4.3.1.");
        }
    }

    @Test
    void theClientsWeBuildWithAreThoseTheMessageRecommends() {
        KafkaOnClassPath.requireUsable();

        assertThat(AppInfoParser.getVersion()).isEqualTo(KafkaOnClassPath.RECOMMENDED);
    }
}
