package io.eventplatform.kafka.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
@TestMethodOrder(OrderAnnotation.class)
class KafkaExtensionTest {

    // region settings
    @RegisterExtension
    static final KafkaExtension KAFKA = KafkaExtension.own(broker -> broker.property("message.max.bytes", "5000"));
    // endregion

    private static @Nullable EmbeddedKafka ofTheClass;

    @BeforeAll
    static void remember(EmbeddedKafka kafka) {
        ofTheClass = kafka;
    }

    @Test
    void aBrokerInAStaticFieldIsTheClasssOwnAndHasItsSettings(EmbeddedKafka kafka) throws Exception {
        var broker = new ConfigResource(ConfigResource.Type.BROKER, "1");

        assertThat(kafka).isSameAs(ofTheClass);
        assertThat(Clients.setting(kafka.bootstrapServers(), broker, "message.max.bytes"))
                .isEqualTo("5000");
    }

    @Test
    @Order(1)
    void aTestMayLeaveItsFaultsBehind(FaultProxy proxy) {
        proxy.cut();
    }

    @Test
    @Order(2)
    void theNextTestFindsNone(FaultProxy proxy) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", proxy.bootstrapServers()))) {
            assertThat(admin.describeCluster().nodes().get()).hasSize(1);
        }
    }

    @Nested
    class InANestedClass {

        @Test
        void theBrokerIsThatOfTheOuterClass(EmbeddedKafka kafka) {
            assertThat(kafka).isSameAs(ofTheClass);
        }
    }
}
