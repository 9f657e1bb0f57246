package io.eventplatform.processor;

import io.eventplatform.contract.Contract;
import io.eventplatform.event.Event;
import io.eventplatform.processor.Pipeline.Draft;
import io.eventplatform.processor.internal.Identity;
import io.eventplatform.processor.internal.Path;
import io.eventplatform.processor.internal.Path.Fork;
import io.eventplatform.processor.internal.Path.Part;
import io.eventplatform.processor.internal.Stage;
import io.eventplatform.processor.internal.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A pipeline in the making, or a way beside its main one, up to a point where events have payload {@code T};
 * immutable. It ends by {@link #to}, {@link #toDomains} or {@link #rekey}.
 *
 * <p>Names of stages, branches and side outputs are identity, so each stands once in a pipeline.
 *
 * @param <T> payload
 * @param <E> what an end makes of it: the {@link Pipeline} on the main way, a {@link Branch} beside it
 */
public final class Steps<T, E> {

    private final Draft draft;
    private final boolean afterStage;
    private final List<Part> parts;
    private final Function<Path, E> ending;

    private Steps(Draft draft, boolean afterStage, List<Part> parts, Function<Path, E> ending) {
        this.draft = draft;
        this.afterStage = afterStage;
        this.parts = parts;
        this.ending = ending;
    }

    /** Those of the main way, before the first. */
    static Steps<Record, Pipeline> from(Draft draft, Function<Path, Pipeline> ending) {
        return new Steps<>(draft, false, List.of(), ending);
    }

    /**
     * Adds a step for every event.
     *
     * @param stage identity of the step: it stands in dead letters, metrics and derived ids
     * @param processor makes one instance for each task
     */
    public <R> Steps<R, E> process(
            String stage, Supplier<? extends Processor<T, R>> processor, StageOption... options) {
        return after(Stage.forAll(Identity.check("stage", stage), processor, List.of(options)));
    }

    /**
     * Adds a step for the events of one contract; others pass it by unchanged.
     *
     * @throws IllegalArgumentException if such an event cannot come here: no source has the contract, and no
     *     stage comes before
     */
    public <S extends Record> Steps<T, E> processOnly(
            Class<S> type,
            String stage,
            Supplier<? extends Processor<S, ? extends T>> processor,
            StageOption... options) {
        String eventType = Contract.of(type).type();
        if (!afterStage && !draft.contracts().knowsType(eventType)) {
            throw new IllegalArgumentException("pipeline " + draft.name() + ": stage " + stage + " takes only "
                    + eventType + ", which no source has a contract of and no stage before makes. Add "
                    + type.getSimpleName() + " to the contracts of a source");
        }
        return after(Stage.forType(Identity.check("stage", stage), type, processor, List.of(options)));
    }

    /**
     * Says where events go that the stage just added forwards to this side output.
     *
     * @param path from there to an end
     * @throws IllegalArgumentException if no stage was just added, or {@code path} does not end the steps it is given
     */
    public <S> Steps<T, E> sideOutput(SideOutput<S> output, Function<Steps<S, Branch>, Branch> path) {
        String what = "side output " + Objects.requireNonNull(output, "output").name();
        if (parts.isEmpty() || !(parts.get(parts.size() - 1) instanceof Stage stage)) {
            throw new IllegalArgumentException("pipeline " + draft.name() + ": " + what
                    + " does not follow a stage. Declare it right after the stage that forwards to it");
        }
        if (stage.sideOutputs().containsKey(output)) {
            throw new IllegalArgumentException("pipeline " + draft.name() + ": " + what + " of stage " + stage.name()
                    + " has two ways. Declare it once, and give to(…) all topics");
        }
        List<Part> changed = new ArrayList<>(parts.subList(0, parts.size() - 1));
        changed.add(stage.withSideOutput(output, walk(what, true, path)));
        return new Steps<>(draft, afterStage, List.copyOf(changed), ending);
    }

    /**
     * Sends events that match a way of their own; the rest goes on.
     *
     * @param name identity of the branch: it stands in dead letters where the condition fails
     * @param condition called once for each event; it may read the payload, and must answer alike at each replay
     * @param path from there to an end
     * @throws IllegalArgumentException if {@code path} does not end the steps it is given
     */
    public Steps<T, E> branch(
            String name, Predicate<? super Event<T>> condition, Function<Steps<T, Branch>, Branch> path) {
        Identity.check("branch", name);
        Objects.requireNonNull(condition, "condition");
        Fork fork = new Fork(name, event -> condition.test(typed(event)), walk("branch " + name, afterStage, path));
        return new Steps<>(draft, afterStage, plus(fork), ending);
    }

    private <S> Path walk(String what, boolean afterStage, Function<Steps<S, Branch>, Branch> path) {
        Object origin = new Object();
        Branch branch = Objects.requireNonNull(path, "path")
                .apply(new Steps<>(draft, afterStage, List.of(), end -> new Branch(origin, end)));
        if (branch == null || !branch.beganAt(origin)) {
            throw new IllegalArgumentException("pipeline " + draft.name() + ": " + what
                    + " does not end the steps it is given. Return those steps with an end, such as to(topic)");
        }
        return branch.path();
    }

    /** Ends here: each event goes to each of these topics, under one id. */
    public E to(String topic, String... more) {
        List<String> topics = new ArrayList<>(List.of(Objects.requireNonNull(topic, "topic")));
        for (String other : more) {
            if (topics.contains(Objects.requireNonNull(other, "topic"))) {
                throw new IllegalArgumentException("pipeline " + draft.name() + ": topic " + other
                        + " is named twice in one end, and would get each event twice. Name it once");
            }
            topics.add(other);
        }
        return end(Targets.all(topics));
    }

    /**
     * Ends in the topics {@code domain.<domain>}: each event goes to that of its contract, see
     * {@link io.eventplatform.contract.EventContract#domain}.
     *
     * <p>Without any step before, this is a router. It reads only headers; a record without them, of a foreign
     * client, is parsed, checked, and goes on with headers and the key of its contract. What a step forwards must
     * have a type that a source has a contract of.
     */
    public E toDomains() {
        return end(Targets.domainsOf(draft.contracts()));
    }

    /**
     * Ends in this topic, under another record key than that of the contract. A pipeline that needs events together
     * by that key, for its state, reads the topic.
     *
     * @param key of each event, never null; must be alike at each replay
     */
    public E rekey(String topic, Function<? super Event<T>, String> key) {
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(key, "key");
        return end(Targets.rekeyed(topic, event -> key.apply(typed(event))));
    }

    private E end(Targets targets) {
        return ending.apply(new Path(parts, targets));
    }

    private <R> Steps<R, E> after(Stage stage) {
        return new Steps<>(draft, true, plus(stage), ending);
    }

    private List<Part> plus(Part part) {
        List<Part> more = new ArrayList<>(parts);
        more.add(part);
        return List.copyOf(more);
    }

    /** What reaches this point has a payload of {@code T}: the compiler saw to it. */
    @SuppressWarnings("unchecked")
    private static <T> Event<T> typed(Event<Object> event) {
        return (Event<T>) (Event<?>) event;
    }
}
