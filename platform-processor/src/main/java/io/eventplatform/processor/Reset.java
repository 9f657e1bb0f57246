package io.eventplatform.processor;

import io.eventplatform.kafka.KafkaAccessException;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.processor.internal.Identity;
import io.eventplatform.processor.internal.ResetCommand;
import io.eventplatform.processor.internal.ResetRun;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Lets a stopped pipeline process events again: sets its offsets back and empties the dedup windows, state and timers
 * that go with them, so that none of them holds what is about to come again. Immutable.
 *
 * <p>All of it happens in one Kafka transaction. A run that is interrupted has changed nothing, or all; a pipeline that
 * is started meanwhile waits for its end; running it again is safe. Outputs that were written stay: processing again
 * writes them again, under the same ids.
 *
 * <p>Also a command: {@code java -cp … io.eventplatform.processor.Reset --help}.
 */
public final class Reset {

    /** Where a partition of a source is to start. */
    public sealed interface Target {

        /** At the oldest record that the source still has. */
        record Earliest() implements Target {}

        /** At the first record that was written at this time or later; at the end if there is none. */
        record Time(Instant time) implements Target {}

        /** At these offsets; partition numbers that none of them names are left alone. */
        record Offsets(List<Offset> offsets) implements Target {

            public Offsets {
                offsets = List.copyOf(offsets);
            }
        }
    }

    /** An offset of a source. */
    public record Offset(String topic, int partition, long offset) {}

    /**
     * What a reset has done, or would do.
     *
     * @param moves offsets that are set
     * @param emptied state that is emptied
     * @param members how many members the pipeline's group has; while it has any, the plan cannot be executed, and
     *     goes out of date
     * @param executed whether it is done
     */
    public record Plan(List<Move> moves, List<Emptied> emptied, int members, boolean executed) {

        public Plan {
            moves = List.copyOf(moves);
            emptied = List.copyOf(emptied);
        }

        /** A line for each change, for people; and one that says so if it cannot be executed now. */
        public List<String> describe() {
            List<String> lines = new ArrayList<>();
            moves.forEach(move -> lines.add(move.topic() + "-" + move.partition() + ": offset "
                    + (move.from().isPresent() ? Long.toString(move.from().getAsLong()) : "(none)") + " to "
                    + move.to()));
            emptied.forEach(topic -> lines.add(topic.topic() + "-" + topic.partition() + ": "
                    + counted(topic.records(), "record") + " of state " + (executed ? "emptied" : "would be emptied")));
            if (members > 0) {
                lines.add("This cannot be executed while the group has " + counted(members, "member")
                        + ". Stop every instance first.");
            }
            return lines;
        }

        private static String counted(long count, String noun) {
            return count + " " + noun + (count == 1 ? "" : "s");
        }
    }

    /** The offset of a partition: as committed, if it is, and as it becomes. */
    public record Move(String topic, int partition, OptionalLong from, long to) {}

    /** A partition of a changelog, and how many records of it stood for something. */
    public record Emptied(String topic, int partition, long records) {}

    private final String pipeline;
    private final List<String> sources;
    private final Target target;

    private Reset(String pipeline, List<String> sources, Target target) {
        this.pipeline = pipeline;
        this.sources = sources;
        this.target = target;
    }

    /** Lets this pipeline start over, at the oldest records its sources still have. */
    public static Reset of(Pipeline pipeline) {
        return of(
                pipeline.name(), pipeline.sources().stream().map(Source::topic).toList());
    }

    /**
     * As {@link #of(Pipeline)}, where only the names of the pipeline and its source topics are at hand.
     *
     * @param sources all of them, since they share state
     */
    public static Reset of(String pipeline, List<String> sources) {
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("sources of pipeline " + pipeline + " must not be empty");
        }
        return new Reset(Identity.check("pipeline", pipeline), List.copyOf(sources), new Target.Earliest());
    }

    /** The same reset to another place. */
    public Reset to(Target target) {
        return new Reset(pipeline, sources, Objects.requireNonNull(target, "target"));
    }

    /**
     * What it would do now; changes nothing. The pipeline may run; {@link Plan#members} tells.
     *
     * @param timeout for each question to Kafka
     * @throws IllegalStateException if it cannot be done; the message says what to do
     * @throws KafkaAccessException if Kafka does not answer
     */
    public Plan plan(KafkaConfig kafka, Duration timeout) {
        try (ResetRun run = new ResetRun(pipeline, sources, target, kafka, timeout)) {
            return run.plan();
        }
    }

    /**
     * Does it.
     *
     * @param timeout for each question to Kafka
     * @throws IllegalStateException if the pipeline runs, or it cannot be done for another reason; nothing was changed
     * @throws KafkaAccessException if Kafka does not answer; run it again, since it may have been done
     */
    public Plan execute(KafkaConfig kafka, Duration timeout) {
        try (ResetRun run = new ResetRun(pipeline, sources, target, kafka, timeout)) {
            return run.execute();
        }
    }

    /** The command; {@code --help} tells its options. */
    public static void main(String[] arguments) {
        System.exit(ResetCommand.run(arguments, System.out, System.err));
    }
}
