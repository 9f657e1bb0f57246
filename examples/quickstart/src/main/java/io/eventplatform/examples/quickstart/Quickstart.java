package io.eventplatform.examples.quickstart;

import io.eventplatform.examples.quickstart.audit.Audit;
import io.eventplatform.examples.quickstart.audit.AuditReport;
import io.eventplatform.kafka.KafkaAccessException;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.TopicPlanException;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableStore;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * The quickstart as a program: starts broker, pipeline, sink and server, sends events, shows how far they have come, and
 * recounts them at the end. What is particular to an application stands in {@link Topology}.
 */
public final class Quickstart {

    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    private static final Duration TOPICS_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final Duration PRINT_EVERY = Duration.ofSeconds(1);

    private final Options options;
    private final Optional<CrashPoint> crash;
    private final UnaryOperator<TableStore> storeDecorator;
    private final PrintStream out;
    private final PrintStream err;
    private final long startedNanos = System.nanoTime();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CompletableFuture<String> servingAt = new CompletableFuture<>();
    private final CompletableFuture<Void> stored = new CompletableFuture<>();

    Quickstart(
            Options options,
            Optional<CrashPoint> crash,
            UnaryOperator<TableStore> storeDecorator,
            PrintStream out,
            PrintStream err) {
        this.options = options;
        this.crash = crash;
        this.storeDecorator = storeDecorator;
        this.out = out;
        this.err = err;
    }

    /** Runs until everything is done or the process is told to stop; {@code --help} tells the options. */
    public static void main(String[] arguments) {
        Quickstart quickstart;
        try {
            Options options = Options.parse(arguments);
            if (options.help()) {
                System.out.print(Options.USAGE);
                return;
            }
            Optional<CrashPoint> crash = CrashPoint.parse(System.getProperty(CrashPoint.PROPERTY));
            quickstart = new Quickstart(options, crash, UnaryOperator.identity(), System.out, System.err);
        } catch (UsageException e) {
            System.err.println("quickstart: " + e.getMessage() + " Run with --help for the options.");
            System.exit(WRONG_USAGE);
            return;
        }
        Signals.onStop(quickstart::stop);
        System.exit(quickstart.run());
    }

    /** Asks {@link #run} to end: nothing more is sent, what is in flight is finished. From any thread. */
    void stop() {
        print("Stopping ...");
        stop.countDown();
    }

    /** Completes with the address of the views when they can be read. */
    CompletionStage<String> servingAt() {
        return servingAt;
    }

    /** Completes when every event is stored. */
    CompletionStage<Void> stored() {
        return stored;
    }

    /** Runs once, and returns the exit code. */
    int run() {
        print("A signup and a real earthquake travel the whole way. Starting Kafka in this process ...");
        try (Workspace workspace = Workspace.open(options.data())) {
            return runIn(workspace);
        } catch (QuickstartException
                | KafkaAccessException
                | TopicPlanException
                | StoreException
                | IOException
                | UncheckedIOException e) {
            return failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(e);
        } catch (RuntimeException e) {
            e.printStackTrace(err);
            return failed(e);
        } finally {
            servingAt.completeExceptionally(new IllegalStateException("the run has ended"));
            stored.completeExceptionally(new IllegalStateException("the run has ended"));
        }
    }

    private int failed(Exception e) {
        err.println("quickstart: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
        return FAILED;
    }

    private int runIn(Workspace workspace) throws IOException, InterruptedException {
        // The store and the port first: they fail at once where the broker takes seconds to start.
        try (Serving serving = Serving.open(workspace.database(), options.port(), storeDecorator);
                EmbeddedKafka kafka = startBroker(workspace)) {
            if (isStopping()) {
                return OK;
            }
            RunState before = RunState.read(workspace.state());
            Feed.Work work = work(before);
            Pipeline pipeline = Topology.pipeline(InstantSource.system());
            Topology.topics(pipeline, serving.sink())
                    .createOrVerify(KafkaConfig.of(kafka.bootstrapServers()), TOPICS_TIMEOUT);

            Flow flow = Flow.start(kafka.bootstrapServers(), pipeline, serving, work, crash);
            boolean done;
            try (flow) {
                introduce(workspace, kafka, pipeline, serving, work);
                servingAt.complete(serving.url());
                done = watch(flow, serving);
            }
            flow.requireHealthy();
            print((done ? "done    | " : "stopped | ") + flow.describe());
            after(before, work, flow.feed()).write(workspace.state());
            if (!done) {
                return OK;
            }
            serving.close(); // the audit opens the file itself
            AuditReport report =
                    Audit.run(Topology.auditPlan(kafka.bootstrapServers(), pipeline, workspace.database()));
            print(report.toString());
            return report.holds() ? OK : FAILED;
        }
    }

    private Feed.Work work(RunState before) {
        long from = before.nextSequence(options.seed());
        boolean lines = options.input().isPresent() || !before.earthquakesSent();
        return new Feed.Work(
                new SignupGenerator(options.seed()),
                lines,
                options.input(),
                from,
                from + options.events(),
                options.rate());
    }

    private RunState after(RunState before, Feed.Work work, Feed feed) {
        RunState after = before.withNextSequence(options.seed(), feed.nextSequence());
        return work.lines() && work.input().isEmpty() && feed.linesSent() ? after.withEarthquakesSent() : after;
    }

    private static EmbeddedKafka startBroker(Workspace workspace) {
        try {
            return EmbeddedKafka.builder()
                    .dataDirectory(workspace.kafka())
                    // The audit recounts whatever was ever sent, so nothing may expire.
                    .property("log.retention.ms", "-1")
                    .property("offsets.retention.minutes", Integer.toString(Integer.MAX_VALUE))
                    .start();
        } catch (IllegalStateException e) {
            throw new QuickstartException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
    }

    private void introduce(
            Workspace workspace, EmbeddedKafka kafka, Pipeline pipeline, Serving serving, Feed.Work work) {
        String fate = workspace.temporary() ? " (deleted at the end; --data keeps it)" : "";
        String rate = options.rate() == Options.AS_FAST_AS_POSSIBLE
                ? "as fast as possible"
                : String.format(Locale.ROOT, "%,d records a second", options.rate());
        print(String.format(Locale.ROOT, "Ready after %.1f s.", elapsed().toMillis() / 1000.0));
        print("  data    " + workspace.directory() + fate);
        print("  kafka   " + kafka.bootstrapServers());
        print("  views   " + serving.url());
        print("  " + pipeline.describe().replace("\n", "\n  "));
        print(work.isEmpty() ? "There is nothing to send." : "Sending " + work + ", " + rate + ".");
    }

    /** Shows how far events have come; returns whether all were stored, or false if it was told to stop. */
    private boolean watch(Flow flow, Serving serving) throws InterruptedException {
        String printed = "";
        long printAtNanos = System.nanoTime();
        while (!stop.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
            flow.requireHealthy();
            boolean allSent = flow.feed().ended();
            long lag = flow.lag();
            boolean allStored = allSent && lag == 0 && !stored.isDone();
            String progress = flow.describe() + String.format(Locale.ROOT, " | lag %,d", lag);
            if (allStored || (System.nanoTime() >= printAtNanos && !progress.equals(printed))) {
                printed = progress;
                printAtNanos = System.nanoTime() + PRINT_EVERY.toNanos();
                print(String.format(Locale.ROOT, "%5d s | %s", elapsed().toSeconds(), progress));
            }
            if (allStored) {
                stored.complete(null);
                if (options.exitWhenDone()) {
                    return true;
                }
                inviteTo(serving);
            }
        }
        return false;
    }

    private void inviteTo(Serving serving) {
        print("Every event is stored. Read the views, send more to " + Topology.RAW_TOPIC + ", or stop with Ctrl-C:");
        print("  curl -s " + serving.url());
        serving.catalog().views().forEach(view -> print("  curl -s " + serving.url() + "/" + view.name()));
    }

    private boolean isStopping() {
        return stop.getCount() == 0;
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startedNanos);
    }

    private void print(String text) {
        out.println(text);
    }
}
