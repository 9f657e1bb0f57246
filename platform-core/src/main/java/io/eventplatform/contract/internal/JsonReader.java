package io.eventplatform.contract.internal;

import io.eventplatform.contract.InvalidEventException;
import io.eventplatform.contract.InvalidEventException.Reason;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads bodies into trees: one JSON object in UTF-8, names used once, numbers exact, fields that are null left out.
 *
 * <p>The UTF-8 is decoded before parsing because the parser on its own takes overlong forms, lone surrogates and
 * UTF-16. Jackson's messages hold pieces of the source and are dropped.
 */
public final class JsonReader {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private JsonReader() {}

    /**
     * The tree of a body.
     *
     * @throws InvalidEventException with {@link Reason#BODY_MALFORMED}
     */
    public static ObjectNode readObject(byte[] body) {
        if (body.length == 0) {
            throw malformed("Body is empty.");
        }
        CharBuffer text = decode(body);
        return readObject(text.array(), text.limit());
    }

    /** The tree of the text of an object. */
    public static ObjectNode readObject(String object) {
        return readObject(object.toCharArray(), object.length());
    }

    /** The text of {@code body}; {@link #readObject(byte[])} has accepted it. */
    public static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    private static CharBuffer decode(byte[] body) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
        } catch (CharacterCodingException e) {
            throw malformed("Body is not UTF-8.");
        }
    }

    private static ObjectNode readObject(char[] text, int length) {
        try (JsonParser parser = Json.parser(text, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw malformed("Body is not a JSON object.");
            }
            ObjectNode object = object(parser);
            if (parser.nextToken() != null) {
                throw malformed("Body goes on after its JSON object, " + position(parser) + ".");
            }
            return object;
        } catch (StreamConstraintsException e) {
            throw malformed("Body exceeds a limit: " + Json.MAX_NESTING + " levels, numbers of "
                    + Json.MAX_NUMBER_LENGTH + " characters.");
        } catch (JacksonException e) {
            throw malformed("Body is not JSON" + position(e) + ".");
        }
    }

    private static JsonNode value(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> NODES.stringNode(wellFormed(parser.getString(), parser));
            case VALUE_NUMBER_INT -> integer(parser);
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(decimal(parser));
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            default -> throw malformed("Body is not JSON, " + position(parser) + ".");
        };
    }

    private static ObjectNode object(JsonParser parser) {
        ObjectNode object = NODES.objectNode();
        boolean nulls = false;
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            nulls |= parser.nextToken() == JsonToken.VALUE_NULL;
            if (object.replace(wellFormed(name, parser), value(parser)) != null) {
                throw malformed("Body has a name twice in one object, " + position(parser) + ".");
            }
        }
        return nulls ? object.removeIf(JsonNode::isNull) : object;
    }

    private static ArrayNode array(JsonParser parser) {
        ArrayNode array = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(parser));
        }
        return array;
    }

    /** An escape can smuggle in what UTF-8 cannot express. */
    private static String wellFormed(String text, JsonParser parser) {
        if (!WireText.isWellFormed(text)) {
            throw malformed("Body has half of a surrogate pair, " + position(parser) + ".");
        }
        return text;
    }

    private static JsonNode integer(JsonParser parser) {
        return switch (parser.getNumberType()) {
            case INT -> NODES.numberNode(parser.getIntValue());
            case LONG -> NODES.numberNode(parser.getLongValue());
            default -> NODES.numberNode(parser.getBigIntegerValue());
        };
    }

    /** A huge exponent is short to write and long to expand: {@code 1e999999999} as an integer is a gigabyte. */
    private static BigDecimal decimal(JsonParser parser) {
        try {
            BigDecimal number = parser.getDecimalValue();
            if (Math.abs((long) number.scale()) <= Json.MAX_NUMBER_LENGTH) {
                return number;
            }
        } catch (NumberFormatException e) {
            // the exponent is not even an int; the message would quote it
        }
        throw malformed(
                "Body has a number with an exponent beyond " + Json.MAX_NUMBER_LENGTH + ", " + position(parser) + ".");
    }

    private static String position(JsonParser parser) {
        return "near character " + parser.currentTokenLocation().getCharOffset();
    }

    private static String position(JacksonException e) {
        TokenStreamLocation location = e.getLocation();
        return location == null ? "" : ", near character " + location.getCharOffset();
    }

    private static InvalidEventException malformed(String message) {
        return new InvalidEventException(Reason.BODY_MALFORMED, message);
    }
}
