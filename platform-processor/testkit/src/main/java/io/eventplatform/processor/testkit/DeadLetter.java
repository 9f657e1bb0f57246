package io.eventplatform.processor.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventplatform.processor.RecordPosition;
import io.eventplatform.processor.testkit.internal.SimKafka.SimRecord;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A record or timer that could not be processed, as it stands in the dead-letter topic.
 *
 * @param reason stable code, such as {@code processing.failed}
 * @param detail for people
 * @param stage the step that failed or had set the timer, if the record reached one
 * @param attempts how often it was tried
 * @param source where the record stands in its source; empty for a timer, which stands in none
 * @param timer the timer that failed; empty for a record
 * @param key the key of record or timer as text, if it has one
 * @param body the record's bytes as UTF-8 text; empty for a record without a value and for a timer
 */
public record DeadLetter(
        String reason,
        String detail,
        Optional<String> stage,
        int attempts,
        Optional<RecordPosition> source,
        Optional<FailedTimer> timer,
        Optional<String> key,
        String body) {

    private static final String PREFIX = "dead_letter.";

    /**
     * A timer that could not be processed.
     *
     * @param time when it was set for
     */
    public record FailedTimer(String name, Instant time) {}

    static DeadLetter of(SimRecord record) {
        Map<String, byte[]> headers = record.headers();
        Optional<RecordPosition> source = source(headers);
        return new DeadLetter(
                header(headers, "reason").orElse(""),
                header(headers, "detail").orElse(""),
                header(headers, "stage"),
                header(headers, "attempts").map(Integer::parseInt).orElse(0),
                source,
                source.isPresent() ? Optional.empty() : timer(headers),
                Optional.ofNullable(record.key()).map(DeadLetter::text),
                record.value() == null ? "" : text(record.value()));
    }

    private static Optional<RecordPosition> source(Map<String, byte[]> headers) {
        return header(headers, "topic")
                .map(topic -> new RecordPosition(
                        topic,
                        header(headers, "partition").map(Integer::parseInt).orElse(-1),
                        header(headers, "offset").map(Long::parseLong).orElse(-1L)));
    }

    private static Optional<FailedTimer> timer(Map<String, byte[]> headers) {
        return header(headers, "timer")
                .flatMap(name -> header(headers, "time").map(time -> new FailedTimer(name, Instant.parse(time))));
    }

    /**
     * Where the record stands in its source.
     *
     * @throws IllegalStateException if it is a dead letter of a timer
     */
    public RecordPosition position() {
        return source.orElseThrow(() -> new IllegalStateException(
                "a dead letter of a timer has no position; stage, timer and key say whose it is: " + this));
    }

    private static Optional<String> header(Map<String, byte[]> headers, String name) {
        return Optional.ofNullable(headers.get(PREFIX + name)).map(DeadLetter::text);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
