package io.eventplatform.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.eventplatform.contract.AllTypes.Address;
import io.eventplatform.contract.ContractDefinitionException;
import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import io.eventplatform.contract.UserSignup;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventTest {

    private static final Instant EXACT = Instant.parse("2026-11-23T12:00:00.123456789Z");
    private static final Instant MILLIS = Instant.parse("2026-11-23T12:00:00.123Z");

    @EventContract(type = "score_changed", version = 3)
    record ScoreChanged(@EventKey String userId, int score) {}

    private final Event<UserSignup> event = Event.of(UserSignup.of("u-1"));

    @Test
    void aNewEventHasTypeAndVersionOfItsContractAnIdAndTheTimeOfNow() {
        assertThat(event.type()).isEqualTo("user_signup");
        assertThat(event.envelope().schemaVersion()).isEqualTo(1);
        assertThat(event.envelope().schemaVersionText()).isEqualTo("v1");
        assertThat(event.id()).matches("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        assertThat(event.timestamp()).isCloseTo(Instant.now(), within(10, ChronoUnit.SECONDS));
        assertThat(event.timestamp()).isEqualTo(event.timestamp().truncatedTo(ChronoUnit.MILLIS));
        assertThat(event.envelope().correlationId()).isNull();
        assertThat(event.envelope().causationId()).isNull();
        assertThat(event.payload()).isEqualTo(UserSignup.of("u-1"));
        assertThat(event.processedAt()).isEmpty();
        assertThat(event.enriched()).isEmpty();
    }

    @Test
    void copiesDifferInOneThingEach() {
        assertThat(event.withId("e-2").envelope())
                .isEqualTo(new Envelope("e-2", "user_signup", 1, event.timestamp(), null, null));
        assertThat(event.withTimestamp(EXACT).envelope())
                .isEqualTo(new Envelope(event.id(), "user_signup", 1, MILLIS, null, null));
        assertThat(event.withCorrelationId("c").envelope())
                .isEqualTo(new Envelope(event.id(), "user_signup", 1, event.timestamp(), "c", null));
        assertThat(event.withCausationId("c").envelope())
                .isEqualTo(new Envelope(event.id(), "user_signup", 1, event.timestamp(), null, "c"));
        assertThat(event.withProcessedAt(EXACT).processedAt()).contains(MILLIS);
        assertThat(event.withEnriched("geo", Map.of("country", "SE")).enriched())
                .isEqualTo(Map.of("geo", Map.of("country", "SE")));
    }

    @Test
    void anEntryIsAddedOrReplaced() {
        Event<UserSignup> enriched = event.withEnriched("a", Map.of("n", 1))
                .withEnriched("b", Map.of("n", 2))
                .withEnriched("a", Map.of("n", 3));

        assertThat(enriched.enriched()).isEqualTo(Map.of("a", Map.of("n", 3L), "b", Map.of("n", 2L)));
    }

    @Test
    void anEntryIsCopied() {
        Map<String, Object> value = new HashMap<>(Map.of("n", 1));
        Event<UserSignup> enriched = event.withEnriched("a", value);

        value.put("n", 2);

        assertThat(enriched.enriched()).isEqualTo(Map.of("a", Map.of("n", 1L)));
    }

    @Test
    void anotherPayloadBringsItsTypeAndVersionAndKeepsTheRest() {
        Event<ScoreChanged> scored = event.withCorrelationId("c-1")
                .withCausationId("e-0")
                .withProcessedAt(MILLIS)
                .withEnriched("geo", Map.of("country", "SE"))
                .withPayload(new ScoreChanged("u-1", 5));

        assertThat(scored.envelope())
                .isEqualTo(new Envelope(event.id(), "score_changed", 3, event.timestamp(), "c-1", "e-0"));
        assertThat(scored.payload()).isEqualTo(new ScoreChanged("u-1", 5));
        assertThat(scored.processedAt()).contains(MILLIS);
        assertThat(scored.enriched()).isEqualTo(Map.of("geo", Map.of("country", "SE")));
    }

    @Test
    void aRecordWithoutContractIsNoPayload() {
        assertThatThrownBy(() -> Event.of(new Address("", "", Optional.empty(), null)))
                .isInstanceOf(ContractDefinitionException.class);
        assertThatThrownBy(() -> event.withPayload(new Address("", "", Optional.empty(), null)))
                .isInstanceOf(ContractDefinitionException.class);
    }

    @Test
    void theTextOfAnEventDoesNotShowItsPayload() {
        assertThat(event.withId("e-1")).hasToString("user_signup v1 e-1");
    }

    @Test
    void anEntryThatIsNotJsonIsRefused() {
        assertThatThrownBy(() -> event.withEnriched("geo", Map.of("secret", new Object())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "not JSON at /* (type). Use strings, booleans, numbers, Instant, LocalDate, UUID, enums, and"
                                + " maps and collections of them.");
        assertThatThrownBy(() -> event.withEnriched("", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("name must be text of at least one character");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0   | user_signup | 1 | 2026-01-01T00:00:00Z  | event_id must have 1 to 128 characters but has 0
            129 | user_signup | 1 | 2026-01-01T00:00:00Z  | event_id must have 1 to 128 characters but has 129
            1   | user signup | 1 | 2026-01-01T00:00:00Z  | event_type must have 1 to 128 printable ASCII characters and no space
            1   | user_signup | 0 | 2026-01-01T00:00:00Z  | schema_version must be at least 1 but was 0
            1   | user_signup | 1 | -0001-01-01T00:00:00Z | timestamp must be in the years 0000 to 9999 but was -0001-01-01T00:00:00Z
            """)
    void anEnvelopeRefusesWhatTheWireFormatDoes(
            int idLength, String type, int version, Instant timestamp, String message) {
        assertThatThrownBy(() -> new Envelope("x".repeat(idLength), type, version, timestamp, null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void halfOfASurrogatePairIsNoId() {
        assertThatThrownBy(() -> event.withCorrelationId("\uD83D"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("correlation_id must not have half of a surrogate pair");
    }
}
