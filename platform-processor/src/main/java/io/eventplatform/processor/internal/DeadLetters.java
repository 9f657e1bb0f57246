package io.eventplatform.processor.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventplatform.codec.EncodedEvent;
import io.eventplatform.kafka.internal.KafkaHeaders;
import io.eventplatform.processor.internal.Effects.Output;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Makes dead letters: the original key, value and headers as they were, in the same partition number, and
 * headers that say why. No header repeats what a payload holds: of a foreign exception only class and
 * place are told, since its message may.
 */
final class DeadLetters {

    static final String PREFIX = "dead_letter.";

    private final String topic;
    private final String group;

    DeadLetters(String topic, String group) {
        this.topic = topic;
        this.group = group;
    }

    /**
     * A dead letter of a record.
     *
     * @param reason stable code, such as {@code contract.violated}
     * @param detail for people; holds no payload values
     * @param stage the step that failed, null if the record never reached one
     */
    Output of(
            ConsumerRecord<byte[], byte[]> record, String reason, String detail, @Nullable String stage, int attempts) {
        Map<String, byte[]> headers = new HashMap<>(KafkaHeaders.toMap(record.headers()));
        put(headers, "reason", reason);
        put(headers, "detail", detail);
        put(headers, "group", group);
        put(headers, "topic", record.topic());
        put(headers, "partition", Integer.toString(record.partition()));
        put(headers, "offset", Long.toString(record.offset()));
        put(headers, "timestamp", Long.toString(record.timestamp()));
        put(headers, "attempts", Integer.toString(attempts));
        if (stage != null) {
            put(headers, "stage", stage);
        }
        byte[] value = record.value() == null ? new byte[0] : record.value();
        return new Output(topic, record.partition(), new EncodedEvent(record.key(), value, headers));
    }

    private static void put(Map<String, byte[]> headers, String name, String value) {
        headers.put(PREFIX + name, value.getBytes(UTF_8));
    }

    /** Where a foreign exception came from, without its message. */
    static String describe(Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        return failure.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
    }
}
