package io.eventplatform.contract.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** Lists, sets and maps of values of one type; none of them holds null. */
final class Containers {

    private Containers() {}

    record ListOf(WireType element) implements WireType {

        @Override
        public Map<String, Object> schema() {
            return Map.of("type", "array", "items", element.schema());
        }

        @Override
        public Object read(JsonNode node) {
            List<Object> list = new ArrayList<>(node.size());
            for (JsonNode item : node.values()) {
                list.add(readElement(element, item, list.size()));
            }
            return Collections.unmodifiableList(list);
        }

        @Override
        public void write(Object value, JsonGenerator out) {
            writeElements(element, (Collection<?>) value, out);
        }

        @Override
        public Optional<RecordType> heldRecord() {
            return element.heldRecord();
        }
    }

    record SetOf(WireType element) implements WireType {

        @Override
        public Map<String, Object> schema() {
            return Map.of("type", "array", "items", element.schema(), "uniqueItems", true);
        }

        @Override
        public Object read(JsonNode node) {
            Set<Object> set = new LinkedHashSet<>();
            for (JsonNode item : node.values()) {
                if (!set.add(readElement(element, item, set.size()))) {
                    throw new Violation("uniqueItems");
                }
            }
            return Collections.unmodifiableSet(set);
        }

        @Override
        public void write(Object value, JsonGenerator out) {
            writeElements(element, (Collection<?>) value, out);
        }
    }

    record MapOf(WireType value) implements WireType {

        @Override
        public Map<String, Object> schema() {
            return Map.of("type", "object", "additionalProperties", value.schema());
        }

        @Override
        public Object read(JsonNode node) {
            Map<String, Object> map = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> entry : node.properties()) {
                try {
                    map.put(entry.getKey(), value.read(entry.getValue()));
                } catch (Violation e) {
                    throw e.in(Violation.ANY_KEY);
                }
            }
            return Collections.unmodifiableMap(map);
        }

        @Override
        public void write(Object map, JsonGenerator out) {
            out.writeStartObject();
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) map).entrySet()) {
                try {
                    out.writeName(Scalar.wellFormed((String) present(entry.getKey())));
                    value.write(present(entry.getValue()), out);
                } catch (Violation e) {
                    throw e.in(Violation.ANY_KEY);
                }
            }
            out.writeEndObject();
        }

        @Override
        public Optional<RecordType> heldRecord() {
            return value.heldRecord();
        }
    }

    private static Object readElement(WireType type, JsonNode node, int index) {
        try {
            return type.read(node);
        } catch (Violation e) {
            throw e.in(Integer.toString(index));
        }
    }

    private static void writeElements(WireType type, Collection<?> elements, JsonGenerator out) {
        out.writeStartArray();
        int index = 0;
        for (Object element : elements) {
            try {
                type.write(present(element), out);
            } catch (Violation e) {
                throw e.in(Integer.toString(index));
            }
            index++;
        }
        out.writeEndArray();
    }

    private static Object present(@Nullable Object element) {
        if (element == null) {
            throw new Violation("type");
        }
        return element;
    }
}
