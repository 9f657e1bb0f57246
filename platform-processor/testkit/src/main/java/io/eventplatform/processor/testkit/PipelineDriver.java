package io.eventplatform.processor.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventplatform.codec.EncodedEvent;
import io.eventplatform.codec.EventCodec;
import io.eventplatform.contract.Contract;
import io.eventplatform.contract.Contracts;
import io.eventplatform.contract.InvalidEventException;
import io.eventplatform.event.Event;
import io.eventplatform.processor.Health;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Progress;
import io.eventplatform.processor.RecordPosition;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.StateSpec;
import io.eventplatform.processor.Step;
import io.eventplatform.processor.internal.CommittedState;
import io.eventplatform.processor.testkit.internal.SimKafka;
import io.eventplatform.processor.testkit.internal.SimKafka.SimRecord;
import io.eventplatform.processor.testkit.internal.SimProcess.Fault;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs a pipeline in a unit test: the runtime that also runs in production, without threads, on a Kafka in memory.
 * What the pipeline writes is read back as a reader of committed records sees it.
 *
 * <p>Nothing happens by itself: the driver's clock goes on by {@link #advance} and while an instance waits in vain
 * (an idle turn takes up to 100 ms of it), and instances work during {@link #turn}, {@link #run} and {@link #close}.
 * The same calls with the same seed lead to the same outcome.
 *
 * <p>What the Kafka in memory does not model (brokers, security, timeouts of a network): test that on a real one,
 * with {@code platform-kafka-testkit}. Not thread-safe.
 */
public final class PipelineDriver implements AutoCloseable {

    /** Partitions of every topic unless {@link Builder#partitions} says otherwise. */
    public static final int DEFAULT_PARTITIONS = 1;

    /** So long a pipeline may take by the driver's clock until it has processed everything. */
    private static final Duration RUN_LIMIT = Duration.ofHours(1);

    /** Turns that others take while an instance is frozen. */
    private static final int FROZEN_TURNS = 400;

    private final Pipeline pipeline;
    private final SimKafka kafka;
    private final EventCodec codec;
    private final Random random;
    private final UnaryOperator<RunnerOptions.Builder> options;
    private final Workers workers;
    private final boolean named;
    private final List<Instance> instances = new ArrayList<>();
    private final List<Progress> ended = new ArrayList<>();
    private final List<Armed> armed = new ArrayList<>();
    private final Set<Instance> frozen = new HashSet<>();

    /** Something that happens when an instance reaches a step for the nth time from now. */
    private static final class Armed {
        private final Step step;
        private final Consumer<Instance> what;
        private int remaining;

        Armed(Step step, int nth, Consumer<Instance> what) {
            this.step = step;
            this.remaining = nth;
            this.what = what;
        }
    }

    private PipelineDriver(Builder builder) {
        this.pipeline = builder.pipeline;
        this.kafka = new SimKafka(builder.start);
        this.codec = EventCodec.of(builder.allContracts());
        this.random = new Random(builder.seed);
        this.options = builder.options;
        this.workers = builder.workers;
        this.named = builder.named;
        kafka.create(pipeline.topics(builder.partitions));
        for (int i = 0; i < builder.instances; i++) {
            addInstance();
        }
    }

    /** Drives a pipeline with one instance and one partition. */
    public static PipelineDriver of(Pipeline pipeline) {
        return builder(pipeline).start();
    }

    public static Builder builder(Pipeline pipeline) {
        return new Builder(Objects.requireNonNull(pipeline, "pipeline"));
    }

    // ---- what goes in

    /**
     * Appends events, each under the key of its contract and to the first source that has the contract.
     *
     * @throws IllegalArgumentException if no source has it
     */
    public PipelineDriver feed(Event<?>... events) {
        for (Event<?> event : events) {
            EncodedEvent encoded = codec.encode(event);
            append(sourceOf(event.type()), encoded.key(), encoded.value(), encoded.headers());
        }
        return this;
    }

    private String sourceOf(String type) {
        return pipeline.sources().stream()
                .filter(source -> source.contracts().all().stream()
                        .anyMatch(contract -> contract.type().equals(type)))
                .map(Source::topic)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no source of pipeline " + pipeline.name()
                        + " has a contract of " + type + ". Name the topic: feed(topic, key, event)"));
    }

    /** Appends an event to a source of the pipeline under a key of your choice, null for none. */
    public RecordPosition feed(String topic, @Nullable String key, Event<?> event) {
        EncodedEvent encoded = codec.encode(event);
        return append(topic, bytes(key), encoded.value(), encoded.headers());
    }

    /** Appends bytes as a foreign producer might. */
    public RecordPosition feedRaw(
            String topic, @Nullable String key, byte @Nullable [] value, Map<String, String> headers) {
        Map<String, byte[]> bytes = new TreeMap<>();
        headers.forEach((name, text) -> bytes.put(name, text.getBytes(UTF_8)));
        return append(topic, bytes(key), value, bytes);
    }

    private static byte @Nullable [] bytes(@Nullable String key) {
        return key == null ? null : key.getBytes(UTF_8);
    }

    private RecordPosition append(
            String topic, byte @Nullable [] key, byte @Nullable [] value, Map<String, byte[]> headers) {
        if (!sources().contains(topic)) {
            throw new IllegalArgumentException(
                    "pipeline " + pipeline.name() + " does not read topic " + topic + ". It reads " + sources());
        }
        int partition = kafka.partitionOf(topic, key);
        return new RecordPosition(topic, partition, kafka.append(topic, partition, key, value, headers));
    }

    private String source() {
        return sources().get(0);
    }

    private List<String> sources() {
        return pipeline.sources().stream().map(Source::topic).toList();
    }

    // ---- time and turns

    /** The clock that the pipeline sees as wall clock. */
    public InstantSource clock() {
        return kafka.clock();
    }

    /**
     * Lets the wall clock jump. As with a process that was suspended, a transaction that was open for longer than
     * 15 s by then is aborted, and an instance that crashed more than 10 s ago is given up by its group.
     */
    public PipelineDriver advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("duration must not be negative but was " + duration);
        }
        kafka.pass(duration.toMillis());
        return this;
    }

    /** Each running instance takes one turn: poll, process what came, commit if it is time. */
    public PipelineDriver turn() {
        turn(running());
        return this;
    }

    private void turn(List<Instance> some) {
        List<Instance> order = new ArrayList<>(some);
        if (order.size() > 1) {
            Collections.shuffle(order, random);
        }
        for (Instance instance : order) {
            if (instance.isRunning()) {
                instance.turn();
            }
        }
    }

    /**
     * Takes turns until everything that was fed is processed and committed, or no instance runs any more because
     * each has crashed.
     *
     * @throws IllegalStateException if an instance stops by an error, or the pipeline does not finish within an hour
     *     of the driver's clock
     */
    public PipelineDriver run() {
        Instant end = kafka.clock().instant().plus(RUN_LIMIT);
        while (!running().isEmpty() && (!turnsIntoQuiet(running()) || kafka.hasOpenTransaction())) {
            throwFailure();
            if (kafka.clock().instant().isAfter(end)) {
                throw new IllegalStateException("pipeline " + pipeline.name() + " has not finished after " + RUN_LIMIT
                        + " of the driver's clock: " + unprocessed() + " records are not committed, health is "
                        + health() + ", its group is at " + kafka.describe(pipeline.name()));
            }
        }
        throwFailure();
        return this;
    }

    /** Takes a turn; whether nothing happened in it and nothing is left to do. */
    private boolean turnsIntoQuiet(List<Instance> some) {
        long before = kafka.writes();
        turn(some);
        return kafka.writes() == before
                && kafka.isSettled(pipeline.name())
                && unprocessed() == 0
                && some.stream()
                        .allMatch(instance -> instance.health() instanceof Health.Running && !instance.isRestoring());
    }

    private void throwFailure() {
        for (Instance instance : instances) {
            instance.failure().ifPresent(failure -> {
                throw new IllegalStateException(
                        instance + " of pipeline " + pipeline.name() + " has stopped: " + failure.getMessage(),
                        failure);
            });
        }
    }

    /** Records of the sources that no commit has passed yet. */
    private long unprocessed() {
        long count = 0;
        for (String topic : sources()) {
            for (int partition = 0; partition < kafka.partitions(topic); partition++) {
                long from = Math.max(0, kafka.committedOffset(pipeline.name(), topic, partition));
                count += kafka.committed(topic, partition, from).size();
            }
        }
        return count;
    }

    // ---- instances

    private List<Instance> running() {
        return instances.stream().filter(Instance::isRunning).toList();
    }

    /** Starts one more instance; it gets partitions in the next turns. */
    public PipelineDriver addInstance() {
        instances.add(start(instances.size()));
        return this;
    }

    private Instance start(int number) {
        RunnerOptions.Builder builder = options.apply(RunnerOptions.builder());
        if (named) {
            builder.instance("instance-" + number);
        }
        return Instance.start(number, pipeline, kafka, builder, workers, this::reached);
    }

    /** Deals the partitions out anew among the running instances; they move in the next turns. */
    public PipelineDriver rebalance() {
        if (running().size() < 2) {
            throw new IllegalStateException("partitions move between instances, and "
                    + running().size() + " is running. Add one: addInstance()");
        }
        kafka.shuffle(pipeline.name());
        return this;
    }

    /**
     * The group goes on without the running instances, as if nothing had been heard of them for long; each learns
     * at its next turn that its partitions are lost, drops what is not committed and joins again.
     */
    public PipelineDriver lose() {
        running().forEach(instance -> instance.process().expel());
        return this;
    }

    // ---- crashes

    /** The first instance that reaches this step dies there, as by {@code kill -9}. */
    public PipelineDriver crashAt(Step step) {
        return crashAt(step, 1);
    }

    /** Whichever instance is the nth to reach this step from now on dies there. */
    public PipelineDriver crashAt(Step step, int nth) {
        return arm(step, nth, instance -> {
            throw new Instance.Crash(step);
        });
    }

    /**
     * The first instance that reaches this step stands still there until its group has given it up and the other
     * instances have taken over and finished; then it goes on where it stood, a zombie.
     */
    public PipelineDriver freezeAt(Step step) {
        return freezeAt(step, 1);
    }

    /** As {@link #freezeAt(Step)}, at the nth time. */
    public PipelineDriver freezeAt(Step step, int nth) {
        return arm(step, nth, this::freeze);
    }

    private void freeze(Instance instance) {
        instance.process().expel();
        frozen.add(instance);
        List<Instance> others = new ArrayList<>(running());
        others.removeAll(frozen);
        for (int turns = 0; turns < FROZEN_TURNS && !others.isEmpty() && !turnsIntoQuiet(others); turns++) {
            others.removeIf(other -> !other.isRunning());
        }
        frozen.remove(instance);
    }

    private PipelineDriver arm(Step step, int nth, Consumer<Instance> what) {
        if (nth < 1) {
            throw new IllegalArgumentException("nth must be at least 1 but was " + nth);
        }
        armed.add(new Armed(Objects.requireNonNull(step, "step"), nth, what));
        return this;
    }

    private void reached(Instance instance, Step step) {
        for (Armed each : List.copyOf(armed)) {
            if (each.step == step && --each.remaining == 0) {
                armed.remove(each);
                each.what.accept(instance);
            }
        }
    }

    /** All running instances die where they stand, between two turns. */
    public PipelineDriver crash() {
        running().forEach(Instance::crash);
        return this;
    }

    /**
     * Starts each instance again that has crashed or stopped by an error.
     *
     * @throws IllegalStateException if there is none
     */
    public PipelineDriver restart() {
        boolean none = true;
        for (int number = 0; number < instances.size(); number++) {
            Instance gone = instances.get(number);
            if (!gone.isRunning()) {
                ended.add(gone.progress());
                instances.set(number, start(number));
                none = false;
            }
        }
        if (none) {
            throw new IllegalStateException("no instance of pipeline " + pipeline.name() + " has crashed"
                    + (armed.isEmpty()
                            ? ""
                            : ": step " + armed.get(0).step + " was not reached " + armed.get(0).remaining
                                    + " more times"));
        }
        return this;
    }

    // ---- faults

    /**
     * The next commit of each running instance is not answered, however often it is repeated.
     *
     * @param arrived whether Kafka has nevertheless carried it out
     */
    public PipelineDriver commitTimesOut(boolean arrived) {
        running().forEach(instance -> instance.process()
                .next(arrived ? Fault.COMMIT_ARRIVES_UNANSWERED : Fault.COMMIT_NEVER_ARRIVES));
        return this;
    }

    /** Another producer takes over the transactional id of each running instance. */
    public PipelineDriver fence() {
        running().forEach(instance -> instance.process().fence());
        return this;
    }

    // ---- topics

    /** Gives every topic so many partitions. */
    public PipelineDriver addPartitions(int partitions) {
        int now = kafka.partitions(source());
        if (partitions <= now) {
            throw new IllegalArgumentException(
                    "a topic can only grow: partitions must be above " + now + " but was " + partitions);
        }
        kafka.growTo(partitions);
        return this;
    }

    /** Compacts a topic: of each key the last record stays. */
    public PipelineDriver compact(String topic) {
        kafka.compact(requireTopic(topic));
        return this;
    }

    /** Deletes the records of a partition before an offset, as retention does. */
    public PipelineDriver deleteRecords(String topic, int partition, long before) {
        kafka.deleteBefore(requireTopic(topic), partition, before);
        return this;
    }

    /** Deletes a topic and creates it again, empty. */
    public PipelineDriver recreate(String topic) {
        kafka.recreate(requireTopic(topic));
        return this;
    }

    private String requireTopic(String topic) {
        if (!kafka.hasTopic(topic)) {
            throw new IllegalArgumentException(
                    "pipeline " + pipeline.name() + " has no topic " + topic + ". It has " + kafka.topicNames());
        }
        return topic;
    }

    // ---- what came out

    /** The events in a topic, those of the first partition first; committed ones only. */
    public List<Event<?>> outputs(String topic) {
        List<Event<?>> events = new ArrayList<>();
        for (SimRecord record : records(topic)) {
            events.add(decode(codec, record));
        }
        return events;
    }

    /** As {@link #outputs(String)}, of one contract; other events in the topic are left out. */
    @SuppressWarnings("unchecked")
    public <T extends Record> List<Event<T>> outputs(String topic, Class<T> payload) {
        EventCodec ofType = EventCodec.of(Contracts.of(payload));
        String type = Contract.of(payload).type();
        List<Event<T>> events = new ArrayList<>();
        for (SimRecord record : records(topic)) {
            byte[] header = record.headers().get("event_type");
            if (header == null || new String(header, UTF_8).equals(type)) {
                events.add((Event<T>) decode(ofType, record));
            }
        }
        return events;
    }

    @SuppressWarnings("NullAway") // an encoded event takes null as its key
    private Event<?> decode(EventCodec with, SimRecord record) {
        try {
            byte[] value = record.value();
            return with.decode(new EncodedEvent(record.key(), value == null ? new byte[0] : value, record.headers()));
        } catch (InvalidEventException e) {
            throw new IllegalStateException(
                    record.topic() + "-" + record.partition() + "@" + record.offset() + " cannot be decoded: "
                            + e.getMessage() + " Name its record class in builder(pipeline).contracts(...), or ask for"
                            + " one class: outputs(topic, class)",
                    e);
        }
    }

    /** The dead letters of the pipeline, those of the first partition first. */
    public List<DeadLetter> deadLetters() {
        return pipeline.deadLetterTopics().stream()
                .flatMap(topic -> records(topic).stream())
                .map(DeadLetter::of)
                .toList();
    }

    /**
     * The keyed state of a stage, as it was last committed; what is written to it goes nowhere.
     *
     * @throws IllegalArgumentException if the stage does not declare this state
     */
    public <S> S state(String stage, StateSpec<S> spec, String key) {
        requireDeclared(stage, spec);
        String topic = pipeline.stateTopic();
        CommittedState state = new CommittedState(pipeline);
        int partition = kafka.partitionOf(topic, key.getBytes(UTF_8));
        kafka.committed(topic, partition, 0)
                .forEach(record -> state.take(Objects.requireNonNull(record.key()), record.value()));
        return state.of(stage, spec, key);
    }

    private void requireDeclared(String stage, StateSpec<?> spec) {
        if (!pipeline.hasState()) {
            throw new IllegalArgumentException("no stage of pipeline " + pipeline.name() + " declares state");
        }
        Map<String, List<StateSpec<?>>> declared = new LinkedHashMap<>();
        pipeline.path().stages().forEach(each -> declared.put(each.name(), each.states()));
        if (!declared.getOrDefault(stage, List.of()).contains(spec)) {
            throw new IllegalArgumentException("stage " + stage + " of pipeline " + pipeline.name()
                    + " does not declare " + spec + ". Declared are " + declared);
        }
    }

    private List<SimRecord> records(String topic) {
        requireTopic(topic);
        List<SimRecord> records = new ArrayList<>();
        for (int partition = 0; partition < kafka.partitions(topic); partition++) {
            records.addAll(kafka.committed(topic, partition, 0));
        }
        return records;
    }

    /** Counts of all instances, those that ended included; lag is that of the running ones. */
    public Progress progress() {
        List<Progress> all = new ArrayList<>(ended);
        instances.forEach(instance -> all.add(instance.progress()));
        return new Progress(
                all.stream().mapToLong(Progress::records).sum(),
                all.stream().mapToLong(Progress::outputs).sum(),
                all.stream().mapToLong(Progress::duplicates).sum(),
                all.stream().mapToLong(Progress::deadLetters).sum(),
                all.stream().mapToLong(Progress::commits).sum(),
                running().stream()
                        .mapToLong(instance -> instance.progress().lag())
                        .sum());
    }

    /** Of the instances that have not crashed the one that is worst off: failed, retrying, starting, running. */
    public Health health() {
        List<Health> all = instances.stream()
                .filter(instance -> !instance.isCrashed())
                .map(Instance::health)
                .toList();
        for (Class<? extends Health> worse :
                List.of(Health.Failed.class, Health.Retrying.class, Health.Starting.class, Health.Running.class)) {
            for (Health health : all) {
                if (worse.isInstance(health)) {
                    return health;
                }
            }
        }
        return new Health.Closed();
    }

    /** How many instances have crashed and were not started again. */
    public int crashed() {
        return (int) instances.stream().filter(Instance::isCrashed).count();
    }

    /** How far the pipeline has committed: the next offset of each partition of its sources, as {@code topic-partition}. */
    public Map<String, Long> committedOffsets() {
        Map<String, Long> offsets = new TreeMap<>();
        for (String topic : sources()) {
            for (int partition = 0; partition < kafka.partitions(topic); partition++) {
                offsets.put(
                        topic + "-" + partition, Math.max(0, kafka.committedOffset(pipeline.name(), topic, partition)));
            }
        }
        return offsets;
    }

    // ---- for tests of the runtime

    SimKafka kafka() {
        return kafka;
    }

    List<Instance> instances() {
        return instances;
    }

    /** What was to happen at a step and has not happened yet does not happen any more. */
    void disarm() {
        armed.clear();
    }

    /** Closes the running instances, which commit what they have finished. */
    @Override
    public void close() {
        disarm();
        instances.forEach(Instance::close);
    }

    /** What a driver begins with. */
    public static final class Builder {

        private final Pipeline pipeline;
        private final Set<Class<? extends Record>> contracts = new LinkedHashSet<>();
        private int partitions = DEFAULT_PARTITIONS;
        private int instances = 1;
        private Instant start = Instant.now();
        private long seed;
        private boolean named = true;
        private UnaryOperator<RunnerOptions.Builder> options = UnaryOperator.identity();
        private Workers workers = Workers.REAL;

        private Builder(Pipeline pipeline) {
            this.pipeline = pipeline;
            pipeline.contracts().all().forEach(contract -> contracts.add(contract.payloadType()));
        }

        /** Of every topic; default {@link #DEFAULT_PARTITIONS}. */
        public Builder partitions(int count) {
            partitions = atLeastOne("partitions", count);
            return this;
        }

        /** How many instances share the partitions; default 1. */
        public Builder instances(int count) {
            instances = atLeastOne("instances", count);
            return this;
        }

        private static int atLeastOne(String what, int count) {
            if (count < 1) {
                throw new IllegalArgumentException(what + " must be at least 1 but was " + count);
            }
            return count;
        }

        /** Where the driver's clock begins; default now. */
        public Builder startingAt(Instant instant) {
            start = Objects.requireNonNull(instant, "instant");
            return this;
        }

        /** Decides which instance takes its turn first; default 0. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** Instances without a name: a restart joins as someone new and waits until the group has given up the dead one. */
        public Builder unnamedInstances() {
            named = false;
            return this;
        }

        /** Changes the runner's options; clock, ticker, instance name and step listener are the driver's. */
        public Builder options(UnaryOperator<RunnerOptions.Builder> change) {
            options = Objects.requireNonNull(change, "change");
            return this;
        }

        /** Contracts of outputs that the source does not have, for {@link PipelineDriver#outputs(String)}. */
        @SafeVarargs
        public final Builder contracts(Class<? extends Record>... payloads) {
            for (Class<? extends Record> payload : payloads) {
                contracts.add(payload);
            }
            return this;
        }

        /** Puts something between the runtime and its Kafka, or changes the runtime. */
        Builder workers(Workers other) {
            workers = other;
            return this;
        }

        @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type, for varargs
        private Contracts allContracts() {
            return Contracts.of(contracts.toArray(new Class[0]));
        }

        /** Creates the topics and starts the instances. */
        public PipelineDriver start() {
            return new PipelineDriver(this);
        }
    }
}
