package io.eventplatform.telemetry;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * How the stages that run in a process are doing, at a moment.
 *
 * @param stages in the order data flows through them
 * @param recentDeadLetters the newest first; older ones are in their topics
 */
public record PlatformStatus(Instant asOf, List<StageStatus> stages, List<DeadLetterSummary> recentDeadLetters) {

    public PlatformStatus {
        Objects.requireNonNull(asOf, "asOf");
        stages = List.copyOf(stages);
        recentDeadLetters = List.copyOf(recentDeadLetters);
    }
}
