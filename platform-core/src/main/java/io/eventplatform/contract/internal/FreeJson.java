package io.eventplatform.contract.internal;

import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;

/** JSON objects of any shape as maps. A field that is null is the same as none; an element of an array may be null. */
public final class FreeJson implements WireType {

    static final FreeJson OBJECT = new FreeJson();

    private FreeJson() {}

    /** Reads a tree made by {@link JsonReader}. */
    public static Map<String, Object> toMap(JsonNode object) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            Object value = toJava(field.getValue());
            if (value != null) {
                map.put(field.getKey(), value);
            }
        }
        return Collections.unmodifiableMap(map);
    }

    /**
     * The JSON text of an entry of {@code enriched}.
     *
     * @throws IllegalArgumentException if something in it is not JSON; the message does not hold it
     */
    public static String entryText(Map<String, Object> entry) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = Json.entryGenerator(text)) {
            OBJECT.write(entry, out);
        } catch (Violation e) {
            throw new IllegalArgumentException(
                    "not JSON at " + e.describe()
                            + ". Use strings, booleans, numbers, Instant, LocalDate, UUID, enums, and maps and collections of them.");
        }
        return text.toString();
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of("type", "object", "additionalProperties", true);
    }

    @Override
    public Object read(JsonNode node) {
        return toMap(node);
    }

    @Override
    public void write(Object value, JsonGenerator out) {
        try {
            writeObject((Map<?, ?>) value, out);
        } catch (StreamConstraintsException e) {
            throw new Violation("nesting");
        }
    }

    private static @Nullable Object toJava(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> toMap(node);
            case ARRAY -> toList(node);
            case STRING -> node.stringValue();
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> toNumber(node);
            default -> null;
        };
    }

    private static List<@Nullable Object> toList(JsonNode array) {
        List<@Nullable Object> list = new ArrayList<>(array.size());
        for (JsonNode element : array.values()) {
            list.add(toJava(element));
        }
        return Collections.unmodifiableList(list);
    }

    private static Number toNumber(JsonNode node) {
        if (node.isBigInteger()) {
            return node.bigIntegerValue();
        }
        return node.isIntegralNumber() ? (Number) node.longValue() : node.decimalValue();
    }

    private static void writeObject(Map<?, ?> object, JsonGenerator out) {
        out.writeStartObject();
        for (Map.Entry<?, ?> field : object.entrySet()) {
            if (field.getValue() != null) {
                writeField(field.getKey(), field.getValue(), out);
            }
        }
        out.writeEndObject();
    }

    private static void writeField(Object name, Object value, JsonGenerator out) {
        try {
            if (!(name instanceof String text)) {
                throw new Violation("propertyNames");
            }
            out.writeName(Scalar.wellFormed(text));
            writeValue(value, out);
        } catch (Violation e) {
            throw e.in(Violation.ANY_KEY);
        }
    }

    private static void writeArray(Collection<?> array, JsonGenerator out) {
        out.writeStartArray();
        for (Object element : array) {
            if (element == null) {
                out.writeNull();
            } else {
                writeValue(element, out);
            }
        }
        out.writeEndArray();
    }

    private static void writeValue(Object value, JsonGenerator out) {
        if (value instanceof Map<?, ?> map) {
            writeObject(map, out);
        } else if (value instanceof Collection<?> collection) {
            writeArray(collection, out);
        } else if (value instanceof Number number) {
            writeNumber(number, out);
        } else {
            writeScalar(value, out);
        }
    }

    private static void writeNumber(Number number, JsonGenerator out) {
        if (number instanceof BigDecimal decimal) {
            out.writeNumber(Numbers.json(decimal));
        } else if (number instanceof BigInteger integer) {
            out.writeNumber(Numbers.json(integer));
        } else if (number instanceof Double || number instanceof Float) {
            Numbers.finite(number.doubleValue());
            out.writeNumber(Numbers.json(new BigDecimal(number.toString())));
        } else if (number instanceof Long
                || number instanceof Integer
                || number instanceof Short
                || number instanceof Byte) {
            out.writeNumber(number.longValue());
        } else {
            throw new Violation("type");
        }
    }

    private static void writeScalar(Object value, JsonGenerator out) {
        if (value instanceof Boolean flag) {
            out.writeBoolean(flag);
        } else if (value instanceof String text) {
            out.writeString(Scalar.wellFormed(text));
        } else if (value instanceof Enum<?> constant) {
            out.writeString(constant.name());
        } else if (value instanceof Instant || value instanceof LocalDate || value instanceof UUID) {
            Scalar.of(value.getClass()).orElseThrow().write(value, out);
        } else {
            throw new Violation("type");
        }
    }
}
