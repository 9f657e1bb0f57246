package io.eventplatform.telemetry;

import java.util.List;
import java.util.Objects;

/**
 * How one stage of the platform stands, at a moment.
 *
 * @param name of the pipeline or sink
 * @param kind {@code pipeline}, {@code router} or {@code sink}
 * @param source the topic it reads
 * @param targets the topics it writes, or the tables and views it fills
 * @param committed offsets it has passed, over all partitions
 * @param lag offsets it has still to pass
 * @param recordsPerSecond how fast it passes them, of late
 * @param deadLetters records it could not process, ever
 * @param health in a few words, such as {@code running}
 */
public record StageStatus(
        String name,
        String kind,
        String source,
        List<String> targets,
        long committed,
        long lag,
        double recordsPerSecond,
        long deadLetters,
        String health) {

    public StageStatus {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(source, "source");
        targets = List.copyOf(targets);
        Objects.requireNonNull(health, "health");
    }
}
