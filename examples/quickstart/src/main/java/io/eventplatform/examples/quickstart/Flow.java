package io.eventplatform.examples.quickstart;

import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.processor.Health;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.PlatformMonitor;
import io.eventplatform.processor.Progress;
import io.eventplatform.processor.Runner;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.StepListener;
import io.eventplatform.processor.sink.StoreSink;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What moves events in this process, as its roles say. Closed in the order of the way of an event. */
final class Flow implements AutoCloseable {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration LAKE_COMMIT_INTERVAL = Duration.ofSeconds(2);
    private static final int LAKE_COMMIT_RECORDS = 100_000;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final String instance;
    private final Optional<CrashPoint> crash;
    private final Map<String, StepListener> crashListeners = new HashMap<>();
    private final Map<Pipeline, Runner> pipelines = new LinkedHashMap<>();
    private final Map<StoreSink, Runner> sinks = new LinkedHashMap<>();
    private final @Nullable PlatformMonitor monitor;
    private final @Nullable Completion completion;
    private final @Nullable Ingest ingest;

    private Flow(
            Options options,
            String bootstrapServers,
            List<Pipeline> declared,
            Optional<Storing> storing,
            Feed.Work work,
            Optional<CrashPoint> crash)
            throws InterruptedException {
        this.instance = options.instance();
        this.crash = crash;
        KafkaConfig kafka = KafkaConfig.of(bootstrapServers);
        try {
            boolean complete = options.roles().containsAll(Role.ALL_ON_A_BROKER);
            completion = complete
                    ? opened(new Completion(
                            bootstrapServers, declared, storing.orElseThrow().sinks()))
                    : null;
            opened.push(() -> closeTogether(sinks.values()));
            if (storing.isPresent()) {
                start(storing.get(), kafka);
            }
            opened.push(() -> closeTogether(pipelines.values()));
            if (options.has(Role.PROCESS)) {
                for (Pipeline pipeline : declared) {
                    String worker = pipeline.equals(Topology.ROUTER) ? CrashPoint.ROUTER : CrashPoint.PIPELINE;
                    pipelines.put(
                            pipeline,
                            Runner.start(pipeline, kafka, options(worker).build()));
                }
            }
            for (Runner runner : runners()) {
                awaitReady(runner);
            }
            monitor = options.has(Role.SERVE) ? opened(monitor(kafka, declared)) : null;
            ingest = options.has(Role.INGEST) ? opened(Ingest.start(bootstrapServers, work)) : null;
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    private void start(Storing storing, KafkaConfig kafka) {
        StoreSink hot = storing.hot();
        sinks.put(hot, Runner.start(hot, kafka, options(CrashPoint.SINK).build()));
        for (StoreSink sink : storing.lake()) {
            RunnerOptions options = options(CrashPoint.LAKE)
                    // Fewer, larger files; an application would wait a minute.
                    .commitInterval(LAKE_COMMIT_INTERVAL)
                    .maxCommitRecords(mostCommitRecords(CrashPoint.LAKE, LAKE_COMMIT_RECORDS))
                    .build();
            sinks.put(sink, Runner.start(sink, kafka, options));
        }
    }

    /**
     * Starts what the roles say and waits until records flow. The topics must exist.
     *
     * @param declared all pipelines, in the order in which an event passes them
     * @param storing the stores, if this process fills them; they stay the caller's
     */
    static Flow start(
            Options options,
            String bootstrapServers,
            List<Pipeline> declared,
            Optional<Storing> storing,
            Feed.Work work,
            Optional<CrashPoint> crash)
            throws InterruptedException {
        return new Flow(options, bootstrapServers, declared, storing, work, crash);
    }

    private PlatformMonitor monitor(KafkaConfig kafka, List<Pipeline> declared) {
        PlatformMonitor.Builder builder = PlatformMonitor.on(kafka);
        for (Pipeline pipeline : declared) {
            Runner here = pipelines.get(pipeline);
            if (here == null) {
                builder.pipeline(pipeline);
            } else {
                builder.pipeline(pipeline, here);
            }
        }
        sinks.forEach(builder::sink);
        return builder.start();
    }

    private List<Runner> runners() {
        List<Runner> all = new java.util.ArrayList<>(pipelines.values());
        all.addAll(sinks.values());
        return all;
    }

    /** How all stages stand, if this process serves. */
    Optional<PlatformMonitor> monitor() {
        return Optional.ofNullable(monitor);
    }

    /** What is sent, if this process sends. */
    Optional<Feed> feed() {
        return Optional.ofNullable(ingest).map(Ingest::feed);
    }

    /** Whether nothing is left to be done, as far as this process knows. */
    boolean isDone() throws InterruptedException {
        boolean sent = ingest != null && ingest.feed().ended();
        return sent && (completion == null ? runners().isEmpty() : lag() == 0);
    }

    /** How many offsets are still to be passed, see {@link Completion#lag}. */
    private long lag() throws InterruptedException {
        try {
            return Objects.requireNonNull(completion).lag();
        } catch (ExecutionException e) {
            throw new QuickstartException("Kafka does not tell how far events have come: " + e.getCause(), e);
        }
    }

    /** Throws if a part has failed. */
    void requireHealthy() {
        feed().flatMap(Feed::failure).ifPresent(failure -> {
            throw new QuickstartException("An event could not be sent: " + failure.getMessage(), failure);
        });
        pipelines.forEach((pipeline, runner) -> requireHealthy("pipeline " + pipeline.name(), runner));
        sinks.forEach((sink, runner) -> requireHealthy("sink " + sink.name(), runner));
    }

    private static void requireHealthy(String name, Runner runner) {
        if (runner.health() instanceof Health.Failed failed) {
            throw new QuickstartException(
                    "The " + name + " has stopped: " + failed.cause().getMessage()
                            + ". What it has committed stands; a run on the same --data continues there.",
                    failed.cause());
        }
    }

    /** How many events have come how far, in a line. */
    String describe() {
        StringBuilder text = new StringBuilder();
        feed().ifPresent(feed -> append(text, "sent %,9d", feed.acknowledged()));
        if (!pipelines.isEmpty()) {
            append(text, "enriched %,9d", enriched(Progress::outputs));
            append(text, "duplicates %,6d", enriched(Progress::duplicates));
        }
        if (!runners().isEmpty()) {
            append(text, "dead letters %,5d", sum(runners(), Progress::deadLetters));
        }
        records(true).ifPresent(stored -> append(text, "stored %,9d", stored));
        records(false).ifPresent(inLake -> append(text, "lake %,9d", inLake));
        for (Runner runner : runners()) {
            if (runner.health() instanceof Health.Retrying retrying) {
                text.append(" | retrying ").append(retrying.what());
            }
        }
        return text.toString();
    }

    /** How many records the hot sink has read, or the slowest of those into the lake. */
    private OptionalLong records(boolean hot) {
        return sinks.entrySet().stream()
                .filter(entry -> entry.getKey().name().equals(Topology.HOT) == hot)
                .mapToLong(entry -> entry.getValue().progress().records())
                .min();
    }

    private static void append(StringBuilder text, String format, long number) {
        text.append(text.isEmpty() ? "" : " | ").append(String.format(Locale.ROOT, format, number));
    }

    /** Over the pipelines behind the router. */
    private long enriched(ToLongFunction<Progress> count) {
        List<Runner> enrichments = pipelines.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(Topology.ROUTER))
                .map(Map.Entry::getValue)
                .toList();
        return sum(enrichments, count);
    }

    private static long sum(List<Runner> runners, ToLongFunction<Progress> count) {
        return runners.stream().map(Runner::progress).mapToLong(count).sum();
    }

    /**
     * Stops sending, waits for Kafka's answers, lets pipelines and sinks commit what they have done. Idempotent.
     *
     * @throws QuickstartException if a part did not close; the others are closed all the same
     */
    @Override
    public void close() {
        QuickstartException failure = null;
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                if (failure == null) {
                    failure = new QuickstartException("Could not be closed: " + e.getMessage(), e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Each takes a moment to let go of its clients. */
    private static void closeTogether(Collection<Runner> runners) throws InterruptedException {
        List<Thread> closing = runners.stream()
                .map(runner -> new Thread(runner::close, "close"))
                .toList();
        closing.forEach(Thread::start);
        for (Thread thread : closing) {
            thread.join();
        }
    }

    private RunnerOptions.Builder options(String worker) {
        return RunnerOptions.builder()
                // The same at every start, so that a restart takes over at once from a process that died.
                .instance(instance)
                .maxCommitRecords(mostCommitRecords(worker, RunnerOptions.DEFAULT_MAX_COMMIT_RECORDS))
                .stepListener(
                        crashListeners.computeIfAbsent(worker, which -> crash.map(point -> point.listenerOf(which))
                                .orElse(StepListener.NONE)));
    }

    private int mostCommitRecords(String worker, int usual) {
        return crash.map(point -> point.mostCommitRecords(worker, usual)).orElse(usual);
    }

    private static void awaitReady(Runner runner) throws InterruptedException {
        try {
            runner.ready().toCompletableFuture().get(START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new QuickstartException("Did not start: " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new QuickstartException("Not ready after " + START_TIMEOUT.toSeconds() + " s: " + runner.health(), e);
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }
}
