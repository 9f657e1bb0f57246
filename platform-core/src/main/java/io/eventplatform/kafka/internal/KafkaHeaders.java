package io.eventplatform.kafka.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Between Kafka's headers and plain maps. Values are shared, not copied. */
public final class KafkaHeaders {

    private static final byte[] EMPTY = new byte[0];

    private KafkaHeaders() {}

    /** By name, in the order of first appearance; of several headers of one name the last, and empty for a null value. */
    public static Map<String, byte[]> toMap(Headers headers) {
        Map<String, byte[]> map = new LinkedHashMap<>();
        for (Header header : headers) {
            byte[] value = header.value();
            map.put(header.key(), value == null ? EMPTY : value);
        }
        return map;
    }

    public static Headers fromMap(Map<String, byte[]> map) {
        List<Header> headers = new ArrayList<>(map.size());
        map.forEach((name, value) -> headers.add(new RecordHeader(name, value)));
        return new RecordHeaders(headers);
    }
}
