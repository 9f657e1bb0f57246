package io.eventplatform.processor.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventplatform.processor.RecordPosition;
import io.eventplatform.processor.testkit.internal.SimKafka.SimRecord;
import java.util.Map;
import java.util.Optional;

/**
 * A record that could not be processed, as it stands in the dead-letter topic.
 *
 * @param reason stable code, such as {@code processing.failed}
 * @param detail for people
 * @param stage the step that failed, if the record reached one
 * @param attempts how often it was tried
 * @param position where the record stands in its source
 * @param key the record's key as text, if it has one
 * @param body the record's bytes as UTF-8 text; empty for a record without a value
 */
public record DeadLetter(
        String reason,
        String detail,
        Optional<String> stage,
        int attempts,
        RecordPosition position,
        Optional<String> key,
        String body) {

    private static final String PREFIX = "dead_letter.";

    static DeadLetter of(SimRecord record) {
        Map<String, byte[]> headers = record.headers();
        return new DeadLetter(
                header(headers, "reason").orElse(""),
                header(headers, "detail").orElse(""),
                header(headers, "stage"),
                header(headers, "attempts").map(Integer::parseInt).orElse(0),
                new RecordPosition(
                        header(headers, "topic").orElse(""),
                        header(headers, "partition").map(Integer::parseInt).orElse(-1),
                        header(headers, "offset").map(Long::parseLong).orElse(-1L)),
                Optional.ofNullable(record.key()).map(DeadLetter::text),
                record.value() == null ? "" : text(record.value()));
    }

    private static Optional<String> header(Map<String, byte[]> headers, String name) {
        return Optional.ofNullable(headers.get(PREFIX + name)).map(DeadLetter::text);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
