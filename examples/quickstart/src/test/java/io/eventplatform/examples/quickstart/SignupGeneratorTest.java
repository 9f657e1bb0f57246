package io.eventplatform.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.codec.EncodedEvent;
import io.eventplatform.codec.EventCodec;
import io.eventplatform.contract.InvalidEventException;
import io.eventplatform.contract.InvalidEventException.Reason;
import io.eventplatform.event.Event;
import io.eventplatform.examples.quickstart.SignupGenerator.Numbers;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SignupGeneratorTest {

    private static final EventCodec CODEC = EventCodec.of(Topology.CONTRACTS);

    private static final String FIRST_SIGNUP = """
            {"event_id":"71fa732f-bf78-8f77-8c84-4c1191b64178","event_type":"user_signup","schema_version":"v1",\
            "timestamp":"2018-02-03T00:00:00.000Z","user_id":"user-0484","email":"user-0484@example.com",\
            "plan":"free","metadata":{"source":"import","sequence":0}}""";

    private final SignupGenerator generator = new SignupGenerator(1);

    @Test
    void theSameSeedAndSequenceNumberGiveTheSameBytes() {
        SignupGenerator again = new SignupGenerator(1);

        for (long sequence = 0; sequence < 1_000; sequence++) {
            assertThat(CODEC.encode(again.signup(sequence))).isEqualTo(CODEC.encode(generator.signup(sequence)));
            assertThat(again.malformed(sequence)).isEqualTo(generator.malformed(sequence));
            assertThat(again.violating(sequence)).isEqualTo(generator.violating(sequence));
        }
    }

    @Test
    void theFirstSignupStaysTheSameInEveryVersion() {
        // Whoever continues on a data directory of an earlier version relies on it.
        assertThat(new String(CODEC.encode(generator.signup(0)).value(), UTF_8)).isEqualTo(FIRST_SIGNUP);
    }

    @Test
    void anotherSeedOrSequenceNumberGivesAnotherId() {
        SignupGenerator other = new SignupGenerator(2);

        assertThat(LongStream.range(0, 10_000).boxed().flatMap(sequence -> LongStream.of(1, 2)
                        .mapToObj(seed -> (seed == 1 ? generator : other).signup(sequence))
                        .map(Event::id)))
                .doesNotHaveDuplicates()
                .hasSize(20_000);
    }

    @Test
    void everyEventIsOfTheWeekOfTheEarthquakes() {
        assertThat(LongStream.of(0, 1, 999_999, 9_999_999)
                        .mapToObj(sequence -> generator.signup(sequence).timestamp()))
                .allSatisfy(timestamp -> assertThat(timestamp)
                        .isBetween(Instant.parse("2018-01-31T00:00:00Z"), Instant.parse("2018-02-07T00:00:00Z")));
    }

    @Test
    void theNumbersItStatesAreThoseItGives() {
        long from = 777;
        long to = 12_345;

        Numbers stated = generator.numbers(from, to);

        assertThat(stated)
                .isEqualTo(new Numbers(
                        to - from,
                        LongStream.range(from, to).filter(generator::isRepeated).count(),
                        LongStream.range(from, to)
                                .mapToObj(generator::malformed)
                                .flatMap(Optional::stream)
                                .count(),
                        LongStream.range(from, to)
                                .mapToObj(generator::violating)
                                .flatMap(Optional::stream)
                                .count()));
        assertThat(generator.numbers(0, 10_000))
                .hasToString("10,000 sign-ups + 200 duplicates + 50 malformed + 40 violations");
    }

    @Test
    void aMalformedRecordIsNotJson() {
        ForeignRecord malformed = generator.malformed(199).orElseThrow();

        assertThatThrownBy(() -> CODEC.decode(new EncodedEvent(new byte[0], malformed.value(), Map.of())))
                .isInstanceOfSatisfying(InvalidEventException.class, refused -> assertThat(refused.reason())
                        .isEqualTo(Reason.BODY_MALFORMED));
    }

    @Test
    void aViolatingRecordIsAnEventThatBreaksItsContract() {
        ForeignRecord violating = generator.violating(249).orElseThrow();

        Event<?> event = CODEC.decode(new EncodedEvent(new byte[0], violating.value(), Map.of()));

        assertThat(event.type()).isEqualTo("user_signup");
        assertThatThrownBy(event::payload)
                .isInstanceOfSatisfying(InvalidEventException.class, refused -> assertThat(refused.reason())
                        .isEqualTo(Reason.CONTRACT_VIOLATED));
    }
}
