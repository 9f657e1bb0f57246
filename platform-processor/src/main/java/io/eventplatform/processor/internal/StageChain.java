package io.eventplatform.processor.internal;

import io.eventplatform.codec.EncodedEvent;
import io.eventplatform.codec.EventCodec;
import io.eventplatform.contract.InvalidEventException;
import io.eventplatform.event.Event;
import io.eventplatform.event.EventIds;
import io.eventplatform.processor.Processor;
import io.eventplatform.processor.ProcessorContext;
import io.eventplatform.processor.RecordPosition;
import io.eventplatform.processor.internal.Effects.Output;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The processors of one task of a pipeline: each forwards to the next, the last one's events are the outputs. */
final class StageChain implements EventHandler {

    private static final Logger LOG = LoggerFactory.getLogger(StageChain.class);

    private final List<Stage> stages;
    private final List<Processor<Object, Object>> processors;
    private final Targets targets;
    private final EventCodec codec;

    StageChain(List<Stage> stages, Targets targets, EventCodec codec) {
        this.stages = stages;
        this.processors = stages.stream().map(Stage::newProcessor).toList();
        this.targets = targets;
        this.codec = codec;
    }

    @Override
    public boolean reads(String eventType) {
        return !stages.isEmpty(); // what a step does not take passes it by, but has to be whole all the same
    }

    @Override
    public void handle(Event<?> event, int attempt, Effects effects) throws Exception {
        Run run = new Run(effects.position(), attempt);
        run.enter(0, erased(event));
        run.throwFailure();

        List<Event<Object>> outputs = run.outputs;
        for (int i = 0; i < outputs.size(); i++) {
            Event<Object> output = outputs.size() == 1 ? outputs.get(0) : withOwnId(outputs.get(i), event.id(), i);
            effects.output(encode(output, event));
        }
    }

    private Output encode(Event<Object> output, Event<?> source) {
        try {
            EncodedEvent encoded = codec.encode(output);
            return Output.of(targets.topicOf().apply(output.envelope()), encoded);
        } catch (InvalidEventException e) {
            if (output.equals(source)) {
                throw e; // nobody changed it, nobody read it before: it came like this
            }
            throw new InvalidOutputException(e);
        } catch (IllegalArgumentException e) {
            throw new InvalidOutputException(e);
        }
    }

    /** One to many: an output that still carries the source's id gets its own, the same at every replay. */
    private Event<Object> withOwnId(Event<Object> output, String sourceId, int index) {
        if (!output.id().equals(sourceId)) {
            return output;
        }
        String lastStage = stages.isEmpty() ? "" : stages.get(stages.size() - 1).name();
        return output.withId(EventIds.derive(sourceId, lastStage, Integer.toString(index)))
                .withCausationId(sourceId);
    }

    @Override
    public void close() {
        for (int i = 0; i < processors.size(); i++) {
            try {
                processors.get(i).close();
            } catch (RuntimeException e) {
                LOG.warn("Stage {} failed to close: {}", stages.get(i).name(), DeadLetters.describe(e));
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static Event<Object> erased(Event<?> event) {
        return (Event<Object>) event;
    }

    /** One attempt at one record. */
    private final class Run {

        private final RecordPosition position;
        private final int attempt;
        private final List<Event<Object>> outputs = new ArrayList<>(1);
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

        void enter(int index, Event<Object> event) throws Exception {
            int next = index;
            while (next < stages.size() && !stages.get(next).takes(event.type())) {
                next++;
            }
            if (next == stages.size()) {
                outputs.add(event);
                return;
            }
            Context context = new Context(this, next);
            try {
                processors.get(next).process(event, context);
            } catch (StageException e) {
                throw e; // names the stage further down that failed
            } catch (Exception e) {
                failure = new StageException(stages.get(next).name(), e);
                throw failure;
            } finally {
                context.over = true;
            }
        }
    }

    private static final class Context implements ProcessorContext<Object> {

        private final Run run;
        private final int stage;
        private boolean over;

        Context(Run run, int stage) {
            this.run = run;
            this.stage = stage;
        }

        @Override
        @SuppressWarnings("unchecked")
        public void forward(Event<? extends Object> event) {
            if (over) {
                throw new IllegalStateException("forward was called after process had returned; its record is done");
            }
            try {
                run.enter(stage + 1, (Event<Object>) event);
            } catch (StageException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("only a stage can fail here", e);
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

        InvalidOutputException(RuntimeException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** A stage failed; the cause is what it threw. */
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
