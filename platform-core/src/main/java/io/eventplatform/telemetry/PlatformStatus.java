package io.eventplatform.telemetry;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * How the stages of the platform stand, at a moment.
 *
 * @param asOf when this was found out
 * @param recentDeadLetters the newest first
 */
public record PlatformStatus(Instant asOf, List<StageStatus> stages, List<DeadLetterSummary> recentDeadLetters) {

    public PlatformStatus {
        Objects.requireNonNull(asOf, "asOf");
        stages = List.copyOf(stages);
        recentDeadLetters = List.copyOf(recentDeadLetters);
    }
}
