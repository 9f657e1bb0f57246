package io.eventplatform.kafka.internal;

import io.eventplatform.kafka.KafkaAccessException;
import io.eventplatform.kafka.KafkaConfig;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Properties for Kafka's clients, made of what the user gave and what the component decides.
 *
 * <p>A user's property goes to the clients that know it. One that no client knows goes to all of them: it
 * belongs to a plug-in of the user. What the component decides wins.
 */
public final class KafkaClients {

    private static final ConfigDef PRODUCER = ProducerConfig.configDef();
    private static final ConfigDef CONSUMER = ConsumerConfig.configDef();
    private static final ConfigDef ADMIN = AdminClientConfig.configDef();
    private static final Set<String> KNOWN = known();
    private static final List<String> SECRET_WORDS = List.of("password", "secret", "token", "credential");

    private KafkaClients() {}

    /** For a producer of byte arrays. */
    public static Map<String, Object> producer(KafkaConfig kafka, Map<String, Object> ours) {
        Map<String, Object> properties = base(kafka, PRODUCER);
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.putAll(ours);
        return properties;
    }

    /** For a consumer of byte arrays. */
    public static Map<String, Object> consumer(KafkaConfig kafka, Map<String, Object> ours) {
        Map<String, Object> properties = base(kafka, CONSUMER);
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.putAll(ours);
        return properties;
    }

    public static Map<String, Object> admin(KafkaConfig kafka, Map<String, Object> ours) {
        Map<String, Object> properties = base(kafka, ADMIN);
        properties.putAll(ours);
        return properties;
    }

    /** Whether the value of a client property may be shown: Kafka defines it, and not as a secret. */
    public static boolean isPrintable(String property) {
        String name = property.toLowerCase(Locale.ROOT);
        return KNOWN.contains(property)
                && !isPassword(PRODUCER, property)
                && !isPassword(CONSUMER, property)
                && !isPassword(ADMIN, property)
                && SECRET_WORDS.stream().noneMatch(name::contains);
    }

    /** For the exception with which a client's constructor refuses these properties. */
    public static KafkaAccessException unacceptable(KafkaConfig kafka, KafkaException failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return new KafkaAccessException(
                "Kafka's client does not accept " + kafka + ": " + innermost.getMessage()
                        + ". Correct the properties given to KafkaConfig.",
                false,
                failure);
    }

    private static Map<String, Object> base(KafkaConfig kafka, ConfigDef client) {
        KafkaOnClassPath.requireUsable();
        Map<String, Object> properties = new HashMap<>();
        kafka.properties().forEach((name, value) -> {
            if (client.names().contains(name) || !KNOWN.contains(name)) {
                properties.put(name, value);
            }
        });
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        return properties;
    }

    private static boolean isPassword(ConfigDef client, String property) {
        ConfigDef.@Nullable ConfigKey key = client.configKeys().get(property);
        return key != null && key.type() == ConfigDef.Type.PASSWORD;
    }

    private static Set<String> known() {
        Set<String> names = new HashSet<>(PRODUCER.names());
        names.addAll(CONSUMER.names());
        names.addAll(ADMIN.names());
        return names;
    }
}
