package io.eventplatform.codec;

import static io.eventplatform.codec.Wire.CODEC;
import static io.eventplatform.codec.Wire.bodyOnly;
import static io.eventplatform.codec.Wire.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.AllTypes;
import io.eventplatform.contract.AllTypes.Address;
import io.eventplatform.contract.AllTypes.Colour;
import io.eventplatform.contract.UserSignup;
import io.eventplatform.event.Event;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CodecPropertyTest {

    private static final int ROUNDS = 2_000;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    void everyPayloadComesBackAsItWas() {
        for (int round = 0; round < ROUNDS; round++) {
            Event<AllTypes> event = Event.of(allTypes());

            Event<?> back = CODEC.decode(CODEC.encode(event));

            assertThat(back.payload()).as("seed %d, round %d", seed, round).isEqualTo(event.payload());
            assertThat(back.envelope()).as("seed %d, round %d", seed, round).isEqualTo(event.envelope());
        }
    }

    @Test
    void whatIsAddedToAnyBodyLeavesTheRestToTheLetter() {
        for (int round = 0; round < ROUNDS; round++) {
            List<String> fields = foreignFields();
            String entries = randomObject(2).strip();
            boolean hasEntries = !entries.replaceAll("\\s", "").equals("{}");
            int at = random.nextInt(fields.size() + 1);
            List<String> before = with(fields, at, "\"enriched\":" + entries);
            String added = entries.substring(0, entries.length() - 1) + (hasEntries ? "," : "") + "\"geo\":{\"n\":1}}";
            List<String> after = with(fields, at, "\"enriched\":" + added);

            Event<?> event = CODEC.decode(bodyOnly("{" + String.join(",", before) + "}"));
            Event<?> changed = event.withEnriched("geo", Map.of("n", 1)).withProcessedAt(Instant.EPOCH);

            assertThat(text(CODEC.encode(changed).value()))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo("{" + String.join(",", after) + ",\"processed_at\":\"1970-01-01T00:00:00.000Z\"}");
            assertThat(CODEC.decode(CODEC.encode(changed)).payload()).isEqualTo(UserSignup.of("u-1"));
        }
    }

    private List<String> foreignFields() {
        List<String> fields = new ArrayList<>(List.of(
                "\"event_id\":\"e-1\"",
                " \"event_type\" : \"user_signup\" ",
                "\"schema_version\":\n\"v1\"",
                "\"timestamp\":\"2026-11-23T10:15:30Z\"",
                "\"user_id\":\"u\\u002d1\"",
                "\"email\":\"u-1@example.com\"",
                "\"plan\":\"PREMIUM\""));
        for (int i = random.nextInt(5); i > 0; i--) {
            fields.add("\"x" + i + "\":" + randomJson(3));
        }
        Collections.shuffle(fields, random);
        return fields;
    }

    private static List<String> with(List<String> fields, int index, String field) {
        List<String> more = new ArrayList<>(fields);
        more.add(index, field);
        return more;
    }

    private String randomJson(int depth) {
        return space() + (depth > 0 && random.nextInt(3) == 0 ? randomContainer(depth) : randomScalar()) + space();
    }

    private String randomContainer(int depth) {
        return random.nextBoolean()
                ? randomObject(depth)
                : IntStream.range(0, random.nextInt(4))
                        .mapToObj(i -> randomJson(depth - 1))
                        .collect(Collectors.joining(",", "[", space() + "]"));
    }

    private String randomObject(int depth) {
        return IntStream.range(0, random.nextInt(4))
                .mapToObj(i -> space() + "\"n" + i + "\"" + space() + ":" + randomJson(depth - 1))
                .collect(Collectors.joining(",", "{", space() + "}"));
    }

    private String randomScalar() {
        return pick(
                "0",
                "-0",
                "1.0",
                "1.00",
                "-1e5",
                "1E+05",
                "0.1",
                "123456789012345678901234567890",
                "true",
                "null",
                "\"\"",
                "\"\\\"}\\\\\"",
                "\"\\u00e9é\\ud83d\\ude00\uD83D\uDE00\"",
                "\"{[\"");
    }

    private String space() {
        return pick("", "", "", " ", "\n", "\t \r\n");
    }

    private AllTypes allTypes() {
        return new AllTypes(
                random.nextLong(),
                word(),
                random.nextInt(),
                random.nextInt(),
                random.nextLong(),
                number(),
                number(),
                random.nextBoolean(),
                random.nextBoolean(),
                decimal(),
                instant(),
                LocalDate.ofEpochDay(random.nextInt(2_000_000) - 700_000),
                UUID.nameUUIDFromBytes(new byte[] {(byte) random.nextInt()}),
                pick(Colour.values()),
                address(),
                list(this::word),
                list(this::address),
                list(() -> list(random::nextLong)),
                new HashSet<>(list(UUID::randomUUID)),
                map(this::decimal),
                freeObject(),
                maybe(this::instant),
                maybe(this::decimal).orElse(null),
                maybe(() -> list(this::address)),
                maybe(() -> map(this::address)).orElse(null));
    }

    private Address address() {
        return new Address(
                word(), word(), maybe(this::word), maybe(random::nextInt).orElse(null));
    }

    private Map<String, Object> freeObject() {
        return map(() -> pick(
                word(),
                random.nextBoolean(),
                random.nextLong(),
                new BigDecimal(BigInteger.valueOf(random.nextLong()), 3),
                new BigInteger(200, random).add(BigInteger.TWO.pow(80)),
                List.of(1L, "x", Map.of("y", false)),
                Map.of()));
    }

    private Instant instant() {
        long range = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
        return Instant.ofEpochSecond(Math.floorMod(random.nextLong(), range), random.nextInt(1_000_000_000))
                .truncatedTo(ChronoUnit.MICROS);
    }

    private BigDecimal decimal() {
        return new BigDecimal(
                new BigInteger(random.nextInt(120), random).multiply(pick(BigInteger.ONE, BigInteger.ONE.negate())),
                random.nextInt(3));
    }

    private double number() {
        double any = Double.longBitsToDouble(random.nextLong());
        return pick(
                Double.isFinite(any) ? any : 0.5, (double) random.nextInt(), 0.0, Double.MIN_VALUE, Double.MAX_VALUE);
    }

    private String word() {
        return random.ints(random.nextInt(12), 0, 4)
                .map(kind -> switch (kind) {
                    case 0 -> random.nextInt(0x80);
                    case 1 -> random.nextInt(0xD800);
                    case 2 -> 0xE000 + random.nextInt(0x2000);
                    default -> 0x10000 + random.nextInt(0x100000);
                })
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private <V> List<V> list(Supplier<V> element) {
        return Stream.generate(element).limit(random.nextInt(4)).toList();
    }

    private <V> Map<String, V> map(Supplier<V> value) {
        Map<String, V> map = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            map.put(word(), value.get());
        }
        return map;
    }

    private <V> Optional<V> maybe(Supplier<V> value) {
        return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
    }

    @SafeVarargs
    private <V> V pick(V... values) {
        return values[random.nextInt(values.length)];
    }
}
