package io.eventplatform.producer.internal;

import io.eventplatform.codec.EncodedEvent;
import java.util.Map;
import org.apache.kafka.common.utils.Utils;

/** How large an event is as a Kafka record: never less than what Kafka's client will find, at most a few bytes more. */
final class RecordSize {

    /** Header of a record batch (61) and of a record (21), at their largest. */
    private static final long OVERHEAD_BYTES = 82;

    /** A length in its longest form. */
    private static final long LENGTH_BYTES = 5;

    private RecordSize() {}

    static long of(EncodedEvent event, Map<String, byte[]> headers) {
        byte[] key = event.key();
        long bytes = OVERHEAD_BYTES + 3 * LENGTH_BYTES + event.value().length + (key == null ? 0 : key.length);
        for (Map.Entry<String, byte[]> header : headers.entrySet()) {
            bytes += 2 * LENGTH_BYTES + Utils.utf8Length(header.getKey()) + header.getValue().length;
        }
        return bytes;
    }
}
