package io.eventplatform.contract.internal;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** Types that are one string, number or boolean on the wire. */
final class Scalar implements WireType {

    private static final int UUID_LENGTH = 36;

    private static final Scalar STRING = new Scalar(
            Map.of("type", "string"),
            JsonNode::stringValue,
            (value, out) -> out.writeString(wellFormed((String) value)));

    private static final Scalar INT = new Scalar(
            Map.of("type", "integer", "minimum", (long) Integer.MIN_VALUE, "maximum", (long) Integer.MAX_VALUE),
            node -> node.isInt() ? node.intValue() : node.decimalValue().intValueExact(),
            (value, out) -> out.writeNumber((int) value));

    private static final Scalar LONG = new Scalar(
            Map.of("type", "integer", "minimum", Long.MIN_VALUE, "maximum", Long.MAX_VALUE),
            node -> node.isInt() ? (long) node.intValue() : node.decimalValue().longValueExact(),
            (value, out) -> out.writeNumber((long) value));

    private static final Scalar DOUBLE = new Scalar(
            Map.of("type", "number"),
            node -> Numbers.finite(node.decimalValue().doubleValue()),
            (value, out) -> out.writeNumber(Numbers.finite((double) value)));

    private static final Scalar BOOLEAN = new Scalar(
            Map.of("type", "boolean"), JsonNode::booleanValue, (value, out) -> out.writeBoolean((boolean) value));

    private static final Scalar DECIMAL = new Scalar(
            Map.of(
                    "type",
                    "string",
                    "pattern",
                    "^-?\\d+(\\.\\d+)?$",
                    "maxLength",
                    (long) Json.MAX_NUMBER_LENGTH,
                    "x-java-type",
                    "decimal"),
            node -> parse("pattern", node, BigDecimal::new),
            (value, out) -> out.writeString(Numbers.plain((BigDecimal) value)));

    private static final Scalar INSTANT = new Scalar(
            Map.of("type", "string", "format", "date-time", "x-precision", "micros"),
            node -> Timestamps.parse(node.stringValue()).orElseThrow(() -> new Violation("format")),
            (value, out) -> out.writeString(instantText((Instant) value)));

    private static final Scalar LOCAL_DATE = new Scalar(
            Map.of("type", "string", "format", "date"),
            node -> parse("format", node, LocalDate::parse),
            (value, out) -> out.writeString(dateText((LocalDate) value)));

    private static final Scalar UUID_STRING = new Scalar(
            Map.of("type", "string", "format", "uuid"),
            node -> parse("format", node, Scalar::parseUuid),
            (value, out) -> out.writeString(value.toString()));

    private static final Map<Class<?>, Scalar> SCALARS = Map.ofEntries(
            Map.entry(String.class, STRING),
            Map.entry(int.class, INT),
            Map.entry(Integer.class, INT),
            Map.entry(long.class, LONG),
            Map.entry(Long.class, LONG),
            Map.entry(double.class, DOUBLE),
            Map.entry(Double.class, DOUBLE),
            Map.entry(boolean.class, BOOLEAN),
            Map.entry(Boolean.class, BOOLEAN),
            Map.entry(BigDecimal.class, DECIMAL),
            Map.entry(Instant.class, INSTANT),
            Map.entry(LocalDate.class, LOCAL_DATE),
            Map.entry(UUID.class, UUID_STRING));

    /** What has one text per value and an order, so that a set of them stays a set on the wire and cheap to check. */
    private static final Set<Scalar> DISTINCT = Set.of(STRING, INT, LONG, LOCAL_DATE, UUID_STRING);

    private static final Set<Scalar> KEYS = Set.of(STRING, INT, LONG, UUID_STRING);

    /** Writes a value that is not null. */
    private interface Write {
        void to(Object value, JsonGenerator out);
    }

    private final Map<String, Object> schema;
    private final Function<JsonNode, Object> read;
    private final Write write;
    private final boolean constant;

    private Scalar(Map<String, Object> schema, Function<JsonNode, Object> read, Write write) {
        this(schema, read, write, false);
    }

    private Scalar(Map<String, Object> schema, Function<JsonNode, Object> read, Write write, boolean constant) {
        this.schema = schema;
        this.read = read;
        this.write = write;
        this.constant = constant;
    }

    static Optional<Scalar> of(Class<?> type) {
        return Optional.ofNullable(SCALARS.get(type));
    }

    /** The constants of an enum by their names in Java. */
    static Scalar ofEnum(Class<?> type) {
        List<Enum<?>> constants = Arrays.stream(type.getEnumConstants())
                .<Enum<?>>map(Enum.class::cast)
                .toList();
        Map<String, Enum<?>> byName = constants.stream().collect(Collectors.toMap(Enum::name, Function.identity()));
        return new Scalar(
                Map.of(
                        "type",
                        "string",
                        "enum",
                        constants.stream().map(Enum::name).toList()),
                node -> {
                    Enum<?> constant = byName.get(node.stringValue());
                    if (constant == null) {
                        throw new Violation("enum");
                    }
                    return constant;
                },
                (value, out) -> out.writeString(((Enum<?>) value).name()),
                true);
    }

    /** Whether a set may hold it. */
    boolean isDistinct() {
        return constant || DISTINCT.contains(this);
    }

    /** Whether it may be the key of a record. */
    boolean isKey() {
        return constant || KEYS.contains(this);
    }

    static String wellFormed(String text) {
        if (!WireText.isWellFormed(text)) {
            throw new Violation("UTF-8");
        }
        return text;
    }

    @Override
    public Map<String, Object> schema() {
        return schema;
    }

    @Override
    public Object read(JsonNode node) {
        try {
            return read.apply(node);
        } catch (ArithmeticException e) {
            throw new Violation("integer");
        }
    }

    @Override
    public void write(Object value, JsonGenerator out) {
        write.to(value, out);
    }

    private static Object parse(String keyword, JsonNode node, Function<String, Object> parser) {
        try {
            return parser.apply(node.stringValue());
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw new Violation(keyword);
        }
    }

    private static UUID parseUuid(String text) {
        if (text.length() != UUID_LENGTH) {
            throw new IllegalArgumentException("not a canonical UUID");
        }
        return UUID.fromString(text);
    }

    private static String instantText(Instant instant) {
        if (!Timestamps.isWritable(instant)) {
            throw new Violation("format");
        }
        return Timestamps.microsText(instant);
    }

    private static String dateText(LocalDate date) {
        if (date.getYear() < 0 || date.getYear() > 9999) {
            throw new Violation("format");
        }
        return date.toString();
    }
}
