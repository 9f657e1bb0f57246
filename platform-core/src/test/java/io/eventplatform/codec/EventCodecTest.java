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
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.eventplatform.contract.AllTypes;
import io.eventplatform.contract.Contracts;
import io.eventplatform.contract.InvalidEventException;
import io.eventplatform.contract.InvalidEventException.Reason;
import io.eventplatform.contract.UserSignup;
import io.eventplatform.contract.UserSignup.Plan;
import io.eventplatform.event.Envelope;
import io.eventplatform.event.Event;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventCodecTest {

    @Test
    void anEventIsWrittenAsFlatJsonWithItsEnvelopeInTheHeaders() {
        Event<UserSignup> event = Event.of(
                        new UserSignup("u-1", "ada@example.com", Plan.PREMIUM, Optional.empty(), 41, Optional.empty()))
                .withId("e-1")
                .withTimestamp(Instant.parse("2026-11-23T10:15:30Z"))
                .withCorrelationId("c-1")
                .withCausationId("e-0");

        EncodedEvent encoded = CODEC.encode(event);

        assertThat(text(encoded.value()))
                .isEqualTo("{\"event_id\":\"e-1\",\"event_type\":\"user_signup\",\"schema_version\":\"v1\","
                        + "\"timestamp\":\"2026-11-23T10:15:30.000Z\",\"correlation_id\":\"c-1\","
                        + "\"causation_id\":\"e-0\",\"user_id\":\"u-1\",\"email\":\"ada@example.com\","
                        + "\"plan\":\"PREMIUM\",\"age\":41}");
        assertThat(encoded.key()).isEqualTo(bytes("u-1"));
        assertThat(texts(encoded.headers()))
                .containsExactly(
                        Map.entry("event_id", "e-1"),
                        Map.entry("event_type", "user_signup"),
                        Map.entry("schema_version", "v1"),
                        Map.entry("timestamp", "2026-11-23T10:15:30.000Z"),
                        Map.entry("correlation_id", "c-1"),
                        Map.entry("causation_id", "e-0"));
    }

    @Test
    void theEnvelopeIsReadFromTheHeaders() {
        Map<String, byte[]> headers = signupHeaders();
        headers.put("correlation_id", bytes("c-1"));
        headers.put("causation_id", bytes("e-0"));

        Event<?> event = CODEC.decode(new EncodedEvent(bytes("u-1"), bytes(SIGNUP), headers));

        assertThat(event.envelope())
                .isEqualTo(
                        new Envelope("e-1", "user_signup", 1, Instant.parse("2026-11-23T10:15:30.123Z"), "c-1", "e-0"));
        assertThat(event.payload())
                .isEqualTo(new UserSignup(
                        "u-1", "ada@example.com", Plan.PREMIUM, Optional.empty(), null, Optional.empty()));
    }

    @Test
    void theEnvelopeIsReadFromTheBodyIfTheHeadersLackIt() {
        Event<?> event = CODEC.decode(bodyOnly(signupWith("\"correlation_id\":\"c-1\",\"causation_id\":\"e-0\"")));

        assertThat(event.envelope())
                .isEqualTo(
                        new Envelope("e-1", "user_signup", 1, Instant.parse("2026-11-23T10:15:30.123Z"), "c-1", "e-0"));
        assertThat(event.payload()).isInstanceOf(UserSignup.class);
    }

    @ParameterizedTest
    @CsvSource({"event_id", "event_type", "schema_version", "timestamp"})
    void headersThatLackOneFieldAreNotUsedAtAll(String missing) {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        signupHeaders().keySet().forEach(name -> headers.put(name, bytes("of another system")));
        headers.remove(missing);

        Event<?> event = CODEC.decode(new EncodedEvent(bytes("u-1"), bytes(SIGNUP), headers));

        assertThat(event.id()).isEqualTo("e-1");
        assertThat(texts(CODEC.encode(event).headers())).isEqualTo(texts(signupHeaders()));
    }

    @Test
    void aRecordWithoutEnvelopeHeadersGetsTheKeyOfItsContract() {
        EncodedEvent record = new EncodedEvent(bytes("key of a foreign producer"), bytes(SIGNUP), Map.of());

        EncodedEvent encoded = CODEC.encode(CODEC.decode(record));

        assertThat(encoded.key()).isEqualTo(bytes("u-1"));
        assertThat(encoded.value()).isSameAs(record.value());
        assertThat(texts(encoded.headers())).isEqualTo(texts(signupHeaders()));
    }

    @Test
    void aTimestampWithAnOffsetIsTheSameInstantAndKeepsItsDigits() {
        String body = SIGNUP.replace("2026-11-23T10:15:30.123Z", "2026-11-23T12:15:30.123456789+02:00");

        Event<?> event = CODEC.decode(bodyOnly(body));

        assertThat(event.timestamp()).isEqualTo(Instant.parse("2026-11-23T10:15:30.123456789Z"));
        assertThat(texts(CODEC.encode(event).headers())).containsEntry("timestamp", "2026-11-23T10:15:30.123456789Z");
    }

    @Test
    void foreignHeadersAreKept() {
        Map<String, byte[]> headers = signupHeaders();
        headers.put("traceparent", bytes("00-1-2-01"));
        Event<?> event = CODEC.decode(new EncodedEvent(bytes("u-1"), bytes(SIGNUP), headers));

        EncodedEvent other = CODEC.encode(event.withId("e-2"));
        EncodedEvent derived = CODEC.encode(event.withPayload(UserSignup.of("u-2")));

        assertThat(texts(other.headers()))
                .containsEntry("traceparent", "00-1-2-01")
                .containsEntry("event_id", "e-2");
        assertThat(texts(derived.headers())).containsEntry("traceparent", "00-1-2-01");
        assertThat(derived.key()).isEqualTo(bytes("u-2"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            event_id       |                      | event_id must have 1 to 128 characters but has 0
            event_type     |                      | event_type must have 1 to 128 printable ASCII characters and no space
            event_type     | user signup          | event_type must have 1 to 128 printable ASCII characters and no space
            schema_version | 1                    | schema_version is not of the form v1
            schema_version | v0                   | schema_version is not of the form v1
            schema_version | v01                  | schema_version is not of the form v1
            schema_version | v9999999999          | schema_version is not of the form v1
            timestamp      | 1700000000000        | timestamp is not an ISO-8601 date-time with an offset
            timestamp      | 2026-11-23T10:15:30  | timestamp is not an ISO-8601 date-time with an offset
            timestamp      | 2026-11-23T10:15Z    | timestamp is not an ISO-8601 date-time with an offset
            timestamp      | 2026-02-30T10:15:30Z | timestamp is not an ISO-8601 date-time with an offset
            timestamp      | +10000-01-01T00:00Z  | timestamp is not an ISO-8601 date-time with an offset
            correlation_id |                      | correlation_id must have 1 to 128 characters but has 0
            causation_id   |                      | causation_id must have 1 to 128 characters but has 0
            """)
    void anInvalidEnvelopeIsRefusedInHeadersAndInBodies(String name, String value, String message) {
        String found = value == null ? "" : value;
        Map<String, byte[]> headers = signupHeaders();
        headers.put(name, bytes(found));
        String body = name.endsWith("ation_id")
                ? signupWith("\"" + name + "\":\"" + found + "\"")
                : SIGNUP.replaceFirst("\"" + name + "\":\"[^\"]*\"", "\"" + name + "\":\"" + found + "\"");

        assertRefused(new EncodedEvent(bytes("u-1"), bytes(SIGNUP), headers), message);
        assertRefused(bodyOnly(body), message);
    }

    @Test
    void anIdIsCountedInCharactersNotInUtf16() {
        String longest = "\uD83D\uDE00".repeat(128);

        Event<?> event = CODEC.decode(bodyOnly(SIGNUP.replace("e-1", longest)));

        assertThat(event.id()).isEqualTo(longest);
        assertThat(event.payload()).isNotNull();
        assertRefused(
                bodyOnly(SIGNUP.replace("e-1", longest + "x")), "event_id must have 1 to 128 characters but has 129");
    }

    @Test
    void aHeaderThatIsNotUtf8IsRefused() {
        Map<String, byte[]> headers = signupHeaders();
        headers.put("event_id", new byte[] {(byte) 0xC3});

        assertRefused(new EncodedEvent(bytes("u-1"), bytes(SIGNUP), headers), "event_id is not UTF-8");
    }

    @Test
    void anEnvelopeFieldOfAnotherJsonTypeIsRefused() {
        assertRefused(bodyOnly(SIGNUP.replace("\"e-1\"", "1")), "event_id is not a string");
        assertRefused(bodyOnly(SIGNUP.replace("\"e-1\"", "null")), "event_id is missing");
        assertRefused(bodyOnly("{}"), "schema_version is missing");
    }

    private static void assertRefused(EncodedEvent record, String message) {
        InvalidEventException refusal = catchThrowableOfType(InvalidEventException.class, () -> CODEC.decode(record));

        assertThat(refusal).hasMessage("Envelope is not valid: " + message + ". Fix the producer.");
        assertThat(refusal.reason()).isEqualTo(Reason.ENVELOPE_INVALID);
    }

    @Test
    void anUnknownTypeIsRefusedFromTheHeaders() {
        Map<String, byte[]> headers = signupHeaders();
        headers.put("event_type", bytes("order_placed"));
        EncodedEvent record = new EncodedEvent(bytes("u-1"), bytes("not looked at"), headers);

        InvalidEventException refusal = catchThrowableOfType(InvalidEventException.class, () -> CODEC.decode(record));

        assertThat(refusal)
                .hasMessage("No contract has the event type order_placed. Add its record, or fix the producer.");
        assertThat(refusal.reason()).isEqualTo(Reason.TYPE_UNKNOWN);
    }

    @Test
    void anUnknownVersionOfAKnownTypeIsRefused() {
        EncodedEvent record = bodyOnly(SIGNUP.replace("\"v1\"", "\"v2\""));

        InvalidEventException refusal = catchThrowableOfType(InvalidEventException.class, () -> CODEC.decode(record));

        assertThat(refusal)
                .hasMessage("No contract of user_signup has version v2. Add the record of that version, or fix the"
                        + " producer.");
        assertThat(refusal.reason()).isEqualTo(Reason.VERSION_UNSUPPORTED);
    }

    @ParameterizedTest
    @CsvSource({
        "event_id,       e-2",
        "event_type,     all.types",
        "schema_version, v2",
        "timestamp,      2026-11-23T10:15:30.124Z",
        "timestamp,      yesterday"
    })
    void aBodyThatIsAnotherEventThanItsHeadersIsRefused(String name, String inBody) {
        String body = SIGNUP.replaceFirst("\"" + name + "\":\"[^\"]*\"", "\"" + name + "\":\"" + inBody + "\"");
        Event<?> event = CODEC.decode(withSignupHeaders(body));

        InvalidEventException refusal = catchThrowableOfType(InvalidEventException.class, event::payload);

        assertThat(refusal)
                .hasMessage("Headers and body do not agree on " + name
                        + ". Fix the producer: both come from one envelope.");
        assertThat(refusal.reason()).isEqualTo(Reason.ENVELOPE_MISMATCH);
    }

    @Test
    void timestampsOfHeadersAndBodyAreComparedAsInstants() {
        Event<?> event = CODEC.decode(
                withSignupHeaders(SIGNUP.replace("2026-11-23T10:15:30.123Z", "2026-11-23T11:15:30.123000+01:00")));

        assertThat(event.payload()).isInstanceOf(UserSignup.class);
    }

    @Test
    void aBodyAtTheLimitIsReadAndOneByteMoreIsRefused() {
        EventCodec tight = CODEC.withMaxBodyBytes(bytes(SIGNUP).length);
        EncodedEvent larger = withSignupHeaders(SIGNUP + " ");

        InvalidEventException refusal = catchThrowableOfType(InvalidEventException.class, () -> tight.decode(larger));

        assertThat(tight.decode(withSignupHeaders(SIGNUP)).payload()).isNotNull();
        assertThat(refusal)
                .hasMessage("Body has " + larger.value().length + " bytes, the limit is " + (larger.value().length - 1)
                        + ". Send less, or raise the limit.");
        assertThat(refusal.reason()).isEqualTo(Reason.BODY_TOO_LARGE);
    }

    @Test
    void anEventTooLargeToBeReadIsNotWritten() {
        EventCodec tight = CODEC.withMaxBodyBytes(100);

        InvalidEventException refusal =
                catchThrowableOfType(InvalidEventException.class, () -> tight.encode(Event.of(UserSignup.of("u-1"))));

        assertThat(refusal.reason()).isEqualTo(Reason.BODY_TOO_LARGE);
    }

    @Test
    void anEventOfAnotherImplementationIsRefused() {
        Event<?> foreign = (Event<?>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Event.class}, (proxy, method, arguments) -> null);

        assertThatThrownBy(() -> CODEC.encode(foreign))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith(" is not an event of this library. Create events with Event.of.");
    }

    @Test
    void anEncoderNeedsNoContractOfWhatItEncodes() {
        EncodedEvent encoded = EventCodec.of(Contracts.of(AllTypes.class)).encode(Event.of(UserSignup.of("u-1")));

        assertThat(CODEC.decode(encoded).payload()).isEqualTo(UserSignup.of("u-1"));
    }

    @Test
    void encodedEventsAreEqualByTheirBytes() {
        EncodedEvent one = withSignupHeaders(SIGNUP);
        EncodedEvent same = withSignupHeaders(SIGNUP);
        Map<String, byte[]> otherHeaders = signupHeaders();
        otherHeaders.put("event_id", bytes("e-2"));

        assertThat(one).isEqualTo(same).hasSameHashCodeAs(same);
        assertThat(one).isNotEqualTo(new EncodedEvent(bytes("u-1"), bytes(SIGNUP), otherHeaders));
        assertThat(one).isNotEqualTo(new EncodedEvent(bytes("u-2"), bytes(SIGNUP), signupHeaders()));
        assertThat(one).isNotEqualTo(new EncodedEvent(bytes("u-1"), bytes("{}"), signupHeaders()));
        assertThat(one.toString())
                .isEqualTo("EncodedEvent[key=3 bytes, value=" + one.value().length
                        + " bytes, headers=[event_id, event_type, schema_version, timestamp]]");
    }
}
