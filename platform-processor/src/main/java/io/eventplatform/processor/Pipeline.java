package io.eventplatform.processor;

import io.eventplatform.kafka.TopicPlan;
import io.eventplatform.kafka.TopicSpec;
import io.eventplatform.processor.internal.Identity;
import io.eventplatform.processor.internal.Stage;
import io.eventplatform.processor.internal.Targets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Named steps from a source topic to target topics: an immutable value that can be printed, planned into
 * topics and run any number of times.
 *
 * <p>Its name is its identity in Kafka: the consumer group, and part of the names of its changelog and
 * dead-letter topics. Outputs, dedup window and offsets change in one Kafka transaction: exactly once.
 */
public final class Pipeline {

    /** Room for the headers a dead letter carries beside the original record, which may be as large as Kafka allows. */
    private static final int DEAD_LETTER_MAX_BYTES = 2 * 1024 * 1024;

    private final String name;
    private final Source source;
    private final List<Stage> stages;
    private final Targets targets;

    private Pipeline(String name, Source source, List<Stage> stages, Targets targets) {
        this.name = name;
        this.source = source;
        this.stages = List.copyOf(stages);
        this.targets = targets;
    }

    /** Begins a pipeline; the name must not change once it has run. */
    public static Named named(String name) {
        return new Named(Identity.check("pipeline", name));
    }

    public String name() {
        return name;
    }

    public Source source() {
        return source;
    }

    /** The topics its outputs go to, at least one. */
    public List<String> targetTopics() {
        return targets.topics();
    }

    /** Which output goes where; for the runtime. */
    public Targets targets() {
        return targets;
    }

    /** Where records go that cannot be processed. */
    public String deadLetterTopic() {
        return source.topic() + "." + name + ".dlt";
    }

    /** Where the dedup window is kept, if the source has one. */
    public String dedupTopic() {
        return source.topic() + "." + name + ".dedup";
    }

    /** The steps; for the runtime. */
    public List<Stage> stages() {
        return stages;
    }

    /**
     * Every topic this pipeline reads or writes, each with {@code partitions} partitions, so that state and
     * source are partitioned alike.
     */
    public TopicPlan topics(int partitions) {
        List<TopicSpec> topics = new ArrayList<>();
        topics.add(TopicSpec.of(source.topic(), partitions));
        targets.topics().forEach(topic -> topics.add(TopicSpec.of(topic, partitions)));
        topics.add(TopicSpec.of(deadLetterTopic(), partitions)
                .with("max.message.bytes", Integer.toString(DEAD_LETTER_MAX_BYTES)));
        if (source.dedupWindow().isPresent()) {
            topics.add(TopicSpec.of(dedupTopic(), partitions).with("cleanup.policy", "compact"));
        }
        return TopicPlan.of(topics);
    }

    private static String describe(Duration length) {
        long days = length.toDays();
        return length.equals(Duration.ofDays(days)) ? days + (days == 1 ? " day" : " days") : length.toString();
    }

    /** The graph in a few lines, for people. */
    public String describe() {
        StringBuilder text = new StringBuilder("pipeline " + name + " (exactly once)\n  from " + source.topic());
        source.dedupWindow().ifPresent(window -> text.append(", deduplicated by event_id within ")
                .append(describe(window.length())));
        for (Stage stage : stages) {
            text.append("\n  ").append(stage.name());
            stage.onlyType()
                    .ifPresent(type -> text.append(" (only ").append(type).append(')'));
        }
        return text.append("\n  to ")
                .append(targets.describe())
                .append("\n  dead letters to ")
                .append(deadLetterTopic())
                .toString();
    }

    @Override
    public String toString() {
        return "Pipeline[" + name + ": " + source.topic() + " to " + targets.describe() + "]";
    }

    /** A pipeline that has a name and lacks a source. */
    public static final class Named {

        private final String name;

        private Named(String name) {
            this.name = name;
        }

        /** Reads this source. */
        public Steps<Record> from(Source source) {
            return new Steps<>(name, Objects.requireNonNull(source, "source"), List.of());
        }
    }

    /**
     * A pipeline in the making, whose last step forwards events with payload {@code T}; immutable.
     *
     * @param <T> payload
     */
    public static final class Steps<T> {

        private final String name;
        private final Source source;
        private final List<Stage> stages;

        private Steps(String name, Source source, List<Stage> stages) {
            this.name = name;
            this.source = source;
            this.stages = stages;
        }

        /**
         * Adds a step for every event.
         *
         * @param stage identity of the step: it stands in dead letters, metrics and derived ids
         * @param processor makes one instance for each task
         */
        public <R> Steps<R> process(String stage, Supplier<? extends Processor<T, R>> processor) {
            return new Steps<>(name, source, plus(Stage.forAll(Identity.check("stage", stage), processor)));
        }

        /** Adds a step for the events of one contract; others pass it by unchanged. */
        public <S extends Record> Steps<T> processOnly(
                Class<S> type, String stage, Supplier<? extends Processor<S, ? extends T>> processor) {
            return new Steps<>(name, source, plus(Stage.forType(Identity.check("stage", stage), type, processor)));
        }

        /** Ends the pipeline in this topic. */
        public Pipeline to(String topic) {
            return to(Targets.one(Objects.requireNonNull(topic, "topic")));
        }

        /**
         * Ends the pipeline in the topics {@code domain.<domain>}: each event goes to that of its contract, see
         * {@link io.eventplatform.contract.EventContract#domain}.
         *
         * <p>Without any step this is a router. It reads only headers; a record without them, of a foreign client,
         * is parsed, checked, and goes on with headers and the key of its contract. What a step forwards must have
         * a type that the source has a contract of.
         */
        public Pipeline toDomains() {
            return to(Targets.domainsOf(source.contracts()));
        }

        private Pipeline to(Targets targets) {
            if (targets.topics().contains(source.topic())) {
                throw new IllegalArgumentException("pipeline " + name + " would write to the topic it reads, "
                        + source.topic() + ", and never end");
            }
            return new Pipeline(name, source, stages, targets);
        }

        private List<Stage> plus(Stage stage) {
            List<Stage> more = new ArrayList<>(stages);
            more.add(stage);
            Set<String> names = new HashSet<>();
            for (Stage each : more) {
                if (!names.add(each.name())) {
                    throw new IllegalArgumentException("pipeline " + name + " has two stages named " + each.name()
                            + "; a stage name is its identity");
                }
            }
            return more;
        }
    }
}
