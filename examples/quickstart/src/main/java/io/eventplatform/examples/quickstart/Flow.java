package io.eventplatform.examples.quickstart;

import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.processor.Health;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Progress;
import io.eventplatform.processor.Runner;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.StepListener;
import io.eventplatform.producer.CloseReport;
import io.eventplatform.producer.EventProducer;
import io.eventplatform.producer.WhenFull;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What moves events: the feed and its clients, the pipeline, the sink. Closed in the order of the way of an event. */
final class Flow implements AutoCloseable {

    /** The same at every start, so that a restart takes over at once from a process that died. */
    private static final String INSTANCE = "quickstart";

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

    /** Longer than the default: at {@code --rate 0} the feed is faster than any broker, and should wait. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Runner pipeline;
    private final Runner sink;
    private final Completion completion;
    private final Feed feed;

    private Flow(
            String bootstrapServers, Pipeline enrichment, Serving serving, Feed.Work work, Optional<CrashPoint> crash)
            throws InterruptedException {
        KafkaConfig kafka = KafkaConfig.of(bootstrapServers);
        try {
            completion = opened(new Completion(bootstrapServers, enrichment, serving.catalog()));
            sink = opened(Runner.start(serving.sink(), kafka, options(CrashPoint.SINK, crash)));
            pipeline = opened(Runner.start(enrichment, kafka, options(CrashPoint.PIPELINE, crash)));
            awaitReady(sink);
            awaitReady(pipeline);

            Acknowledgements acknowledgements = new Acknowledgements();
            EventProducer producer = EventProducer.builder(kafka)
                    .topic(Topology.RAW_TOPIC)
                    .contracts(Topology.CONTRACTS)
                    .whenFull(WhenFull.waitUpTo(LONGEST_WAIT))
                    .build();
            opened.push(() -> close(producer));
            ForeignClient foreign = opened(new ForeignClient(bootstrapServers, Topology.RAW_TOPIC, acknowledgements));
            feed = opened(Feed.start(work, producer, foreign, acknowledgements));
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    /** Starts everything and waits until records flow. The topics must exist; {@code serving} stays the caller's. */
    static Flow start(
            String bootstrapServers, Pipeline pipeline, Serving serving, Feed.Work work, Optional<CrashPoint> crash)
            throws InterruptedException {
        return new Flow(bootstrapServers, pipeline, serving, work, crash);
    }

    Feed feed() {
        return feed;
    }

    /** How many offsets are still to be passed, see {@link Completion#lag}. */
    long lag() throws InterruptedException {
        try {
            return completion.lag();
        } catch (ExecutionException e) {
            throw new QuickstartException("Kafka does not tell how far events have come: " + e.getCause(), e);
        }
    }

    /** Throws if a part has failed. */
    void requireHealthy() {
        feed.failure().ifPresent(failure -> {
            throw new QuickstartException("An event could not be sent: " + failure.getMessage(), failure);
        });
        requireHealthy("pipeline", pipeline);
        requireHealthy("sink", sink);
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
        Progress processed = pipeline.progress();
        Progress written = sink.progress();
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "sent %,9d | enriched %,9d | duplicates %,6d | dead letters %,5d | stored %,9d",
                feed.acknowledged(),
                processed.outputs(),
                processed.duplicates(),
                processed.deadLetters() + written.deadLetters(),
                written.records()));
        for (Runner runner : List.of(pipeline, sink)) {
            if (runner.health() instanceof Health.Retrying retrying) {
                text.append(" | retrying ").append(retrying.what());
            }
        }
        return text.toString();
    }

    /**
     * Stops sending, waits for Kafka's answers, lets pipeline and sink commit what they have done. Idempotent.
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

    private static RunnerOptions options(String worker, Optional<CrashPoint> crash) {
        return RunnerOptions.builder()
                .instance(INSTANCE)
                .stepListener(crash.map(point -> point.listenerOf(worker)).orElse(StepListener.NONE))
                .build();
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

    private static void close(EventProducer producer) {
        CloseReport report = producer.close(CLOSE_TIMEOUT);
        if (!report.complete()) {
            throw new IllegalStateException("events were in flight: " + report);
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }
}
