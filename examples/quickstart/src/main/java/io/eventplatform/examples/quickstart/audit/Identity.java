package io.eventplatform.examples.quickstart.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a record says of itself: in its headers, else in its body.
 *
 * @param type {@link #UNREADABLE} if it says nothing
 * @param id null if it says nothing
 */
record Identity(String type, @Nullable String id) {

    static final String UNREADABLE = "(unreadable)";

    private static final String TYPE = "event_type";
    private static final String ID = "event_id";
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    static Identity of(ConsumerRecord<byte[], byte[]> record) {
        String type = header(record, TYPE);
        String id = header(record, ID);
        if (type == null || id == null) {
            JsonNode body = body(record.value());
            type = type == null ? text(body, TYPE) : type;
            id = id == null ? text(body, ID) : id;
        }
        return new Identity(type == null ? UNREADABLE : type, id);
    }

    private static @Nullable String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    private static @Nullable JsonNode body(byte @Nullable [] bytes) {
        if (bytes == null || bytes.length == 0) {
            return null;
        }
        try {
            return JSON.readTree(bytes);
        } catch (JacksonException e) {
            return null; // the pipeline must have made it a dead letter, which the counts tell
        }
    }

    private static @Nullable String text(@Nullable JsonNode body, String field) {
        JsonNode value = body == null ? null : body.get(field);
        return value == null || !value.isString() ? null : value.stringValue();
    }
}
