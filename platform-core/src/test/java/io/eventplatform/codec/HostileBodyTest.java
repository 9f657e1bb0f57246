package io.eventplatform.codec;

import static io.eventplatform.codec.Wire.CODEC;
import static io.eventplatform.codec.Wire.SIGNUP;
import static io.eventplatform.codec.Wire.bytes;
import static io.eventplatform.codec.Wire.signupHeaders;
import static io.eventplatform.codec.Wire.signupWith;
import static io.eventplatform.codec.Wire.withoutKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.eventplatform.contract.Contracts;
import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import io.eventplatform.contract.InvalidEventException;
import io.eventplatform.contract.InvalidEventException.Reason;
import io.eventplatform.event.Event;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the bytes are, the answer is an event or an {@link InvalidEventException}; never another exception. */
@Timeout(20)
class HostileBodyTest {

    static Stream<Arguments> malformedBodies() {
        return Stream.of(
                arguments("empty, as a tombstone is", new byte[0], "Body is empty."),
                arguments("white space only", bytes("  \n "), "Body is not a JSON object."),
                arguments("an array", bytes("[1]"), "Body is not a JSON object."),
                arguments("a string", bytes("\"text\""), "Body is not a JSON object."),
                arguments("a number", bytes("42"), "Body is not a JSON object."),
                arguments("null", bytes("null"), "Body is not a JSON object."),
                arguments("not JSON", bytes("user signed up"), "Body is not JSON, near character 0."),
                arguments("cut off", bytes(SIGNUP.substring(0, 40)), "Body is not JSON, near character 40."),
                arguments("a byte order mark", bytes("\uFEFF" + SIGNUP), "Body is not JSON, near character 0."),
                arguments("UTF-16", SIGNUP.getBytes(StandardCharsets.UTF_16LE), "Body is not JSON, near character 1."),
                arguments("Latin-1", "{\"a\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1), "Body is not UTF-8."),
                arguments("overlong UTF-8", latin1("{\"a\":\"\u00C0\u0080\"}"), "Body is not UTF-8."),
                arguments("a surrogate in UTF-8", latin1("{\"a\":\"\u00ED\u00A0\u0080\"}"), "Body is not UTF-8."),
                arguments(
                        "half a surrogate pair in a value",
                        bytes("{\"a\":\"\\ud800\"}"),
                        "Body has half of a surrogate pair, near character 5."),
                arguments(
                        "half a surrogate pair in a name",
                        bytes("{\"\\ud800\":1}"),
                        "Body has half of a surrogate pair, near character 10."),
                arguments("garbage behind it", bytes("{}x"), "Body is not JSON, near character 2."),
                arguments("a second object", bytes("{} {}"), "Body goes on after its JSON object, near character 3."),
                arguments(
                        "a name twice",
                        bytes("{\"a\":1,\"a\":2}"),
                        "Body has a name twice in one object, near character 11."),
                arguments(
                        "a name twice, once escaped",
                        bytes("{\"a\":1,\"\\u0061\":2}"),
                        "Body has a name twice in one object, near character 16."),
                arguments(
                        "a name twice, once null",
                        bytes("{\"a\":null,\"a\":2}"),
                        "Body has a name twice in one object, near character 14."),
                arguments("NaN", bytes("{\"a\":NaN}"), "Body is not JSON, near character 8."),
                arguments("Infinity", bytes("{\"a\":-Infinity}"), "Body is not JSON, near character 14."),
                arguments("a comment", bytes("{/**/\"a\":1}"), "Body is not JSON, near character 1."),
                arguments("single quotes", bytes("{'a':1}"), "Body is not JSON, near character 1."),
                arguments("a trailing comma", bytes("{\"a\":1,}"), "Body is not JSON, near character 7."),
                arguments("a leading zero", bytes("{\"a\":01}"), "Body is not JSON, near character 6."),
                arguments("a raw control character", bytes("{\"a\":\"\n\"}"), "Body is not JSON, near character 6."),
                arguments(
                        "65 levels",
                        bytes("{\"a\":" + "[".repeat(64) + "]".repeat(64) + "}"),
                        "Body exceeds a limit: 64 levels, numbers of 1000 characters."),
                arguments(
                        "a million levels",
                        bytes("{\"a\":" + "[".repeat(1_000_000)),
                        "Body exceeds a limit: 64 levels, numbers of 1000 characters."),
                arguments(
                        "a number of 1001 digits",
                        bytes("{\"a\":" + "1".repeat(1001) + "}"),
                        "Body exceeds a limit: 64 levels, numbers of 1000 characters."),
                arguments(
                        "a number of a million digits",
                        bytes("{\"a\":" + "1".repeat(1_000_000) + "}"),
                        "Body exceeds a limit: 64 levels, numbers of 1000 characters."),
                arguments(
                        "a huge exponent",
                        bytes("{\"a\":1e999999999}"),
                        "Body has a number with an exponent beyond 1000, near character 5."),
                arguments(
                        "a tiny exponent",
                        bytes("{\"a\":1e-999999999}"),
                        "Body has a number with an exponent beyond 1000, near character 5."),
                arguments(
                        "an exponent beyond int",
                        bytes("{\"a\":1e99999999999}"),
                        "Body has a number with an exponent beyond 1000, near character 5."));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedBodies")
    void aMalformedBodyIsRefusedWhenTheEnvelopeIsReadFromIt(String name, byte[] body, String message) {
        EncodedEvent record = withoutKey(body, Map.of());

        InvalidEventException refusal = catchThrowableOfType(InvalidEventException.class, () -> CODEC.decode(record));

        assertThat(refusal).hasMessage(message).hasNoCause();
        assertThat(refusal.reason()).isEqualTo(Reason.BODY_MALFORMED);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedBodies")
    void aMalformedBodyIsRefusedWhenThePayloadIsAskedFor(String name, byte[] body, String message) {
        EncodedEvent record = withoutKey(body, signupHeaders());

        InvalidEventException refusal = catchThrowableOfType(
                InvalidEventException.class, () -> CODEC.decode(record).payload());

        assertThat(refusal).hasMessage(message).hasNoCause();
        assertThat(refusal.reason()).isEqualTo(Reason.BODY_MALFORMED);
    }

    @Test
    void aBodyThatIsCutOffAnywhereIsMalformed() {
        String body = signupWith("\"metadata\":{\"a\":[1.5,true,{}]}");

        for (int length = 0; length < body.length(); length++) {
            EncodedEvent record = Wire.bodyOnly(body.substring(0, length));
            assertThat(catchThrowableOfType(InvalidEventException.class, () -> CODEC.decode(record))
                            .reason())
                    .as("%d characters", length)
                    .isEqualTo(Reason.BODY_MALFORMED);
        }
    }

    @Test
    void whatIsAtTheLimitsIsAccepted() {
        String fields = "\"deep\":" + "[".repeat(63) + "]".repeat(63) + ",\"long\":" + "9".repeat(1000)
                + ",\"big\":1e1000,\"small\":1E-1000,\"zero\":-0.0e0";

        assertThatCode(() -> CODEC.decode(Wire.bodyOnly(signupWith(fields))).payload())
                .doesNotThrowAnyException();
    }

    @EventContract(type = "colliding", version = 1)
    record Colliding(@EventKey String id, Set<String> values, Map<String, Integer> names) {}

    @Test
    void textsThatCollideInHashTablesCostNoTime() {
        Set<String> texts = collidingTexts().collect(Collectors.toSet());
        Map<String, Integer> names = texts.stream().collect(Collectors.toMap(text -> text, String::length));
        EventCodec codec = EventCodec.of(Contracts.of(Colliding.class));
        EncodedEvent encoded = codec.encode(Event.of(new Colliding("c-1", texts, names)));

        Object payload = codec.decode(encoded).payload();

        assertThat(payload).isEqualTo(new Colliding("c-1", texts, names));
    }

    @Test
    void aHundredThousandViolationsAreReportedAsAFew() {
        String numbers = IntStream.range(0, 100_000).mapToObj(Integer::toString).collect(Collectors.joining(","));
        String body = "{\"event_id\":\"e-1\",\"event_type\":\"all.types\",\"schema_version\":\"v3\","
                + "\"timestamp\":\"2026-11-23T10:15:30Z\",\"tags\":[" + numbers + "]}";

        InvalidEventException refusal =
                catchThrowableOfType(InvalidEventException.class, () -> CODEC.decode(Wire.bodyOnly(body))
                        .payload());

        assertThat(refusal.reason()).isEqualTo(Reason.CONTRACT_VIOLATED);
        assertThat(refusal.getMessage()).hasSizeLessThan(250);
    }

    @Test
    void randomDamageOfAGoodBodyNeverEscapesAsAnotherException() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] good = bytes(signupWith("\"age\":41,\"metadata\":{\"a\":[1,2.5,null,true]},\"enriched\":{\"geo\":{}}"));

        for (int i = 0; i < 5_000; i++) {
            byte[] damaged = good.clone();
            for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            assertThatCode(() -> readAll(damaged))
                    .as("seed %d, round %d", seed, i)
                    .doesNotThrowAnyException();
        }
    }

    private static void readAll(byte[] body) {
        for (Map<String, byte[]> headers : List.of(Map.<String, byte[]>of(), signupHeaders())) {
            try {
                var event = CODEC.decode(withoutKey(body, headers));
                event.payload();
                event.processedAt();
                event.enriched();
                CODEC.encode(event.withId("other").withEnriched("more", Map.of("n", 1)));
            } catch (InvalidEventException expected) {
                assertThat(expected.getMessage()).isNotEmpty().doesNotContain("ada", "example", "u-1");
            }
        }
    }

    /** 8192 texts with the same hash code. */
    private static Stream<String> collidingTexts() {
        return IntStream.range(0, 1 << 13).mapToObj(bits -> IntStream.range(0, 13)
                .mapToObj(i -> (bits >> i & 1) == 0 ? "Aa" : "BB")
                .collect(Collectors.joining()));
    }

    private static byte[] latin1(String bytes) {
        return bytes.getBytes(StandardCharsets.ISO_8859_1);
    }
}
