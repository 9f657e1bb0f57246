package io.eventplatform.contract.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Changes fields in the text of a JSON object and leaves every other character as it is. So unknown fields, the way
 * numbers are written and escapes survive, which a tree would not keep.
 *
 * <p>The text is one that {@link JsonReader} accepted.
 */
public final class JsonSplice {

    private JsonSplice() {}

    /** {@code object} with these fields, each a JSON text: replaced where present, else appended in order. */
    public static String with(String object, Map<String, String> fields) {
        Map<String, String> missing = new LinkedHashMap<>(fields);
        StringBuilder out = new StringBuilder(object.length() + 64 * fields.size());
        int copied = 0;
        boolean empty = true;
        try (JsonParser parser = Json.parser(object.toCharArray(), object.length())) {
            parser.nextToken();
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                empty = false;
                int start = startOfValue(parser);
                int end = endOfValue(parser);
                String replacement = missing.remove(name);
                if (replacement != null) {
                    out.append(object, copied, start).append(replacement);
                    copied = end;
                }
            }
            int close = (int) parser.currentTokenLocation().getCharOffset();
            out.append(object, copied, close);
            for (Map.Entry<String, String> field : missing.entrySet()) {
                out.append(empty ? "" : ",")
                        .append(WireText.quote(field.getKey()))
                        .append(':')
                        .append(field.getValue());
                empty = false;
            }
            return out.append(object, close, object.length()).toString();
        }
    }

    /** The text of one field's value, if the object has it. */
    public static Optional<String> value(String object, String field) {
        try (JsonParser parser = Json.parser(object.toCharArray(), object.length())) {
            parser.nextToken();
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                int start = startOfValue(parser);
                int end = endOfValue(parser);
                if (name.equals(field)) {
                    return Optional.of(object.substring(start, end));
                }
            }
            return Optional.empty();
        }
    }

    private static int startOfValue(JsonParser parser) {
        parser.nextToken();
        return (int) parser.currentTokenLocation().getCharOffset();
    }

    private static int endOfValue(JsonParser parser) {
        if (parser.currentToken() == JsonToken.START_OBJECT || parser.currentToken() == JsonToken.START_ARRAY) {
            parser.skipChildren();
        } else {
            parser.finishToken();
        }
        return (int) parser.currentLocation().getCharOffset();
    }
}
