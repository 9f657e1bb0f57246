package io.eventplatform.processor;

import io.eventplatform.contract.Contract;
import io.eventplatform.contract.ContractDefinitionException;
import io.eventplatform.contract.Contracts;
import io.eventplatform.kafka.TopicPlan;
import io.eventplatform.kafka.TopicSpec;
import io.eventplatform.processor.internal.Identity;
import io.eventplatform.processor.internal.Path;
import io.eventplatform.processor.internal.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Named steps from source topics to target topics: an immutable value that can be printed, planned into
 * topics and run any number of times.
 *
 * <p>Its name is its identity in Kafka: the consumer group, and part of the names of its changelog and
 * dead-letter topics. Outputs, dedup windows, state and offsets change in one Kafka transaction: exactly once, unless
 * {@link #guarantee} tells less.
 */
public final class Pipeline {

    /** Room for the headers a dead letter carries beside the original record, which may be as large as Kafka allows. */
    private static final int DEAD_LETTER_MAX_BYTES = 2 * 1024 * 1024;

    private final Draft draft;
    private final Path path;
    private final List<Limit> limits;

    private Pipeline(Draft draft, Path path) {
        this.draft = draft;
        this.path = path;
        this.limits = limits(draft, path);
        requireNamesOfTheirOwn();
        requireAnEnd();
        requireForeignTargets();
        requireTransactionForState();
        requireGuarantee();
    }

    /** Begins a pipeline; the name must not change once it has run. */
    public static Named named(String name) {
        return new Named(Identity.check("pipeline", name), false, Guarantee.AT_LEAST_ONCE);
    }

    public String name() {
        return draft.name();
    }

    /** What it reads, at least one, in the order given. */
    public List<Source> sources() {
        return draft.sources();
    }

    /** The contracts of all its sources. */
    public Contracts contracts() {
        return draft.contracts();
    }

    /** The topics its outputs go to, at least one, each once. */
    public List<String> targetTopics() {
        return path.topics();
    }

    /** What events pass and where they go; for the runtime. */
    public Path path() {
        return path;
    }

    /** The dead-letter topics of all sources, in their order. */
    public List<String> deadLetterTopics() {
        return sources().stream().map(this::deadLetterTopic).toList();
    }

    /** Where records of this source go that cannot be processed. */
    public String deadLetterTopic(Source source) {
        return own(source).topic() + "." + name() + ".dlt";
    }

    /** Where the dedup window of this source is kept, if it has one. */
    public String dedupTopic(Source source) {
        return own(source).topic() + "." + name() + ".dedup";
    }

    /** The dedup topics of those sources that have a window, in their order. */
    public List<String> dedupTopics() {
        return sources().stream()
                .filter(source -> source.dedupWindow().isPresent())
                .map(this::dedupTopic)
                .toList();
    }

    /** Where state and timers are kept, if a stage declares state. */
    public String stateTopic() {
        return name() + ".state";
    }

    /** Whether a stage declares state. */
    public boolean hasState() {
        return path.stages().stream().anyMatch(stage -> !stage.states().isEmpty());
    }

    private Source own(Source source) {
        if (sources().stream().noneMatch(each -> each.topic().equals(source.topic()))) {
            throw new IllegalArgumentException("pipeline " + name() + " does not read " + source.topic());
        }
        return source;
    }

    /** What it gives: the least of what its parts give; {@link #describe} names those that lower it. */
    public Guarantee guarantee() {
        return limits.stream().map(Limit::guarantee).reduce(Guarantee.EXACTLY_ONCE, Guarantee::atMost);
    }

    /** Whether it was declared {@link Named#atLeastOnce}, and so runs without transactions. */
    public boolean isAtLeastOnce() {
        return draft.atLeastOnce();
    }

    /**
     * Every topic this pipeline reads or writes, each with {@code partitions} partitions, so that state and
     * sources are partitioned alike.
     */
    public TopicPlan topics(int partitions) {
        List<TopicSpec> topics = new ArrayList<>();
        sources().forEach(source -> topics.add(TopicSpec.of(source.topic(), partitions)));
        targetTopics().forEach(topic -> topics.add(TopicSpec.of(topic, partitions)));
        for (Source source : sources()) {
            topics.add(TopicSpec.of(deadLetterTopic(source), partitions)
                    .with("max.message.bytes", Integer.toString(DEAD_LETTER_MAX_BYTES)));
            if (source.dedupWindow().isPresent()) {
                topics.add(TopicSpec.of(dedupTopic(source), partitions).with("cleanup.policy", "compact"));
            }
        }
        if (hasState()) {
            topics.add(TopicSpec.of(stateTopic(), partitions).with("cleanup.policy", "compact"));
        }
        return TopicPlan.of(topics);
    }

    // ---- checks

    private void requireNamesOfTheirOwn() {
        Map<String, String> kinds = new HashMap<>();
        path.allParts().forEach(part -> {
            requireOwnName(kinds, part.name(), part instanceof Stage ? "stage" : "branch");
            if (part instanceof Stage stage) {
                stage.sideOutputs().keySet().forEach(output -> requireOwnName(kinds, output.name(), "side output"));
            }
        });
    }

    private void requireOwnName(Map<String, String> kinds, String part, String kind) {
        String earlier = kinds.putIfAbsent(part, kind);
        if (earlier == null) {
            return;
        }
        String plural = kind.equals("branch") ? "branches" : kind + "s";
        String both = earlier.equals(kind) ? "two " + plural : "a " + earlier + " and a " + kind;
        throw new IllegalArgumentException("pipeline " + name() + " has " + both + " named " + part
                + "; a name is the identity of a part. Give each its own");
    }

    private void requireAnEnd() {
        for (Source source : sources()) {
            if (targetTopics().contains(source.topic())) {
                throw new IllegalArgumentException("pipeline " + name() + " would write to the topic it reads, "
                        + source.topic() + ", and never end");
            }
        }
    }

    private void requireForeignTargets() {
        List<String> own = new ArrayList<>(deadLetterTopics());
        own.addAll(dedupTopics());
        own.add(stateTopic());
        for (String target : targetTopics()) {
            if (own.contains(target)) {
                throw new IllegalArgumentException("pipeline " + name() + " would write outputs to " + target
                        + ", which it keeps for itself. Choose another topic");
            }
        }
    }

    private void requireTransactionForState() {
        for (Stage stage : path.stages()) {
            if (draft.atLeastOnce() && !stage.states().isEmpty()) {
                throw new IllegalArgumentException("pipeline " + name() + " is declared atLeastOnce(), but stage "
                        + stage.name()
                        + " keeps state, which needs the transaction: an instance that was replaced could"
                        + " write old state over newer. Do without atLeastOnce()");
            }
        }
    }

    private void requireGuarantee() {
        for (Limit limit : limits) {
            if (limit.guarantee().compareTo(draft.required()) < 0) {
                throw new IllegalArgumentException("pipeline " + name() + " requires " + draft.required() + ", but "
                        + limit.part() + ", so it can only give " + limit.guarantee()
                        + ". Do without that, or require less");
            }
        }
    }

    // ---- guarantee

    /** A part that gives less than exactly once. */
    private record Limit(Guarantee guarantee, String part) {}

    private static List<Limit> limits(Draft draft, Path path) {
        List<Limit> limits = new ArrayList<>();
        if (draft.atLeastOnce()) {
            limits.add(new Limit(Guarantee.AT_LEAST_ONCE, "it is declared atLeastOnce()"));
        }
        for (Stage stage : path.stages()) {
            for (OutsideCalls calls : stage.outsideCalls()) {
                limits.add(new Limit(calls.limit(), "stage " + stage.name() + " " + calls));
            }
        }
        return List.copyOf(limits);
    }

    // ---- for people

    /** Graph, topics and guarantee in a few lines, for people. */
    public String describe() {
        List<String> lines = new ArrayList<>();
        lines.add("pipeline " + name() + " (" + guarantee() + ")");
        limits.forEach(limit -> lines.add("  " + limit.guarantee() + " since " + limit.part()));
        sources().forEach(source -> lines.add("  from " + source.topic() + describeDedup(source)));
        path.describe("  ", lines::add);
        if (!dedupTopics().isEmpty()) {
            lines.add("  dedup state in " + String.join(", ", dedupTopics()));
        }
        if (hasState()) {
            lines.add("  state in " + stateTopic());
        }
        lines.add("  dead letters to " + String.join(", ", deadLetterTopics()));
        return String.join("\n", lines);
    }

    private static String describeDedup(Source source) {
        return source.dedupWindow()
                .map(window -> ", deduplicated by event_id within " + describe(window.length()))
                .orElse("");
    }

    private static String describe(Duration length) {
        long days = length.toDays();
        return length.equals(Duration.ofDays(days)) ? days + (days == 1 ? " day" : " days") : length.toString();
    }

    @Override
    public String toString() {
        return "Pipeline[" + name() + ": "
                + sources().stream().map(Source::topic).collect(Collectors.joining(", ")) + " to "
                + String.join(", ", targetTopics()) + "]";
    }

    // ---- building

    /** A pipeline that has a name and lacks a source; immutable. */
    public static final class Named {

        private final String name;
        private final boolean atLeastOnce;
        private final Guarantee required;

        private Named(String name, boolean atLeastOnce, Guarantee required) {
            this.name = name;
            this.atLeastOnce = atLeastOnce;
            this.required = required;
        }

        /**
         * Does without Kafka's transaction: after a crash events may be written again, with the same ids. Stages then
         * keep no state, which could go back behind what was already written.
         */
        public Named atLeastOnce() {
            return new Named(name, true, required);
        }

        /** Refuses to become a pipeline that gives less than this, and names the part that does. */
        public Named requiring(Guarantee guarantee) {
            return new Named(name, atLeastOnce, Objects.requireNonNull(guarantee, "guarantee"));
        }

        /**
         * Reads these sources. Partitions of one number go together: a key has one place, whatever topic its
         * events come by, so the topics need equally many partitions.
         *
         * @throws IllegalArgumentException if two sources are of one topic
         * @throws ContractDefinitionException if their contracts contradict each other
         */
        public Steps<Record, Pipeline> from(Source source, Source... more) {
            List<Source> sources = new ArrayList<>(List.of(Objects.requireNonNull(source, "source")));
            sources.addAll(List.of(more));
            Draft draft = new Draft(name, sources, merged(sources), atLeastOnce, required);
            return Steps.from(draft, path -> new Pipeline(draft, path));
        }

        private static Contracts merged(List<Source> sources) {
            @SuppressWarnings("unchecked")
            Class<? extends Record>[] types = sources.stream()
                    .flatMap(source -> source.contracts().all().stream())
                    .map(Contract::payloadType)
                    .toArray(Class[]::new);
            return Contracts.of(types);
        }
    }

    /** What is known of a pipeline before its steps. */
    record Draft(String name, List<Source> sources, Contracts contracts, boolean atLeastOnce, Guarantee required) {

        Draft {
            sources = List.copyOf(sources);
            Set<String> topics = new HashSet<>();
            for (Source source : sources) {
                if (!topics.add(source.topic())) {
                    throw new IllegalArgumentException("pipeline " + name + " has two sources of topic "
                            + source.topic() + ". Make them one, with the contracts of both");
                }
            }
        }
    }
}
