package io.eventplatform.telemetry;

import java.time.Instant;
import java.util.Objects;

/**
 * A record that a stage gave up, without its content.
 *
 * @param topic where the record was read
 * @param deadLetterTopic where it was put
 * @param partition of {@code topic}
 * @param offset in {@code partition}
 * @param reason the code, such as {@code schema.violated}
 * @param detail for people; never holds personal data
 * @param stage the name of the stage that gave up
 * @param at when it did
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
        if (partition < 0) {
            throw new IllegalArgumentException("partition must be 0 or more but was " + partition);
        }
        if (offset < 0) {
            throw new IllegalArgumentException("offset must be 0 or more but was " + offset);
        }
    }
}
