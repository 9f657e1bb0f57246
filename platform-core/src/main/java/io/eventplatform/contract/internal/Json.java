package io.eventplatform.contract.internal;

import java.io.OutputStream;
import java.io.Writer;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonFactoryBuilder;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.json.JsonWriteFeature;

/** Parsers and generators of strict JSON within our limits. Nothing here depends on a default of Jackson. */
public final class Json {

    /** How deep objects and arrays may nest, the outermost one included. */
    static final int MAX_NESTING = 64;

    /** The most characters of a number, and the farthest its decimal point may move: {@code 1e1000} is the end. */
    static final int MAX_NUMBER_LENGTH = 1000;

    private static final JsonFactory FACTORY = factory(MAX_NESTING);

    /** For text that is going to stand two levels deep in a body. */
    private static final JsonFactory ENTRY_FACTORY = factory(MAX_NESTING - 2);

    private Json() {}

    static JsonParser parser(char[] text, int length) {
        return FACTORY.createParser(ObjectReadContext.empty(), text, 0, length);
    }

    /** Writes UTF-8 without whitespace. */
    public static JsonGenerator generator(OutputStream out) {
        return FACTORY.createGenerator(ObjectWriteContext.empty(), out, JsonEncoding.UTF8);
    }

    static JsonGenerator prettyGenerator(Writer out, ObjectWriteContext context) {
        return FACTORY.createGenerator(context, out);
    }

    static JsonGenerator entryGenerator(Writer out) {
        return ENTRY_FACTORY.createGenerator(ObjectWriteContext.empty(), out);
    }

    private static JsonFactory factory(int maxNesting) {
        JsonFactoryBuilder builder = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(maxNesting)
                        .maxNumberLength(MAX_NUMBER_LENGTH)
                        // the limit on the bytes of a body bounds these four
                        .maxStringLength(Integer.MAX_VALUE)
                        .maxNameLength(Integer.MAX_VALUE)
                        .maxDocumentLength(-1)
                        .maxTokenCount(-1)
                        .build())
                .streamWriteConstraints(StreamWriteConstraints.builder()
                        .maxNestingDepth(maxNesting)
                        .build())
                .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
                .enable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                .enable(TokenStreamFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .disable(StreamReadFeature.STRICT_DUPLICATE_DETECTION) // JsonReader does it
                .disable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
                .disable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
                .disable(StreamWriteFeature.STRICT_DUPLICATE_DETECTION)
                .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
                .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                .enable(JsonWriteFeature.QUOTE_PROPERTY_NAMES)
                .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
                .disable(JsonWriteFeature.WRITE_NUMBERS_AS_STRINGS)
                .disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
                .disable(JsonWriteFeature.ESCAPE_NON_ASCII);
        for (JsonReadFeature leniency : JsonReadFeature.values()) {
            builder.disable(leniency);
        }
        return builder.build();
    }
}
