package io.eventplatform.telemetry;

import java.util.List;
import java.util.Objects;

/**
 * How one stage of the platform is doing, at a moment.
 *
 * @param name the stage's name, as in its metrics and dead letters
 * @param kind {@code pipeline}, {@code router} or {@code sink}
 * @param sources the topics it reads, at least one
 * @param targets the topics it writes, or the tables
 * @param committed how many records it has committed since it started
 * @param lag how many records of its sources it has not committed yet; {@link #UNKNOWN_LAG} if it cannot tell
 * @param recordsPerSecond what it commits of late
 * @param deadLetters how many records it has given up since it started
 * @param health one word: {@code running}, {@code failed}
 */
public record StageStatus(
        String name,
        String kind,
        List<String> sources,
        List<String> targets,
        long committed,
        long lag,
        double recordsPerSecond,
        long deadLetters,
        String health) {

    /** Stands for a lag that is not known yet. */
    public static final long UNKNOWN_LAG = -1;

    public StageStatus {
        requireText("name", name);
        requireText("kind", kind);
        sources = List.copyOf(sources);
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("sources of " + name + " must be at least one but were none");
        }
        targets = List.copyOf(targets);
        requireText("health", health);
        if (committed < 0) {
            throw new IllegalArgumentException("committed of " + name + " must be 0 or more but was " + committed);
        }
        if (lag < UNKNOWN_LAG) {
            throw new IllegalArgumentException("lag of " + name + " must be -1 or more but was " + lag);
        }
        if (!Double.isFinite(recordsPerSecond) || recordsPerSecond < 0) {
            throw new IllegalArgumentException(
                    "recordsPerSecond of " + name + " must be 0 or more but was " + recordsPerSecond);
        }
        if (deadLetters < 0) {
            throw new IllegalArgumentException("deadLetters of " + name + " must be 0 or more but was " + deadLetters);
        }
    }

    private static void requireText(String what, String text) {
        if (Objects.requireNonNull(text, what).isBlank()) {
            throw new IllegalArgumentException(what + " must not be blank");
        }
    }
}
