package io.eventplatform.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaConfigTest {

    private static final KafkaConfig KAFKA = KafkaConfig.of("broker:9092");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "security.protocol",
                "sasl.mechanism",
                "sasl.jaas.config",
                "sasl.login.callback.handler.class",
                "sasl.oauthbearer.token.endpoint.url",
                "ssl.truststore.location",
                "ssl.keystore.password",
                "client.id",
                "client.rack",
                "client.dns.lookup",
                "linger.ms",
                "batch.size",
                "compression.type",
                "max.request.size",
                "request.timeout.ms",
                "reconnect.backoff.ms",
                "session.timeout.ms",
                "heartbeat.interval.ms",
                "max.poll.interval.ms",
                "max.poll.records",
                "fetch.max.bytes",
                "default.api.timeout.ms",
                "interceptor.classes",
                "metric.reporters",
                "config.providers",
                "property.of.a.plugin"
            })
    void propertiesThatBreakNoGuaranteeAreAccepted(String property) {
        assertThatCode(() -> KAFKA.with(property, "value")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            bootstrap.servers | it is given to KafkaConfig.of. Pass the brokers there.
            bootstrap.controllers | topics are managed through the brokers. Pass the brokers to KafkaConfig.of.
            acks | an acknowledged event must be on all in-sync replicas. Leave it out; how many replicas that is, is the topic's min.insync.replicas, see TopicSpec.with.
            enable.idempotence | without it a retry could write an event twice or out of order. Leave it out; it is always on.
            max.in.flight.requests.per.connection | above 5 a retry could write events out of order. Leave it out; to send more at once raise batch.size or linger.ms.
            retries | the time in which an event is delivered or fails is one deadline of the component that sends it. Set the delivery deadline there.
            delivery.timeout.ms | the time in which an event is delivered or fails is one deadline of the component that sends it. Set the delivery deadline there.
            buffer.memory | the component that sends bounds what is in flight, and Kafka's client must not block behind it. Set the bounds, and what happens when they are reached, there.
            max.block.ms | the component that sends bounds what is in flight, and Kafka's client must not block behind it. Set the bounds, and what happens when they are reached, there.
            metadata.max.idle.ms | the component that sends bounds what is in flight, and Kafka's client must not block behind it. Set the bounds, and what happens when they are reached, there.
            partitioner.class | events of one key must meet in one partition, whoever produced them. Leave it out; choose the key with @EventKey.
            partitioner.ignore.keys | events of one key must meet in one partition, in order. Leave it out; choose the key with @EventKey.
            key.serializer | events are written and read by the library's codec. Leave it out; events of other producers are read as long as they are in the documented JSON format.
            value.serializer | events are written and read by the library's codec. Leave it out; events of other producers are read as long as they are in the documented JSON format.
            key.deserializer | events are written and read by the library's codec. Leave it out; events of other producers are read as long as they are in the documented JSON format.
            value.deserializer | events are written and read by the library's codec. Leave it out; events of other producers are read as long as they are in the documented JSON format.
            transactional.id | exactly-once processing decides it, and a value of yours could let an old instance write. Choose the guarantee in the options of the component that processes.
            transaction.timeout.ms | exactly-once processing decides it, and a value of yours could let an old instance write. Choose the guarantee in the options of the component that processes.
            transaction.two.phase.commit.enable | exactly-once processing decides it, and a value of yours could let an old instance write. Choose the guarantee in the options of the component that processes.
            isolation.level | events of an aborted transaction must never be processed. Leave it out; the library reads committed events only, except where it has to see all.
            enable.auto.commit | an offset is committed only after the work on its event is done. Leave it out; the component that consumes commits.
            auto.commit.interval.ms | offsets are committed with the work that belongs to them, never by a timer of the client. Set the commit interval in the options of the component that consumes.
            auto.offset.reset | an offset that is gone must be an error, not a silent jump. Choose where a new group starts in the options of the component that consumes.
            allow.auto.create.topics | a misspelt topic must be an error, not a new topic. Leave it out; declare topics in a TopicPlan.
            group.id | the component that consumes decides how its group works together. Name the group in its options.
            group.instance.id | the component that consumes decides how its group works together. Name the group in its options.
            group.protocol | the component that consumes decides how its group works together. Name the group in its options.
            group.remote.assignor | the component that consumes decides how its group works together. Name the group in its options.
            partition.assignment.strategy | the component that consumes decides how its group works together. Name the group in its options.
            """)
    void propertiesThatALibraryDecidesAreRefusedWithTheReasonAndAWayOut(String property, String reasonAndWayOut) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KAFKA.with(property, "my-value"))
                .withMessage("KafkaConfig does not take " + property + ": " + reasonAndWayOut);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "broker", "broker:", "broker:port", ":9092", "a:1,,b:2", "a:1,b", "a b:1", "a:123456"})
    void addressesThatAreNotHostAndPortAreRefused(String servers) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaConfig.of(servers))
                .withMessage("bootstrapServers must be host:port, separated by commas, but was \"" + servers + "\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"broker:9092|broker:9092", "a:1, b:2|a:1,b:2", "[::1]:9092|[::1]:9092", "SSL://a:1|SSL://a:1"})
    void addressesAreTakenWithoutTheirSpaces(String servers, String taken) {
        assertThat(KafkaConfig.of(servers).bootstrapServers()).isEqualTo(taken);
    }

    @Test
    void aCopyLeavesTheOriginalAsItWas() {
        KafkaConfig changed = KAFKA.with("linger.ms", 20).with("linger.ms", 30);

        assertThat(KAFKA.properties()).isEmpty();
        assertThat(changed.properties()).containsExactly(entry("linger.ms", 30));
    }

    @Test
    void aListCannotBeChangedFromOutside() {
        List<String> interceptors = new ArrayList<>(List.of("com.example.First"));
        KafkaConfig kafka = KAFKA.with("interceptor.classes", interceptors);

        interceptors.add("com.example.Second");

        assertThat(kafka.properties()).containsEntry("interceptor.classes", List.of("com.example.First"));
    }

    @Test
    void valuesOfTheSameContentAreEqual() {
        KafkaConfig one = KAFKA.with("linger.ms", 20).with("client.id", "a");
        KafkaConfig other = KAFKA.with("client.id", "a").with("linger.ms", 20);

        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
        assertThat(one).isNotEqualTo(KAFKA).isNotEqualTo(KafkaConfig.of("other:9092"));
    }

    @Test
    void secretsAreMaskedWhenPrinted() {
        KafkaConfig kafka = KAFKA.with("security.protocol", "SASL_SSL")
                .with("sasl.jaas.config", "Login required password=\"hunter2\";")
                .with("ssl.key.password", "hunter2")
                .with("ssl.keystore.key", "hunter2")
                .with("sasl.oauthbearer.client.credentials.client.secret", "hunter2")
                .with("schema.registry.basic.auth.user.info", "me:hunter2");

        assertThat(kafka)
                .hasToString("KafkaConfig[broker:9092, {sasl.jaas.config=***,"
                        + " sasl.oauthbearer.client.credentials.client.secret=***,"
                        + " schema.registry.basic.auth.user.info=***, security.protocol=SASL_SSL,"
                        + " ssl.key.password=***, ssl.keystore.key=***}]");
    }
}
