package io.eventplatform.telemetry;

import java.time.Instant;
import java.util.Objects;

/**
 * A record that could not be processed, without its contents.
 *
 * @param topic where it stands, with {@code partition} and {@code offset}
 * @param deadLetterTopic where it was copied to
 * @param reason a code, such as {@code contract.violated}
 * @param detail for people; never holds values of the record
 * @param stage the step of a pipeline that failed; empty if none had begun
 * @param at when it was given up
 */
public record DeadLetterSummary(
        String topic,
        String deadLetterTopic,
        int partition,
        long offset,
        String reason,
        String detail,
        String stage,
        Instant at) {

    public DeadLetterSummary {
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(deadLetterTopic, "deadLetterTopic");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(detail, "detail");
        Objects.requireNonNull(stage, "stage");
        Objects.requireNonNull(at, "at");
    }
}
