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
import java.util.List;
import java.util.Optional;
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
        DEAD_ID_REMEMBERED,
        LOSS_IGNORED,
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
                Effects effects = super.run(record, attempt, keeps ? remembering : handler, dedup, units);
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

    /** Knows what an event's processing has put out, also when it fails. */
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
            // As the stages do it, but what they forward is taken before they can fail.
            Unit last = new Unit(
                    Integer.MAX_VALUE, unit.key(), unit.state(), unit.watermark(), unit.fencingToken(), unit.effects());
            real.handle(event, last);
            outputs.addAll(unit.effects().outputs());
            unit.effects().outputs().clear();
            real.handle(event, unit);
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
