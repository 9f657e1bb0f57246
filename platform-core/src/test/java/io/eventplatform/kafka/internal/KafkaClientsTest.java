package io.eventplatform.kafka.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.kafka.KafkaConfig;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class KafkaClientsTest {

    private static final KafkaConfig KAFKA = KafkaConfig.of("broker:9092")
            .with("linger.ms", 20)
            .with("max.poll.records", 7)
            .with("security.protocol", "SSL")
            .with("property.of.a.plugin", "value");

    @Test
    void eachClientGetsThePropertiesItKnowsAndThoseNoClientKnows() {
        assertThat(KafkaClients.producer(KAFKA, Map.of()))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "bootstrap.servers",
                        "broker:9092",
                        "linger.ms",
                        20,
                        "security.protocol",
                        "SSL",
                        "property.of.a.plugin",
                        "value",
                        "key.serializer",
                        ByteArraySerializer.class,
                        "value.serializer",
                        ByteArraySerializer.class));
        assertThat(KafkaClients.consumer(KAFKA, Map.of()))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "bootstrap.servers",
                        "broker:9092",
                        "max.poll.records",
                        7,
                        "security.protocol",
                        "SSL",
                        "property.of.a.plugin",
                        "value",
                        "allow.auto.create.topics",
                        false,
                        "key.deserializer",
                        ByteArrayDeserializer.class,
                        "value.deserializer",
                        ByteArrayDeserializer.class));
        assertThat(KafkaClients.admin(KAFKA, Map.of()))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "bootstrap.servers", "broker:9092",
                        "security.protocol", "SSL",
                        "property.of.a.plugin", "value"));
    }

    @Test
    void whatTheComponentDecidesWins() {
        assertThat(KafkaClients.producer(KAFKA, Map.of("linger.ms", 5))).containsEntry("linger.ms", 5);
    }

    @Test
    void ofHeadersOfOneNameTheLastIsKept() {
        Headers headers = new RecordHeaders()
                .add("first", bytes("1"))
                .add("second", bytes("2"))
                .add("first", bytes("3"))
                .add("empty", null);

        Map<String, byte[]> map = KafkaHeaders.toMap(headers);

        assertThat(map.keySet()).containsExactly("first", "second", "empty");
        assertThat(map).containsEntry("first", bytes("3")).containsEntry("empty", bytes(""));
        assertThat(KafkaHeaders.toMap(KafkaHeaders.fromMap(map))).isEqualTo(map);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
