package io.eventplatform.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.codec.EncodedEvent;
import io.eventplatform.codec.EventCodec;
import io.eventplatform.contract.InvalidEventException;
import io.eventplatform.contract.InvalidEventException.Reason;
import io.eventplatform.event.Event;
import io.eventplatform.examples.quickstart.EventGenerator.Numbers;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class EventGeneratorTest {

    private static final EventCodec CODEC = EventCodec.of(Topology.CONTRACTS);

    private static final String FIRST_EVENT = """
            {"event_id":"71fa732f-bf78-8f77-8c84-4c1191b64178","event_type":"user_signup","schema_version":"v1",\
            "timestamp":"2018-02-03T09:59:08.008Z","user_id":"user-0484",\
            "plan":"pro","metadata":{"source":"import","sequence":0}}""";

    private final EventGenerator generator = new EventGenerator(1);

    @Test
    void theSameSeedAndSequenceNumberGiveTheSameBytes() {
        EventGenerator again = new EventGenerator(1);

        for (long sequence = 0; sequence < 1_000; sequence++) {
            assertThat(CODEC.encode(again.event(sequence))).isEqualTo(CODEC.encode(generator.event(sequence)));
            assertThat(again.malformed(sequence)).isEqualTo(generator.malformed(sequence));
            assertThat(again.violating(sequence)).isEqualTo(generator.violating(sequence));
        }
    }

    @Test
    void theFirstEventStaysTheSameInEveryVersion() {
        // Whoever continues on a data directory of an earlier version relies on it.
        assertThat(new String(CODEC.encode(generator.event(0)).value(), UTF_8)).isEqualTo(FIRST_EVENT);
    }

    @Test
    void anotherSeedOrSequenceNumberGivesAnotherId() {
        EventGenerator other = new EventGenerator(2);

        assertThat(LongStream.range(0, 10_000).boxed().flatMap(sequence -> LongStream.of(1, 2)
                        .mapToObj(seed -> (seed == 1 ? generator : other).event(sequence))
                        .map(Event::id)))
                .doesNotHaveDuplicates()
                .hasSize(20_000);
    }

    @Test
    void everyEventIsOfTheWeekOfTheEarthquakes() {
        assertThat(LongStream.of(0, 1, 999_999, 9_999_999)
                        .mapToObj(sequence -> generator.event(sequence).timestamp()))
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
                        count(from, to, "user_signup"),
                        count(from, to, "page_view"),
                        count(from, to, "purchase"),
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
                .hasToString("1,500 sign-ups, 7,000 page views, 1,500 purchases + 200 duplicates + 50 malformed"
                        + " + 40 violations");
    }

    private long count(long from, long to, String type) {
        return LongStream.range(from, to)
                .mapToObj(generator::event)
                .filter(event -> event.type().equals(type))
                .count();
    }

    @Test
    void aPurchaseCostsWhatItsItemsCost() {
        Purchase purchase = (Purchase) generator.event(17).payload();

        assertThat(purchase.items()).isNotEmpty();
        assertThat(purchase.amount())
                .isEqualByComparingTo(purchase.items().stream()
                        .map(item -> item.unitPrice().multiply(BigDecimal.valueOf(item.quantity())))
                        .reduce(BigDecimal.ZERO, BigDecimal::add));
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
        assertThat(violating.headers()).isEmpty();
        assertThat(generator.violating(499).orElseThrow().headers()).containsEntry("event_type", "user_signup");

        Event<?> event = CODEC.decode(new EncodedEvent(new byte[0], violating.value(), Map.of()));

        assertThat(event.type()).isEqualTo("user_signup");
        assertThatThrownBy(event::payload)
                .isInstanceOfSatisfying(InvalidEventException.class, refused -> assertThat(refused.reason())
                        .isEqualTo(Reason.CONTRACT_VIOLATED));
    }
}
