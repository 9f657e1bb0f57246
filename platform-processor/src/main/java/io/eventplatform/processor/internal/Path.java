package io.eventplatform.processor.internal;

import io.eventplatform.event.Event;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an event passes, in this order, and where it goes if nothing on the way takes it: the graph of a
 * pipeline is its main path, whose parts have paths of their own.
 */
public record Path(List<Part> parts, Targets end) {

    public Path {
        parts = List.copyOf(parts);
        Objects.requireNonNull(end, "end");
    }

    /** A named place on a path. */
    public sealed interface Part permits Stage, Fork {

        String name();

        /** The paths that leave here. */
        Stream<Path> sidePaths();
    }

    /**
     * Sends what matches its own way; the rest goes on.
     *
     * @param condition of an event with a payload of the type that reaches it
     */
    public record Fork(String name, Predicate<Event<Object>> condition, Path path) implements Part {

        public Fork {
            Objects.requireNonNull(condition, "condition");
            Objects.requireNonNull(path, "path");
        }

        @Override
        public Stream<Path> sidePaths() {
            return Stream.of(path);
        }
    }

    /** Every part, of all paths. */
    public Stream<Part> allParts() {
        return parts.stream()
                .flatMap(part -> Stream.concat(Stream.of(part), part.sidePaths().flatMap(Path::allParts)));
    }

    /** Every stage, of all paths. */
    public List<Stage> stages() {
        return allParts().filter(Stage.class::isInstance).map(Stage.class::cast).toList();
    }

    /** Every topic at an end, each once. */
    public List<String> topics() {
        return ends().flatMap(targets -> targets.topics().stream()).distinct().toList();
    }

    private Stream<Targets> ends() {
        Stream<Targets> beside = parts.stream().flatMap(Part::sidePaths).flatMap(Path::ends);
        return Stream.concat(Stream.of(end), beside);
    }

    /** Whether an event passes nothing that could look at it. */
    boolean isBare() {
        return parts.isEmpty() && end.rekey().isEmpty();
    }

    /** The graph, a line for each part, for people. */
    public void describe(String indent, Consumer<String> lines) {
        for (Part part : parts) {
            if (part instanceof Stage stage) {
                lines.accept(indent + stage.describe());
                stage.sideOutputs().forEach((output, path) -> {
                    lines.accept(indent + "  side output " + output.name());
                    path.describe(indent + "    ", lines);
                });
            } else if (part instanceof Fork fork) {
                lines.accept(indent + "branch " + fork.name());
                fork.path().describe(indent + "  ", lines);
            }
        }
        lines.accept(indent + "to " + end.describe());
    }

    @Override
    public String toString() {
        return parts.stream().map(part -> part.name() + " ").collect(Collectors.joining()) + "to " + end.describe();
    }
}
