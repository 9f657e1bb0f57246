package io.eventplatform.processor.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventplatform.codec.EncodedEvent;
import io.eventplatform.codec.EventCodec;
import io.eventplatform.contract.InvalidEventException;
import io.eventplatform.event.Event;
import io.eventplatform.event.EventIds;
import io.eventplatform.processor.Processor;
import io.eventplatform.processor.ProcessorContext;
import io.eventplatform.processor.RecordPosition;
import io.eventplatform.processor.SideOutput;
import io.eventplatform.processor.internal.Effects.Output;
import io.eventplatform.processor.internal.Path.Fork;
import io.eventplatform.processor.internal.Path.Part;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The graph of a pipeline as one task runs it: a processor for each stage, and each event on its way from part
 * to part until a path ends. What arrives at ends are the outputs.
 */
final class StageGraph implements EventHandler {

    private static final Logger LOG = LoggerFactory.getLogger(StageGraph.class);

    private final Path path;
    private final Map<String, Processor<Object, Object>> processors = new LinkedHashMap<>();
    private final EventCodec codec;
    private volatile String running = "";

    StageGraph(Path path, EventCodec codec) {
        this.path = path;
        this.codec = codec;
        path.stages().forEach(stage -> processors.put(stage.name(), stage.newProcessor()));
    }

    @Override
    public boolean reads(String eventType) {
        return !path.isBare(); // what a step does not take passes it by, but has to be whole all the same
    }

    @Override
    public String running() {
        return running;
    }

    @Override
    public void handle(Event<?> event, int attempt, Effects effects) throws Exception {
        Run run = new Run(effects.position(), attempt);
        run.enter(path, 0, "", erased(event));
        run.throwFailure();

        List<Arrival> arrivals = run.arrivals;
        boolean alone = arrivals.size() == 1 || carriers(arrivals, event.id()) == 1;
        for (int i = 0; i < arrivals.size(); i++) {
            Arrival arrival = arrivals.get(i);
            output(alone ? arrival : arrival.withOwnId(event.id(), i), event, effects);
        }
    }

    private static long carriers(List<Arrival> arrivals, String id) {
        return arrivals.stream().filter(arrival -> arrival.carries(id)).count();
    }

    private void output(Arrival arrival, Event<?> source, Effects effects) {
        Targets end = arrival.end();
        byte @Nullable [] newKey =
                end.rekey().map(key -> newKey(key, arrival.event(), end)).orElse(null);
        try {
            EncodedEvent encoded = codec.encode(arrival.event());
            for (String topic : end.topicsOf().apply(arrival.event().envelope())) {
                effects.output(Output.of(topic, newKey == null ? encoded.key() : newKey, encoded));
            }
        } catch (InvalidEventException e) {
            if (arrival.event().equals(source)) {
                throw e; // nobody changed it, nobody read it before: it came like this
            }
            throw new InvalidOutputException(e);
        } catch (IllegalArgumentException e) {
            throw new InvalidOutputException(e);
        }
    }

    private static byte[] newKey(Function<Event<Object>, @Nullable String> rekey, Event<Object> event, Targets end) {
        String key;
        try {
            key = rekey.apply(event);
        } catch (Exception e) {
            throw new StageException("rekey to " + end.topics().get(0), e);
        }
        if (key == null) {
            throw new InvalidOutputException(
                    "the new key of " + event.type() + " for " + end.topics().get(0)
                            + " is null. Return a key for every event, or branch off those that have none");
        }
        return key.getBytes(UTF_8);
    }

    private Processor<Object, Object> processor(String stage) {
        return Objects.requireNonNull(processors.get(stage), stage);
    }

    @Override
    public void close() {
        processors.forEach((stage, processor) -> {
            try {
                processor.close();
            } catch (RuntimeException e) {
                LOG.warn("close of stage {} failed", stage, e);
            }
        });
    }

    @SuppressWarnings("unchecked")
    private static Event<Object> erased(Event<?> event) {
        return (Event<Object>) event;
    }

    /** An event that has come to an end; {@code stage} forwarded it last, empty if none did. */
    private record Arrival(Targets end, String stage, Event<Object> event) {

        boolean carries(String id) {
            return event.id().equals(id);
        }

        /** One to many: an output that still carries the source's id gets its own, the same at every replay. */
        Arrival withOwnId(String sourceId, int index) {
            if (!carries(sourceId)) {
                return this;
            }
            String derived = EventIds.derive(sourceId, stage, Integer.toString(index));
            return new Arrival(end, stage, event.withId(derived).withCausationId(sourceId));
        }
    }

    /** One attempt at one record. */
    private final class Run {

        private final RecordPosition position;
        private final int attempt;
        private final List<Arrival> arrivals = new ArrayList<>(1);
        private @Nullable StageException failure;

        Run(RecordPosition position, int attempt) {
            this.position = position;
            this.attempt = attempt;
        }

        /** A stage that failed has failed the record, also where a stage before it swallowed the exception. */
        void throwFailure() {
            if (failure != null) {
                throw failure;
            }
        }

        StageException failed(String part, Exception cause) {
            failure = new StageException(part, cause);
            return failure;
        }

        /** Takes an event on from a part of a path; {@code stage} forwarded it. */
        void enter(Path path, int from, String stage, Event<Object> event) {
            for (int i = from; i < path.parts().size(); i++) {
                Part part = path.parts().get(i);
                if (part instanceof Stage next && next.takes(event.type())) {
                    process(path, i, next, event);
                    return;
                }
                if (part instanceof Fork fork && matches(fork, event)) {
                    enter(fork.path(), 0, stage, event);
                    return;
                }
            }
            arrivals.add(new Arrival(path.end(), stage, event));
        }

        private boolean matches(Fork fork, Event<Object> event) {
            try {
                return fork.condition().test(event);
            } catch (Exception e) {
                throw failed(fork.name(), e);
            }
        }

        private void process(Path path, int index, Stage stage, Event<Object> event) {
            Context context = new Context(this, path, index, stage);
            String caller = running;
            running = stage.name();
            try {
                processor(stage.name()).process(event, context);
            } catch (StageException e) {
                throw e; // names the part further down that failed
            } catch (Exception e) {
                throw failed(stage.name(), e);
            } finally {
                context.over = true;
                running = caller;
            }
        }
    }

    private static final class Context implements ProcessorContext<Object> {

        private final Run run;
        private final Path path;
        private final int index;
        private final Stage stage;
        private boolean over;

        Context(Run run, Path path, int index, Stage stage) {
            this.run = run;
            this.path = path;
            this.index = index;
            this.stage = stage;
        }

        @Override
        @SuppressWarnings("unchecked")
        public void forward(Event<? extends Object> event) {
            requireOpen();
            run.enter(path, index + 1, stage.name(), (Event<Object>) event);
        }

        @Override
        @SuppressWarnings("unchecked")
        public <S> void forward(SideOutput<S> output, Event<? extends S> event) {
            requireOpen();
            Path way = stage.sideOutputs().get(output);
            if (way == null) {
                throw run.failed(
                        stage.name(),
                        new InvalidOutputException("stage " + stage.name() + " forwarded to side output "
                                + output.name() + ", which has no way in its pipeline. Add sideOutput(" + output.name()
                                + ", …) after the stage"));
            }
            run.enter(way, 0, stage.name(), (Event<Object>) event);
        }

        private void requireOpen() {
            if (over) {
                throw new IllegalStateException("forward was called after process had returned; its record is done");
            }
        }

        @Override
        public RecordPosition position() {
            return run.position;
        }

        @Override
        public int attempt() {
            return run.attempt;
        }
    }

    /** An event that was forwarded cannot be written: the record's fault or a processor's, but not Kafka's. */
    static final class InvalidOutputException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InvalidOutputException(String message) {
            super(message);
        }

        InvalidOutputException(RuntimeException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** A stage, or another part that calls user code, failed; the cause is what it threw. */
    static final class StageException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String stage;

        StageException(String stage, Exception cause) {
            super(cause);
            this.stage = stage;
        }

        String stage() {
            return stage;
        }
    }
}
