package io.eventplatform.kafka;

import java.util.List;
import java.util.Objects;

/** The topics of a cluster are not as planned; trying again will not help until a person acts. */
public final class TopicPlanException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Difference> differences;

    public TopicPlanException(String bootstrapServers, List<Difference> differences) {
        super(describe(bootstrapServers, differences));
        this.differences = List.copyOf(differences);
    }

    /** Every difference that was found. */
    public List<Difference> differences() {
        return differences;
    }

    private static String describe(String bootstrapServers, List<Difference> differences) {
        StringBuilder text = new StringBuilder("Kafka at " + bootstrapServers + " differs from the topic plan:");
        for (Difference each : differences) {
            text.append("\n- topic ").append(each.topic());
            text.append(", ").append(each.what());
            text.append(": expected ").append(each.expected());
            text.append(", found ").append(each.actual());
            text.append(". ").append(each.nextStep()).append('.');
        }
        return text.toString();
    }

    /**
     * One thing that is not as planned.
     *
     * @param what the thing that differs: {@code existence}, {@code partitions}, {@code replication factor}
     *     or the name of a setting
     */
    public record Difference(String topic, String what, String expected, String actual, String nextStep) {

        public Difference {
            Objects.requireNonNull(topic, "topic");
            Objects.requireNonNull(what, "what");
            Objects.requireNonNull(expected, "expected");
            Objects.requireNonNull(actual, "actual");
            Objects.requireNonNull(nextStep, "nextStep");
        }
    }
}
