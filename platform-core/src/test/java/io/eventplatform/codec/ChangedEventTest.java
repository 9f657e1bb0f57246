package io.eventplatform.codec;

import static io.eventplatform.codec.Wire.CODEC;
import static io.eventplatform.codec.Wire.SIGNUP;
import static io.eventplatform.codec.Wire.bodyOnly;
import static io.eventplatform.codec.Wire.bytes;
import static io.eventplatform.codec.Wire.signupHeaders;
import static io.eventplatform.codec.Wire.signupWith;
import static io.eventplatform.codec.Wire.text;
import static io.eventplatform.codec.Wire.texts;
import static io.eventplatform.codec.Wire.withSignupHeaders;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.contract.UserSignup;
import io.eventplatform.event.Event;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An event that was read keeps its bytes; a changed copy keeps the bytes of all that was not changed. */
class ChangedEventTest {

    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00.999999Z");

    /** What a tree of JSON values would lose: order, spaces, escapes, digits, the sign of zero, null. */
    private static final String ODD = """
            { "zeta" : [1.0, 1.00, 1E2, 1e+02, -0.0, 12345678901234567890.12345678901234567890],
              "user_id":"u-1","email":"\\u0061da\\/@example.com", "note":null,
              "plan":"PREMIUM","schema_version":"v1","event_type":"user_signup","event_id":"e-1",
              "timestamp":"2026-11-23T10:15:30.123Z"
            }
            """;

    @Test
    void anUnchangedEventKeepsItsRecord() {
        EncodedEvent record = withSignupHeaders(ODD);

        EncodedEvent encoded = CODEC.encode(CODEC.decode(record));

        assertThat(encoded).isEqualTo(record);
        assertThat(encoded.value()).isSameAs(record.value());
    }

    @Test
    void anEventThatWasReadAndNotChangedKeepsItsBytesToo() {
        Event<?> event = CODEC.decode(bodyOnly(ODD));
        event.payload();
        event.enriched();

        EncodedEvent encoded = CODEC.encode(event.withId(event.id()));

        assertThat(text(encoded.value())).isEqualTo(ODD);
    }

    @Test
    void whatProcessingAddsIsAppendedAndNothingElseMoves() {
        Event<?> event =
                CODEC.decode(withSignupHeaders(ODD)).withProcessedAt(NOON).withEnriched("geo", Map.of("country", "SE"));

        EncodedEvent encoded = CODEC.encode(event);

        String added = ",\"processed_at\":\"2026-11-23T12:00:00.999Z\",\"enriched\":{\"geo\":{\"country\":\"SE\"}}}\n";
        assertThat(text(encoded.value())).isEqualTo(ODD.substring(0, ODD.lastIndexOf('}')) + added);
        assertThat(texts(encoded.headers())).isEqualTo(texts(signupHeaders()));
        assertThat(encoded.key()).isEqualTo(bytes("u-1"));
    }

    @Test
    void whatIsThereIsReplacedInItsPlace() {
        String body = signupWith("\"processed_at\":null,\"enriched\":{\"a\":{\"n\":1.50},\"geo\":{\"old\":1},\"z\":0},"
                + "\"last\":1.10");
        Event<?> event = CODEC.decode(bodyOnly(body))
                .withEnriched("geo", Map.of("new", 2))
                .withProcessedAt(NOON);

        EncodedEvent encoded = CODEC.encode(event);

        assertThat(text(encoded.value()))
                .isEqualTo(signupWith("\"processed_at\":\"2026-11-23T12:00:00.999Z\","
                        + "\"enriched\":{\"a\":{\"n\":1.50},\"geo\":{\"new\":2},\"z\":0},\"last\":1.10"));
    }

    @Test
    void aFieldIsFoundHoweverItsNameIsEscaped() {
        Event<?> event =
                CODEC.decode(bodyOnly(signupWith("\"enr\\u0069ched\":{}"))).withEnriched("a", Map.of());

        assertThat(text(CODEC.encode(event).value())).isEqualTo(signupWith("\"enr\\u0069ched\":{\"a\":{}}"));
    }

    @Test
    void aLargeBodyIsChangedInTheRightPlace() {
        String large = signupWith("\"enriched\":{\"a\":{}},\"filler\":[" + "\"some text\",1.50,".repeat(20_000) + "0]");
        String larger = large.replace("{\"a\":{}}", "{\"a\":{},\"b\":{}}");

        Event<?> event = CODEC.decode(bodyOnly(large)).withEnriched("b", Map.of());

        assertThat(text(CODEC.encode(event).value())).isEqualTo(larger);
    }

    @Test
    void aChangedEnvelopeIsChangedInBodyAndHeaders() {
        Event<?> event = CODEC.decode(withSignupHeaders(ODD))
                .withId("e-\"2\"")
                .withTimestamp(NOON)
                .withCorrelationId("c-1")
                .withCausationId("e-1");

        EncodedEvent encoded = CODEC.encode(event);

        assertThat(text(encoded.value()))
                .isEqualTo(ODD.replace("\"e-1\"", "\"e-\\\"2\\\"\"")
                        .replace("2026-11-23T10:15:30.123Z", "2026-11-23T12:00:00.999Z")
                        .replace("\n}", "\n,\"correlation_id\":\"c-1\",\"causation_id\":\"e-1\"}"));
        assertThat(texts(encoded.headers()))
                .containsEntry("event_id", "e-\"2\"")
                .containsEntry("timestamp", "2026-11-23T12:00:00.999Z")
                .containsEntry("correlation_id", "c-1");
        assertThat(CODEC.decode(encoded).envelope()).isEqualTo(event.envelope());
        assertThat(CODEC.decode(encoded).payload()).isEqualTo(event.payload());
    }

    @Test
    void anotherPayloadKeepsWhatProcessingAdded() {
        String body = signupWith("\"unknown\":1,\"enriched\":{\"a\":{\"n\":1.50}}");
        Event<UserSignup> event = CODEC.decode(bodyOnly(body))
                .withProcessedAt(NOON)
                .withEnriched("b", Map.of())
                .withPayload(UserSignup.of("u-2"));

        String encoded = text(CODEC.encode(event).value());

        assertThat(encoded)
                .isEqualTo(SIGNUP.replace("\"u-1\"", "\"u-2\"")
                                .replace("ada@", "u-2@")
                                .replace("}", "")
                        + ",\"processed_at\":\"2026-11-23T12:00:00.999Z\",\"enriched\":{\"a\":{\"n\":1.50},\"b\":{}}}");
    }

    @Test
    void enrichedValuesAreReadBackAsJavaValues() {
        Map<String, Object> value = Map.of(
                "text",
                "x",
                "flag",
                true,
                "int",
                1,
                "big",
                new BigInteger("12345678901234567890"),
                "decimal",
                new BigDecimal("1.50"),
                "double",
                0.1,
                "list",
                List.of(1, "two", Map.of("deep", false)),
                "at",
                Instant.parse("2026-11-23T12:00:00Z"));
        Event<?> event = Event.of(UserSignup.of("u-1")).withEnriched("all", value);

        Map<String, Object> read = CODEC.decode(CODEC.encode(event)).enriched();

        assertThat(read).isEqualTo(event.enriched());
        assertThat(read.get("all"))
                .isEqualTo(Map.of(
                        "text",
                        "x",
                        "flag",
                        true,
                        "int",
                        1L,
                        "big",
                        new BigInteger("12345678901234567890"),
                        "decimal",
                        new BigDecimal("1.50"),
                        "double",
                        new BigDecimal("0.1"),
                        "list",
                        List.of(1L, "two", Map.of("deep", false)),
                        "at",
                        "2026-11-23T12:00:00.000000Z"));
    }

    @Test
    void theDeepestEntryThatCanBeAddedCanBeReadAgain() {
        Event<?> event = Event.of(UserSignup.of("u-1"));

        Event<?> deepest = event.withEnriched("deep", nested(62));

        assertThat(CODEC.decode(CODEC.encode(deepest)).payload()).isEqualTo(event.payload());
        assertThatThrownBy(() -> event.withEnriched("deep", nested(63)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not JSON at / (nesting). Use strings, booleans, numbers, Instant, LocalDate, UUID, enums,"
                        + " and maps and collections of them.");
    }

    private static Map<String, Object> nested(int levels) {
        return levels == 1 ? Map.of() : Map.of("a", nested(levels - 1));
    }

    @Test
    void aCopyLeavesTheEventAsItWas() {
        Event<UserSignup> event = Event.of(UserSignup.of("u-1"));

        event.withId("other").withProcessedAt(NOON).withEnriched("a", Map.of());

        assertThat(event.id()).isNotEqualTo("other");
        assertThat(event.processedAt()).isEmpty();
        assertThat(event.enriched()).isEmpty();
    }
}
