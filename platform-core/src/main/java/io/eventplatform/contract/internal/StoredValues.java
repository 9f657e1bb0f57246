package io.eventplatform.contract.internal;

import io.eventplatform.contract.ContractDefinitionException;
import java.io.ByteArrayOutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;

/**
 * Values of one class as bytes, to be kept outside of events: a JSON object whose field {@code v} is the value, written
 * as a component of that class is written in an event. Thread-safe.
 */
public final class StoredValues<T> {

    private static final String FIELD = "v";

    private final Class<T> type;
    private final WireType wireType;

    private StoredValues(Class<T> type, WireType wireType) {
        this.type = type;
        this.wireType = wireType;
    }

    /**
     * The values of a class.
     *
     * @throws ContractDefinitionException if they cannot be stored
     */
    public static <T> StoredValues<T> of(Class<T> type) {
        return new StoredValues<>(type, RecordTypes.ofStored(type));
    }

    /**
     * The bytes of a value.
     *
     * @throws IllegalArgumentException if a part of it is missing, or cannot be expressed
     */
    public byte[] write(T value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = Json.generator(bytes)) {
            out.writeStartObject();
            out.writeName(FIELD);
            wireType.write(value, out);
            out.writeEndObject();
        } catch (Violation e) {
            throw new IllegalArgumentException(type.getName() + " cannot be stored: " + e.describe(), e);
        } catch (StreamConstraintsException e) {
            throw new IllegalArgumentException(type.getName() + " cannot be stored: it nests too deep", e);
        }
        return bytes.toByteArray();
    }

    /**
     * The value of bytes that {@link #write} made, perhaps of an earlier form of the class.
     *
     * @throws IllegalArgumentException if the class, as it is now, cannot hold it
     */
    @SuppressWarnings("unchecked") // the wire type of a class reads values of that class
    public T read(byte[] bytes) {
        try {
            JsonNode value = JsonReader.readObject(bytes).get(FIELD);
            if (value == null) {
                throw new Violation("required");
            }
            return (T) wireType.read(value);
        } catch (Violation e) {
            throw unreadable(e.describe());
        } catch (RuntimeException e) { // a node of another type than the class has; the message may quote it
            throw unreadable("a part has another type");
        }
    }

    private IllegalArgumentException unreadable(String why) {
        return new IllegalArgumentException("what was stored is no " + type.getName() + ": " + why);
    }
}
