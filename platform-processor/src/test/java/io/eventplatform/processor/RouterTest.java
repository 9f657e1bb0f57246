package io.eventplatform.processor;

import static io.eventplatform.processor.KafkaWorld.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.eventplatform.contract.Contracts;
import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import io.eventplatform.kafka.TopicPlan;
import io.eventplatform.kafka.TopicSpec;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KafkaExtension.class)
class RouterTest {

    private static final String SHIPPING = "domain.shipping";
    private static final String BILLING = "domain.billing";
    private static final Contracts CONTRACTS =
            Contracts.of(ParcelSent.class, ParcelSentAgain.class, ParcelLost.class, InvoicePaid.class);

    @EventContract(type = "parcel_sent", version = 1, domain = "shipping")
    record ParcelSent(@EventKey String parcel) {}

    @EventContract(type = "parcel_sent", version = 2, domain = "shipping")
    record ParcelSentAgain(@EventKey String parcel, long weight) {}

    @EventContract(type = "parcel_lost", version = 1, domain = "shipping")
    record ParcelLost(@EventKey String parcel) {}

    @EventContract(type = "invoice_paid", version = 1, domain = "billing")
    record InvoicePaid(@EventKey String invoice, long cents) {}

    private final KafkaWorld kafka;
    private final String name = EmbeddedKafka.uniqueName("router");
    private final Pipeline router =
            Pipeline.named(name).from(Source.topic(name + "-in", CONTRACTS)).toDomains();

    RouterTest(EmbeddedKafka broker) {
        this.kafka = new KafkaWorld(broker);
    }

    @AfterEach
    void disconnect() {
        kafka.close();
    }

    @Test
    void eventsGoToTheTopicOfTheirDomainAndTheRestToDeadLetters() {
        kafka.create(router.topics(2));
        // By its headers alone: the body is no JSON at all, and passes as it is.
        send("p1", "parcel_sent", "v1", "ada", "never looked at");
        send("p2", "parcel_sent", "v2", "ada", "nor this");
        send("p3", "parcel_lost", "v1", "ada", "nor this");
        send("i1", "invoice_paid", "v1", "bob", "nor this");
        // Foreign clients: without headers, the body decides, and the contract says the key.
        foreign(
                "another key",
                "{\"event_id\":\"i2\",\"event_type\":\"invoice_paid\",\"cents\":5,\"invoice\":\"n1\","
                        + "\"schema_version\":\"v1\",\"timestamp\":\"2026-01-01T00:00:00Z\"}");
        // What cannot be routed.
        send("x1", "parcel_eaten", "v1", "ada", "{}");
        send("x2", "parcel_sent", "v3", "ada", "{}");
        foreign("k", "{\"event_id\":\"x3\",");
        foreign(
                "k",
                "{\"event_id\":\"x4\",\"event_type\":\"invoice_paid\",\"invoice\":\"n1\","
                        + "\"schema_version\":\"v1\",\"timestamp\":\"2026-01-01T00:00:00Z\"}");

        runOut();

        assertThat(kafka.read(SHIPPING))
                .extracting(record -> header(record, "event_id") + " " + new String(record.value(), UTF_8))
                .contains("p1 never looked at", "p2 nor this", "p3 nor this");
        List<ConsumerRecord<byte[], byte[]>> billing = kafka.read(BILLING);
        assertThat(billing).extracting(record -> header(record, "event_id")).contains("i1", "i2");
        assertThat(billing)
                .filteredOn(record -> header(record, "event_id").equals("i2"))
                .singleElement()
                .satisfies(foreign -> {
                    assertThat(new String(foreign.key(), UTF_8)).isEqualTo("n1");
                    assertThat(header(foreign, "event_type")).isEqualTo("invoice_paid");
                    assertThat(header(foreign, "schema_version")).isEqualTo("v1");
                    assertThat(new String(foreign.value(), UTF_8)).startsWith("{\"event_id\":\"i2\",\"event_type\"");
                });
        assertThat(kafka.read(router.deadLetterTopics().get(0)))
                .extracting(letter -> header(letter, "dead_letter.reason"))
                .containsExactlyInAnyOrder(
                        "contract.type_unknown", "contract.version_unsupported", "body.malformed", "contract.violated");
    }

    @Test
    void theTopicsItNeedsFollowFromTheContracts() {
        assertThat(router.targetTopics()).containsExactly(BILLING, SHIPPING);
        assertThat(router.topics(3).topics())
                .extracting(topic -> topic.name())
                .containsExactly(
                        name + "-in",
                        BILLING,
                        SHIPPING,
                        router.deadLetterTopics().get(0));
        assertThat(router.describe())
                .isEqualTo("pipeline " + name + " (exactly once)\n  from " + name + "-in\n  to domain.billing,"
                        + " domain.shipping by event type\n  dead letters to "
                        + router.deadLetterTopics().get(0));
    }

    @Test
    void aRouterThatReadsADomainTopicIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pipeline.named("loop")
                        .from(Source.topic(BILLING, CONTRACTS))
                        .toDomains())
                .withMessage("pipeline loop would write to the topic it reads, domain.billing, and never end");
    }

    @Test
    void howLargeAnEventMayBeIsForItsOwnDomainToSay() {
        kafka.create(TopicPlan.of(router.topics(1).topics().stream()
                .map(topic -> topic.name().equals(BILLING) ? TopicSpec.of(BILLING, 2) : topic)
                .map(topic -> topic.name().equals(SHIPPING) ? TopicSpec.of(SHIPPING, 2) : topic)
                .toList()));
        kafka.configure(BILLING, "max.message.bytes", "2000");
        try {
            send("large-parcel", "parcel_sent", "v1", "ada", "x".repeat(5_000));
            send("large-invoice", "invoice_paid", "v1", "bob", "x".repeat(5_000));

            runOut();

            assertThat(kafka.read(SHIPPING))
                    .extracting(record -> header(record, "event_id"))
                    .contains("large-parcel");
            assertThat(kafka.read(router.deadLetterTopics().get(0)))
                    .singleElement()
                    .satisfies(letter -> {
                        assertThat(header(letter, "dead_letter.reason")).isEqualTo("output.too_large");
                        assertThat(header(letter, "event_id")).isEqualTo("large-invoice");
                    });
        } finally {
            kafka.configure(BILLING, "max.message.bytes", "1048588");
        }
    }

    private void send(String id, String type, String version, String key, String body) {
        Headers headers = new RecordHeaders()
                .add("event_id", id.getBytes(UTF_8))
                .add("event_type", type.getBytes(UTF_8))
                .add("schema_version", version.getBytes(UTF_8))
                .add("timestamp", "2026-01-01T00:00:00Z".getBytes(UTF_8));
        kafka.send(name + "-in", key, body, headers);
    }

    private void foreign(String key, String body) {
        kafka.send(name + "-in", key, body);
    }

    private void runOut() {
        try (Runner runner = Runner.start(
                router, kafka.config(), RunnerOptions.builder().instance("one").build())) {
            kafka.awaitCommitted(name, name + "-in");
            runner.close(Duration.ofSeconds(30));
        }
    }
}
