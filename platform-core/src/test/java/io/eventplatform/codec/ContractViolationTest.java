package io.eventplatform.codec;

import static io.eventplatform.codec.Wire.CODEC;
import static io.eventplatform.codec.Wire.SIGNUP;
import static io.eventplatform.codec.Wire.bodyOnly;
import static io.eventplatform.codec.Wire.signupWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.eventplatform.contract.Contracts;
import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import io.eventplatform.contract.InvalidEventException;
import io.eventplatform.contract.InvalidEventException.Reason;
import io.eventplatform.contract.UserSignup;
import io.eventplatform.contract.UserSignup.Plan;
import io.eventplatform.event.Event;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What breaks a contract is refused on both sides, with pointers and rules and without values. */
class ContractViolationTest {

    @EventContract(type = "loose", version = 1)
    record Loose(
            @EventKey String id,
            Optional<Long> count,
            Optional<Double> ratio,
            Optional<BigDecimal> amount,
            Optional<Instant> at,
            Optional<LocalDate> day,
            Optional<UUID> token,
            Optional<List<Inner>> inners,
            Optional<Set<String>> tags,
            Optional<Map<String, Integer>> scores,
            Optional<Map<String, Object>> free,
            Optional<Positive> positive) {

        static Loose empty() {
            return new Loose(
                    "x",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }
    }

    record Inner(String name) {}

    record Positive(int value) {
        Positive {
            if (value <= 0) {
                throw new IllegalArgumentException("secret " + value);
            }
        }
    }

    private static final EventCodec LOOSE = EventCodec.of(Contracts.of(Loose.class));

    static Stream<Arguments> signups() {
        return Stream.of(
                arguments(SIGNUP.replace(",\"email\":\"ada@example.com\"", ""), "/email (required)"),
                arguments(SIGNUP.replace("\"ada@example.com\"", "null"), "/email (required)"),
                arguments(SIGNUP.replace("\"ada@example.com\"", "7"), "/email (type)"),
                arguments(SIGNUP.replace("\"PREMIUM\"", "\"GOLD\""), "/plan (enum)"),
                arguments(signupWith("\"age\":\"41\""), "/age (type)"),
                arguments(signupWith("\"age\":41.5"), "/age (type)"),
                arguments(signupWith("\"age\":2147483648"), "/age (maximum)"),
                arguments(signupWith("\"age\":-1e999"), "/ (number)"),
                arguments(signupWith("\"metadata\":[]"), "/metadata (type)"),
                arguments(signupWith("\"processed_at\":\"now\""), "/processed_at (format)"),
                arguments(signupWith("\"enriched\":[]"), "/enriched (type)"),
                arguments(signupWith("\"correlation_id\":\"\""), "/correlation_id (minLength)"),
                arguments(
                        "{\"event_id\":\"e-1\",\"event_type\":\"user_signup\",\"schema_version\":\"v1\","
                                + "\"timestamp\":\"2026-11-23T10:15:30.123Z\",\"plan\":1,\"age\":\"x\"}",
                        "/plan (type), /plan (enum), /age (type)"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("signups")
    void aPayloadThatBreaksItsContractIsRefused(String body, String violations) {
        Event<?> event = CODEC.decode(Wire.withSignupHeaders(body));

        InvalidEventException refusal = catchThrowableOfType(InvalidEventException.class, event::payload);

        assertThat(refusal)
                .hasMessage("Event does not match contract user_signup v1: " + violations + ". Fix the producer.")
                .hasNoCause();
        assertThat(refusal.reason()).isEqualTo(Reason.CONTRACT_VIOLATED);
    }

    static Stream<Arguments> looseFields() {
        return Stream.of(
                arguments("\"count\":9223372036854775808", "/count (maximum)"),
                arguments("\"ratio\":1e400", "/ratio (number)"),
                arguments("\"ratio\":\"NaN\"", "/ratio (type)"),
                arguments("\"amount\":12.5", "/amount (type)"),
                arguments("\"amount\":\"1e5\"", "/amount (pattern)"),
                arguments("\"amount\":\"12.50\\n\"", "/amount (pattern)"),
                arguments("\"amount\":\"" + "1".repeat(1001) + "\"", "/amount (maxLength)"),
                arguments("\"at\":\"2026-11-23\"", "/at (format)"),
                arguments("\"day\":\"2026-02-29\"", "/day (format)"),
                arguments("\"token\":\"1-1-1-1-1\"", "/token (format)"),
                arguments("\"inners\":[{\"name\":\"a\"},{}]", "/inners/1/name (required)"),
                arguments("\"inners\":[null]", "/inners/0 (type)"),
                arguments("\"tags\":[\"a\",\"b\",\"a\"]", "/tags (uniqueItems)"),
                arguments("\"scores\":{\"ada@example.com\":\"x\"}", "/scores/* (type)"),
                arguments(
                        "\"positive\":{\"value\":-5}", "/positive (refused by the record: IllegalArgumentException)"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("looseFields")
    void aValueThatItsTypeCannotHoldIsRefused(String field, String violation) {
        String body = "{\"event_id\":\"e-1\",\"event_type\":\"loose\",\"schema_version\":\"v1\","
                + "\"timestamp\":\"2026-11-23T10:15:30Z\",\"id\":\"x\"," + field + "}";

        InvalidEventException refusal = catchThrowableOfType(
                InvalidEventException.class, () -> LOOSE.decode(bodyOnly(body)).payload());

        assertThat(refusal)
                .hasMessage("Event does not match contract loose v1: " + violation + ". Fix the producer.")
                .hasNoCause();
    }

    @Test
    void whatIsNullIsAbsent() {
        String body = "{\"event_id\":\"e-1\",\"event_type\":\"loose\",\"schema_version\":\"v1\","
                + "\"timestamp\":\"2026-11-23T10:15:30Z\",\"id\":\"x\",\"count\":null,\"inners\":null,"
                + "\"correlation_id\":null,\"processed_at\":null,\"enriched\":null}";

        Event<?> event = LOOSE.decode(bodyOnly(body));

        assertThat(event.payload()).isEqualTo(Loose.empty());
        assertThat(event.processedAt()).isEmpty();
        assertThat(event.enriched()).isEmpty();
    }

    @Test
    void integersMayBeWrittenAsDecimalsOfTheSameValue() {
        Event<?> event = CODEC.decode(bodyOnly(signupWith("\"age\":4.10E1")));

        assertThat(((UserSignup) event.payload()).age()).isEqualTo(41);
    }

    @SuppressWarnings("NullAway") // nulls where none are allowed are what is tested
    static Stream<Arguments> payloads() {
        Map<String, Object> cyclic = new HashMap<>();
        cyclic.put("self", cyclic);
        Map<String, Integer> nullValue = Collections.singletonMap("ada@example.com", null);
        return Stream.of(
                arguments(signup(null, "ada@example.com"), "/user_id (required)"),
                arguments(signup("u-1", null), "/email (required)"),
                arguments(signup("u-1", "half of a pair \uD83D"), "/email (UTF-8)"),
                arguments(loose("ratio", Double.NaN), "/ratio (number)"),
                arguments(loose("ratio", Double.NEGATIVE_INFINITY), "/ratio (number)"),
                arguments(loose("amount", new BigDecimal("1e999999999")), "/amount (maxLength)"),
                arguments(loose("amount", new BigDecimal("1e-999999999")), "/amount (maxLength)"),
                arguments(loose("at", Instant.MAX), "/at (format)"),
                arguments(loose("day", LocalDate.of(-1, 1, 1)), "/day (format)"),
                arguments(loose("inners", Arrays.asList(new Inner("a"), null)), "/inners/1 (type)"),
                arguments(loose("inners", List.of(new Inner(null))), "/inners/0/name (required)"),
                arguments(loose("scores", nullValue), "/scores/* (type)"),
                arguments(loose("free", cyclic), "/free (nesting)"),
                arguments(loose("free", Map.of("a", new Object())), "/free/* (type)"),
                arguments(loose("free", Map.of("a", new BigDecimal("1e1001"))), "/free/* (maxLength)"),
                arguments(loose("free", Map.of("a", Double.NaN)), "/free/* (number)"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("payloads")
    void aPayloadThatBreaksItsContractIsNotWritten(Record payload, String violation) {
        Event<?> event = Event.of(payload);

        InvalidEventException refusal = catchThrowableOfType(InvalidEventException.class, () -> CODEC.encode(event));

        assertThat(refusal)
                .hasMessage(
                        "Event does not match contract " + event.type() + " v1: " + violation + ". Fix the producer.")
                .hasNoCause();
        assertThat(refusal.reason()).isEqualTo(Reason.CONTRACT_VIOLATED);
    }

    private static UserSignup signup(String userId, String email) {
        return new UserSignup(userId, email, Plan.FREE, Optional.empty(), null, Optional.empty());
    }

    private static Loose loose(String component, Object value) {
        List<Object> arguments = new ArrayList<>();
        Arrays.stream(Loose.class.getRecordComponents())
                .forEach(each ->
                        arguments.add(each.getName().equals(component) ? Optional.of(value) : Optional.empty()));
        arguments.set(0, "x");
        try {
            return (Loose) Loose.class.getDeclaredConstructors()[0].newInstance(arguments.toArray());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
