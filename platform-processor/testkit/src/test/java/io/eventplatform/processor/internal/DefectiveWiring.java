package io.eventplatform.processor.internal;

import io.eventplatform.codec.EventCodec;
import io.eventplatform.event.Event;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.processor.DedupWindow;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.internal.Effects.Output;
import io.eventplatform.telemetry.internal.MessagingSpans;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The runtime with a defect that no client of its own can bring about. */
public final class DefectiveWiring extends Wiring {

    /** What is wrong. */
    public enum Kind {
        FAILED_RECORD_KEEPS_OUTPUTS,
        FAILED_RECORD_KEEPS_STATE,
        DEAD_ID_REMEMBERED,
        LOSS_IGNORED,
        LOST_STATE_KEPT,
        RUNS_BEFORE_RESTORED
    }

    private final Kind kind;
    private final RunnerOptions options;
    private final Host host;

    private DefectiveWiring(Kind kind, Clients clients, KafkaConfig kafka, RunnerOptions options, Host host) {
        super(clients, kafka, options, host);
        this.kind = kind;
        this.options = options;
        this.host = host;
    }

    /** A worker with this defect. */
    public static SteppedWorker open(
            Kind kind, Pipeline pipeline, KafkaConfig kafka, RunnerOptions options, Clients clients) {
        return SteppedWorker.open(
                pipeline, options, host -> new DefectiveWiring(kind, clients, kafka, options, host).pipeline(pipeline));
    }

    @Override
    Parts pipeline(Pipeline pipeline) {
        Parts parts = super.pipeline(pipeline);
        return switch (kind) {
            case LOSS_IGNORED ->
                new Parts(
                        parts.consumer(),
                        parts.intake(),
                        parts.tasks(),
                        parts.restorer(),
                        new LossIgnored(parts.committer()),
                        parts.snapshots());
            case RUNS_BEFORE_RESTORED ->
                new Parts(
                        parts.consumer(),
                        parts.intake(),
                        new RunsBeforeRestored(parts.tasks()),
                        parts.restorer(),
                        parts.committer(),
                        parts.snapshots());
            case LOST_STATE_KEPT ->
                new Parts(
                        parts.consumer(),
                        parts.intake(),
                        new LostStateKept(parts.tasks()),
                        parts.restorer(),
                        parts.committer(),
                        parts.snapshots());
            default -> parts;
        };
    }

    @Override
    RecordRunner recordRunner(Source source, DeadLetters deadLetters, String group, OutputFinish outputs) {
        return new RecordRunner(
                EventCodec.of(source.contracts()),
                deadLetters,
                options.retryPolicy(),
                MessagingSpans.of(options.telemetry(), "test"),
                options.clock(),
                host.uptime(),
                group,
                outputs,
                DedupWindow.DEFAULT_MAX_SKEW,
                host.closing()) {
            @Override
            @Nullable
            Effects run(
                    ConsumerRecord<byte[], byte[]> record,
                    int attempt,
                    EventHandler handler,
                    @Nullable DedupIndex dedup,
                    Unit.Opener units) {
                RemembersOutputs remembering = new RemembersOutputs(handler);
                boolean keeps = kind == Kind.FAILED_RECORD_KEEPS_OUTPUTS;
                RemembersUnit opened = new RemembersUnit(units);
                Effects effects = super.run(record, attempt, keeps ? remembering : handler, dedup, opened);
                if (kind == Kind.FAILED_RECORD_KEEPS_STATE
                        && (effects == null || effects.outcome() == Effects.Outcome.DEAD)) {
                    opened.applyWrites();
                }
                if (effects != null && effects.outcome() == Effects.Outcome.DEAD) {
                    remembering.outputs.forEach(effects::output);
                    if (kind == Kind.DEAD_ID_REMEMBERED && dedup != null) {
                        idOf(record).ifPresent(id -> dedup.add(dedup.fingerprint(id), 0, 0));
                    }
                }
                return effects;
            }
        };
    }

    private static Optional<String> idOf(ConsumerRecord<byte[], byte[]> record) {
        Matcher id = Pattern.compile("\"event_id\":\"([^\"]*)\"")
                .matcher(new String(record.value(), StandardCharsets.UTF_8));
        return id.find() ? Optional.of(id.group(1)) : Optional.empty();
    }

    /** Knows what a record's processing has written to state, also when it fails. */
    private static final class RemembersUnit implements Unit.Opener {

        private final Unit.Opener real;
        private @Nullable StateOverlay state;

        RemembersUnit(Unit.Opener real) {
            this.real = real;
        }

        @Override
        public Unit open(Effects effects, int attempt) {
            Unit unit = real.open(effects, attempt);
            state = unit.state();
            return unit;
        }

        void applyWrites() {
            StateOverlay written = state;
            if (written != null) {
                written.apply();
            }
        }
    }

    /** Knows what an event's processing has put out when it fails. */
    private static final class RemembersOutputs implements EventHandler {

        private final EventHandler real;
        private final List<Output> outputs = new ArrayList<>();

        RemembersOutputs(EventHandler real) {
            this.real = real;
        }

        @Override
        public boolean reads(String eventType) {
            return real.reads(eventType);
        }

        @Override
        public String running() {
            return real.running();
        }

        @Override
        public void handle(Event<?> event, Unit unit) throws Exception {
            try {
                real.handle(event, unit);
            } catch (Exception e) {
                // The stages hand over what they forward at the end only, so they are let reach it once.
                Unit last = new Unit(
                        Integer.MAX_VALUE,
                        unit.key(),
                        unit.state(),
                        unit.watermark(),
                        unit.fencingToken(),
                        unit.effects());
                real.handle(event, last);
                outputs.addAll(unit.effects().outputs());
                unit.effects().outputs().clear();
                throw e;
            }
        }

        @Override
        public void close() {
            real.close();
        }
    }

    private record LossIgnored(Committer real) implements Committer {

        @Override
        public void open() {
            real.open();
        }

        @Override
        public Collection<Input> placeAtCommitted(Collection<Input> inputs) {
            return real.placeAtCommitted(inputs);
        }

        @Override
        public long startOffset(TopicPartition partition, long beginning) {
            return real.startOffset(partition, beginning);
        }

        @Override
        public void release(Effects effects) {
            real.release(effects);
        }

        @Override
        public boolean commit(Collection<Task> tasks) {
            return real.commit(tasks);
        }

        @Override
        public Optional<String> retrying() {
            return real.retrying();
        }

        @Override
        public void lost(Collection<Task> tasks) {
            // what they have sent stays in the transaction
        }

        @Override
        public void close() {
            real.close();
        }
    }

    /** A task begins with what the last one of its number has written to state and not committed. */
    private static final class LostStateKept implements Parts.TaskFactory {

        private final Parts.TaskFactory real;
        private final Map<Integer, Task> last = new HashMap<>();

        LostStateKept(Parts.TaskFactory real) {
            this.real = real;
        }

        @Override
        public void requireCompanions(TopicPartition partition) {
            real.requireCompanions(partition);
        }

        @Override
        public Task create(int number) {
            Task task = real.create(number);
            Task before = last.put(number, task);
            if (before != null) {
                LocalState lost = before.states().get(0);
                task.states().replaceAll(state -> new Inheriting(state, lost));
            }
            return task;
        }

        @Override
        public Input addInput(Task task, TopicPartition partition) {
            return real.addInput(task, partition);
        }
    }

    private record Inheriting(LocalState real, LocalState lost) implements LocalState {

        @Override
        public TopicPartition changelog() {
            return real.changelog();
        }

        @Override
        public void restore(byte[] key, byte @Nullable [] value) {
            real.restore(key, value);
        }

        @Override
        public String restored() {
            String found = real.restored();
            lost.changelog(real::restore);
            return found;
        }

        @Override
        public void changelog(BiConsumer<byte[], byte @Nullable []> records) {
            real.changelog(records);
        }

        @Override
        public void committed() {
            real.committed();
        }
    }

    private record RunsBeforeRestored(Parts.TaskFactory real) implements Parts.TaskFactory {

        @Override
        public void requireCompanions(TopicPartition partition) {
            real.requireCompanions(partition);
        }

        @Override
        public Task create(int number) {
            return real.create(number);
        }

        @Override
        public Input addInput(Task task, TopicPartition partition) {
            Input input = real.addInput(task, partition);
            task.restored();
            return input;
        }
    }
}
