package io.eventplatform.contract.internal;

import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** How the values of one Java type are described, read and written. */
interface WireType {

    /** The JSON Schema of these values; {@link SchemaText} gives it its order. */
    Map<String, Object> schema();

    /**
     * The Java value of a node that matches {@link #schema()}.
     *
     * @throws Violation if Java cannot hold it
     */
    Object read(JsonNode node);

    /**
     * Writes a value.
     *
     * @throws Violation if the wire format cannot express it; part of it may have been written
     */
    void write(Object value, JsonGenerator out);

    /** The record that these values are or hold, if any. */
    default Optional<RecordType> heldRecord() {
        return Optional.empty();
    }
}
