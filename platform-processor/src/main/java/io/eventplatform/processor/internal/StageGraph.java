package io.eventplatform.processor.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventplatform.codec.EncodedEvent;
import io.eventplatform.codec.EventCodec;
import io.eventplatform.contract.InvalidEventException;
import io.eventplatform.contract.internal.StoredValues;
import io.eventplatform.event.Event;
import io.eventplatform.event.EventIds;
import io.eventplatform.processor.Processor;
import io.eventplatform.processor.ProcessorContext;
import io.eventplatform.processor.RecordPosition;
import io.eventplatform.processor.SideOutput;
import io.eventplatform.processor.StateSpec;
import io.eventplatform.processor.TaskInfo;
import io.eventplatform.processor.Timer;
import io.eventplatform.processor.Timers;
import io.eventplatform.processor.internal.Effects.Output;
import io.eventplatform.processor.internal.Path.Fork;
import io.eventplatform.processor.internal.Path.Part;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The graph of a pipeline as one task runs it: a processor for each stage, and each event on its way from part
 * to part until a path ends. What arrives at ends are the outputs.
 */
final class StageGraph implements EventHandler {

    private static final Logger LOG = LoggerFactory.getLogger(StageGraph.class);

    private final String pipeline;
    private final Path path;
    private final Map<String, Place> places = new HashMap<>();
    private final Map<StateSpec<?>, StoredValues<?>> values = new HashMap<>();
    private final Map<String, Processor<Object, Object>> processors = new LinkedHashMap<>();
    private final EventCodec codec;
    private volatile String running = "";

    private StageGraph(String pipeline, Path path, EventCodec codec) {
        this.pipeline = pipeline;
        this.path = path;
        this.codec = codec;
        locate(path);
        path.stages().forEach(stage -> stage.states()
                .forEach(state -> values.put(state, StoredValues.of(state.valueType()))));
    }

    /**
     * Makes the processors of a task and opens them.
     *
     * @throws StoppedException if one does not open; those before it are closed again
     */
    static StageGraph open(String pipeline, Path path, EventCodec codec, int partition) {
        StageGraph graph = new StageGraph(pipeline, path, codec);
        for (Stage stage : path.stages()) {
            try {
                Processor<Object, Object> processor = stage.newProcessor();
                processor.open(new TaskInfo(pipeline, stage.name(), partition));
                graph.processors.put(stage.name(), processor);
            } catch (Exception e) {
                graph.close();
                throw new StoppedException(
                        "stage " + stage.name() + " of pipeline " + pipeline + " did not open: " + e, e);
            }
        }
        return graph;
    }

    /** Where a stage stands: what it forwards goes on behind it. */
    private record Place(Path path, int index, Stage stage) {}

    private void locate(Path path) {
        for (int i = 0; i < path.parts().size(); i++) {
            Part part = path.parts().get(i);
            if (part instanceof Stage stage) {
                places.put(stage.name(), new Place(path, i, stage));
            }
            part.sidePaths().forEach(this::locate);
        }
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
    public void handle(Event<?> event, Unit unit) {
        Run run = new Run(unit, null);
        run.enter(path, 0, "", erased(event));
        run.throwFailure();
        output(run.arrivals, Set.of(event.id()), event, unit.effects());
    }

    /** Hands a timer that is due to its stage. */
    void onTimer(String stage, Timer timer, Unit unit) {
        Place place = Objects.requireNonNull(places.get(stage), stage);
        Run run = new Run(unit, timer);
        run.call(new Context(run, place, true), context -> processor(stage).onTimer(timer, context));
        run.throwFailure();
        output(run.arrivals, run.timerIds, null, unit.effects());
    }

    /** Each id that came in goes out once; where several outputs carry it, each gets its own. */
    private void output(List<Arrival> arrivals, Set<String> ids, @Nullable Event<?> source, Effects effects) {
        Map<String, Long> carried = arrivals.stream()
                .map(arrival -> arrival.event().id())
                .filter(ids::contains)
                .collect(Collectors.groupingBy(id -> id, Collectors.counting()));
        for (int i = 0; i < arrivals.size(); i++) {
            Arrival arrival = arrivals.get(i);
            String id = arrival.event().id();
            output(carried.getOrDefault(id, 0L) > 1 ? arrival.withOwnId(id, i) : arrival, source, effects);
        }
    }

    private void output(Arrival arrival, @Nullable Event<?> source, Effects effects) {
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

        /** One to many: an output that still carries the source's id gets its own, the same at every replay. */
        Arrival withOwnId(String sourceId, int index) {
            String derived = EventIds.derive(sourceId, stage, Integer.toString(index));
            return new Arrival(end, stage, event.withId(derived).withCausationId(sourceId));
        }
    }

    private interface Call {
        void with(ProcessorContext<Object> context) throws Exception;
    }

    /** One attempt at one record or timer. */
    private final class Run {

        private final Unit unit;
        private final @Nullable Timer timer;
        private final List<Arrival> arrivals = new ArrayList<>(1);

        /** Of the events that the timer's stage forwarded. */
        private final Set<String> timerIds = new LinkedHashSet<>();

        private @Nullable StageException failure;

        Run(Unit unit, @Nullable Timer timer) {
            this.unit = unit;
            this.timer = timer;
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
                    Context context = new Context(this, new Place(path, i, next), false);
                    call(context, it -> processor(next.name()).process(event, it));
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

        void call(Context context, Call call) {
            String caller = running;
            running = context.stage.name();
            try {
                call.with(context);
            } catch (StageException e) {
                throw e; // names the part further down that failed
            } catch (Exception e) {
                throw failed(context.stage.name(), e);
            } finally {
                context.over = true;
                running = caller;
            }
        }

        /** What the stage of a timer forwards has ids of its own, the same at every replay. */
        Event<Object> identified(Stage stage, Event<Object> event) {
            Timer fired = Objects.requireNonNull(timer);
            String id = EventIds.derive(
                    pipeline,
                    stage.name(),
                    new String(Objects.requireNonNull(unit.key()), ISO_8859_1),
                    fired.name(),
                    fired.time().toString(),
                    Integer.toString(timerIds.size()));
            timerIds.add(id);
            return event.withId(id);
        }
    }

    private final class Context implements ProcessorContext<Object> {

        private final Run run;
        private final Place place;
        private final Stage stage;
        private final boolean ofTimer;
        private boolean over;

        Context(Run run, Place place, boolean ofTimer) {
            this.run = run;
            this.place = place;
            this.stage = place.stage();
            this.ofTimer = ofTimer;
        }

        @Override
        @SuppressWarnings("unchecked")
        public void forward(Event<? extends Object> event) {
            requireOpen();
            run.enter(place.path(), place.index() + 1, stage.name(), identified((Event<Object>) event));
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
            run.enter(way, 0, stage.name(), identified((Event<Object>) event));
        }

        private Event<Object> identified(Event<Object> event) {
            return ofTimer ? run.identified(stage, event) : event;
        }

        private void requireOpen() {
            if (over) {
                throw UnfitValueException.misused(
                        "forward was called after the call to stage " + stage.name() + " had returned; it is done");
            }
        }

        @Override
        public Optional<String> key() {
            return Optional.ofNullable(unit().key()).map(key -> new String(key, UTF_8));
        }

        @Override
        public <S> S state(StateSpec<S> spec) {
            if (!stage.states().contains(spec)) {
                throw misbuilt("stage " + stage.name() + " does not declare " + spec
                        + ". Give the state to process(…) when the pipeline is built");
            }
            return states().of(spec, Objects.requireNonNull(values.get(spec)));
        }

        @Override
        public Timers timers() {
            if (stage.states().isEmpty()) {
                throw misbuilt("stage " + stage.name() + " sets timers but declares no state, which they"
                        + " are kept with. Give a StateSpec to process(…) when the pipeline is built");
            }
            if (!takesTimers(processor(stage.name()))) {
                throw misbuilt("stage " + stage.name() + " sets timers but its processor has no onTimer, so they would"
                        + " be lost. Implement Processor.onTimer");
            }
            return states().timers();
        }

        /** No record is at fault, and each would fail: the runner stops, and no dead letter is written. */
        private StageException misbuilt(String message) {
            return run.failed(stage.name(), new StoppedException("pipeline " + pipeline + ": " + message, null));
        }

        private StageStates states() {
            byte[] key = unit().key();
            if (key == null) {
                throw run.failed(
                        stage.name(),
                        UnfitValueException.noKey("stage " + stage.name()
                                + " keeps state by key, and the record has none. Send it with a key"));
            }
            return new StageStates(stage.name(), key, Objects.requireNonNull(unit().state()), () -> over);
        }

        @Override
        public Optional<Instant> watermark() {
            long millis = unit().watermark();
            return millis == OffsetMetadata.NO_CLOCK ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
        }

        @Override
        public long fencingToken() {
            return unit().fencingToken();
        }

        @Override
        public RecordPosition position() {
            if (unit().effects().areOfTimer()) {
                throw UnfitValueException.misused("a timer has no position; only records have");
            }
            return unit().effects().position();
        }

        @Override
        public int attempt() {
            return unit().attempt();
        }

        private Unit unit() {
            return run.unit;
        }
    }

    private static boolean takesTimers(Processor<?, ?> processor) {
        try {
            return processor
                            .getClass()
                            .getMethod("onTimer", Timer.class, ProcessorContext.class)
                            .getDeclaringClass()
                    != Processor.class;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every processor has the method, if only by default", e);
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
