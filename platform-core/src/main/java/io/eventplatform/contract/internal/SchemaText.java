package io.eventplatform.contract.internal;

import java.io.StringWriter;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;

/**
 * The canonical text of a schema: keywords sorted, properties in their own order, two spaces of indentation, line feeds
 * on every machine, one at the end.
 */
final class SchemaText {

    private static final ObjectWriteContext PRETTY = new ObjectWriteContext.Base() {
        @Override
        public PrettyPrinter getPrettyPrinter() {
            DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
            Separators separators = Separators.createDefaultInstance()
                    .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                    .withObjectEmptySeparator("")
                    .withArrayEmptySeparator("");
            return new DefaultPrettyPrinter(separators)
                    .withObjectIndenter(indenter)
                    .withArrayIndenter(indenter);
        }

        @Override
        public boolean hasPrettyPrinter() {
            return true;
        }
    };

    private SchemaText() {}

    static String of(Map<String, Object> schema) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = Json.prettyGenerator(text, PRETTY)) {
            writeSchema(schema, out);
        }
        return text.append('\n').toString();
    }

    private static void writeSchema(Map<?, ?> schema, JsonGenerator out) {
        out.writeStartObject();
        new TreeMap<>(schema).forEach((keyword, value) -> {
            out.writeName((String) keyword);
            if (keyword.equals("properties")) {
                writeProperties((Map<?, ?>) value, out);
            } else {
                writeValue(value, out);
            }
        });
        out.writeEndObject();
    }

    private static void writeProperties(Map<?, ?> properties, JsonGenerator out) {
        out.writeStartObject();
        properties.forEach((name, schema) -> {
            out.writeName((String) name);
            writeSchema((Map<?, ?>) schema, out);
        });
        out.writeEndObject();
    }

    private static void writeValue(Object value, JsonGenerator out) {
        if (value instanceof Map<?, ?> schema) {
            writeSchema(schema, out);
        } else if (value instanceof Collection<?> values) {
            out.writeStartArray();
            values.forEach(element -> writeValue(element, out));
            out.writeEndArray();
        } else if (value instanceof Boolean flag) {
            out.writeBoolean(flag);
        } else if (value instanceof Long number) {
            out.writeNumber(number);
        } else {
            out.writeString((String) value);
        }
    }
}
