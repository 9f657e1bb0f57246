package io.eventplatform.processor.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventplatform.processor.Timer;
import io.eventplatform.processor.internal.Effects.Output;
import io.eventplatform.processor.internal.StateFormat.Parsed.SetTimer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Makes dead letters: the original key, value and headers as they were, in the same partition number, and
 * headers that say why. No header repeats what a payload holds: of a foreign exception only class and
 * place are told, since its message may. A record that its dead letter topic cannot hold is told of by
 * position, without its value; without its key and headers, too, where these alone are too large.
 */
final class DeadLetters {

    static final String PREFIX = "dead_letter.";

    private final String topic;
    private final String group;
    private final int maxBytes;

    /** @param maxBytes the largest record that {@code topic} takes */
    DeadLetters(String topic, String group, int maxBytes) {
        this.topic = topic;
        this.group = group;
        this.maxBytes = maxBytes;
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
        Headers headers = new RecordHeaders(record.headers().toArray());
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
        Output letter = new Output(topic, record.partition(), record.key(), record.value(), headers);
        if (letter.bytes() <= maxBytes) {
            return letter;
        }
        put(headers, "omitted_bytes", Integer.toString(record.serializedValueSize()));
        Output withoutValue = new Output(topic, record.partition(), record.key(), null, headers);
        if (withoutValue.bytes() <= maxBytes) {
            return withoutValue;
        }
        record.headers().forEach(header -> headers.remove(header.key()));
        return new Output(topic, record.partition(), null, null, headers);
    }

    /** A dead letter of a timer: the key it was set for, no value, and headers that name it. */
    Output ofTimer(int partition, SetTimer set, Timer timer, String detail, int attempts) {
        Headers headers = new RecordHeaders();
        put(headers, "reason", "timer.failed");
        put(headers, "detail", detail);
        put(headers, "group", group);
        put(headers, "partition", Integer.toString(partition));
        put(headers, "attempts", Integer.toString(attempts));
        put(headers, "stage", set.stage());
        put(headers, "timer", timer.name());
        put(headers, "time", timer.time().toString());
        return new Output(topic, partition, set.recordKey(), null, headers);
    }

    private static void put(Headers headers, String name, String value) {
        headers.remove(PREFIX + name).add(PREFIX + name, value.getBytes(UTF_8));
    }

    /** Where a foreign exception came from, without its message. */
    static String describe(Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        return failure.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
    }
}
