package io.eventplatform.processor.internal;

import io.eventplatform.codec.EventCodec;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.Source;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;

/** Makes the tasks of a pipeline: processors that are open, their state and timers, and an input for each source. */
final class PipelineTasks implements Parts.TaskFactory {

    private final Pipeline pipeline;
    private final Topics topics;
    private final Map<String, Intaken> intaken;
    private final DeadLetters timerLetters;
    private final OutputFinish outputs;
    private final int maxEntryBytes;
    private final RunnerOptions options;
    private final Host host;
    private final EventCodec codec;
    private final DeclaredStates declared = new DeclaredStates();

    /** @param maxEntryBytes the most that key and value of an entry of state may have */
    PipelineTasks(
            Pipeline pipeline,
            Topics topics,
            Map<String, Intaken> intaken,
            DeadLetters timerLetters,
            OutputFinish outputs,
            int maxEntryBytes,
            RunnerOptions options,
            Host host) {
        this.pipeline = pipeline;
        this.topics = topics;
        this.intaken = intaken;
        this.timerLetters = timerLetters;
        this.outputs = outputs;
        this.maxEntryBytes = maxEntryBytes;
        this.options = options;
        this.host = host;
        this.codec = EventCodec.of(pipeline.contracts());
        pipeline.path().stages().forEach(stage -> declared.add(stage.name(), stage.states()));
    }

    /** How the records of a source are taken in. */
    record Intaken(Source source, RecordRunner runner, String dedupTopic) {

        Input addTo(Task task, TopicPartition partition) {
            DedupIndex dedup = source.dedupWindow().map(DedupIndex::new).orElse(null);
            Input input = new Input(partition, runner, dedup, source.outOfOrderness());
            task.add(input);
            if (dedup != null) {
                task.add(new DedupState(input, dedup, new TopicPartition(dedupTopic, partition.partition())));
            }
            return input;
        }
    }

    @Override
    public void requireCompanions(TopicPartition partition) {
        topics.requireCompanions(partition);
    }

    @Override
    public Task create(int number) {
        StageGraph stages = StageGraph.open(pipeline.name(), pipeline.path(), codec, number);
        Ownership ownership = pipeline.path().stages().isEmpty() ? Ownership.unclaimed() : Ownership.claimed();
        if (!pipeline.hasState()) {
            return new Task(number, stages, options.retryPolicy(), host.counters(), ownership, null);
        }
        StateStore store = new StateStore(declared);
        TimerRunner runner =
                new TimerRunner(stages, timerLetters, options.retryPolicy(), outputs, host.uptime(), host.closing());
        Timekeeper keyed = new Timekeeper(number, store, maxEntryBytes, runner, options.retryPolicy(), options.clock());
        Task task = new Task(number, stages, options.retryPolicy(), host.counters(), ownership, keyed);
        task.add(new TaskState(store, task.inputs(), new TopicPartition(pipeline.stateTopic(), number)));
        return task;
    }

    @Override
    public Input addInput(Task task, TopicPartition partition) {
        return Objects.requireNonNull(intaken.get(partition.topic())).addTo(task, partition);
    }
}
