package io.eventplatform.examples.quickstart;

import io.eventplatform.examples.quickstart.audit.Audit;
import io.eventplatform.examples.quickstart.audit.AuditReport;
import io.eventplatform.kafka.KafkaAccessException;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.TopicPlanException;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableStore;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * The quickstart as a program: starts broker, pipelines, sinks and server, sends events, shows how far they have come,
 * and recounts them at the end. What is particular to an application stands in {@link Topology}.
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

    /** Completes with the address of the dashboard when it can be read. */
    CompletionStage<String> servingAt() {
        return servingAt;
    }

    /** Completes when every event is stored. */
    CompletionStage<Void> stored() {
        return stored;
    }

    /** Runs once, and returns the exit code. */
    int run() {
        print("A signup and a real earthquake travel the whole way.");
        try (Workspace workspace = Workspace.open(options.data())) {
            return options.has(Role.AUDIT)
                    ? audit(workspace, options.bootstrap().orElseThrow(), Topology.pipelines(InstantSource.system()), 0)
                    : runIn(workspace);
        } catch (QuickstartException
                | IllegalStateException
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
        List<Pipeline> pipelines = Topology.pipelines(InstantSource.system());
        boolean done;
        // The stores and the port first: they fail at once where the broker takes seconds to start.
        try (Parts parts = Parts.open(options, workspace, storeDecorator)) {
            if (isStopping()) {
                return OK;
            }
            Broker broker = parts.startBroker();
            Topology.topics(pipelines, parts.sinks())
                    .createOrVerify(KafkaConfig.of(broker.bootstrapServers()), TOPICS_TIMEOUT);
            RunState before = RunState.read(workspace.state());
            Feed.Work work = work(before);
            Flow flow = Flow.start(options, broker.bootstrapServers(), pipelines, parts.storing(), work, crash);
            try (flow) {
                flow.monitor().ifPresent(monitor -> parts.serving().ifPresent(serving -> serving.show(monitor)));
                introduce(workspace, broker, pipelines, parts, work);
                parts.serving().ifPresent(serving -> servingAt.complete(serving.url()));
                done = watch(flow, parts);
            }
            flow.requireHealthy();
            print((done ? "done    | " : "stopped | ") + flow.describe());
            if (flow.feed().isPresent()) {
                after(before, work, flow.feed().get()).write(workspace.state());
            }
            long acknowledged = flow.feed().map(Feed::acknowledged).orElse(0L);
            if (!done || parts.storing().isEmpty()) {
                return OK;
            }
            parts.closeStores(); // the audit opens the files itself
            return audit(workspace, broker.bootstrapServers(), pipelines, acknowledged);
        }
    }

    private int audit(Workspace workspace, String bootstrapServers, List<Pipeline> pipelines, long acknowledged) {
        AuditReport report = Audit.run(Topology.auditPlan(bootstrapServers, pipelines, workspace, acknowledged));
        print(report.toString());
        return report.holds() ? OK : FAILED;
    }

    private Feed.Work work(RunState before) {
        long from = before.nextSequence(options.seed());
        boolean lines = options.input().isPresent() || !before.earthquakesSent();
        return new Feed.Work(
                new EventGenerator(options.seed()),
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

    private void introduce(Workspace workspace, Broker broker, List<Pipeline> pipelines, Parts parts, Feed.Work work) {
        String fate = workspace.temporary() ? " (deleted at the end; --data keeps it)" : "";
        print(String.format(
                Locale.ROOT,
                "Ready after %.1f s as %s.",
                elapsed().toMillis() / 1000.0,
                Role.describe(options.roles())));
        print("  data       " + workspace.directory() + fate);
        print("  kafka      " + broker.bootstrapServers());
        parts.serving().ifPresent(serving -> print("  dashboard  " + serving.url()));
        if (options.has(Role.PROCESS)) {
            pipelines.forEach(pipeline -> print("  " + pipeline.describe().replace("\n", "\n  ")));
        }
        if (options.has(Role.INGEST)) {
            String rate = options.rate() == Options.AS_FAST_AS_POSSIBLE
                    ? "as fast as possible"
                    : String.format(Locale.ROOT, "%,d records a second", options.rate());
            print(
                    work.isEmpty()
                            ? "There is nothing to send: the earthquakes were sent by an earlier run on this data, and --events"
                                    + " is 0."
                            : "Sending " + work + ", " + rate + ".");
        }
    }

    /** Shows how far events have come; returns whether all was done, or false if it was told to stop. */
    private boolean watch(Flow flow, Parts parts) throws InterruptedException {
        String printed = "";
        long printAtNanos = System.nanoTime();
        while (!stop.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
            flow.requireHealthy();
            boolean newlyDone = !stored.isDone() && flow.isDone();
            String progress = flow.describe();
            if (newlyDone || (System.nanoTime() >= printAtNanos && !progress.equals(printed))) {
                printed = progress;
                printAtNanos = System.nanoTime() + PRINT_EVERY.toNanos();
                print(String.format(Locale.ROOT, "%5d s | %s", elapsed().toSeconds(), progress));
            }
            if (newlyDone) {
                stored.complete(null);
                if (options.exitWhenDone()) {
                    return true;
                }
                invite(parts);
            }
        }
        return false;
    }

    private void invite(Parts parts) {
        print("Everything is done. Stop with Ctrl-C.");
        parts.serving().ifPresent(serving -> {
            print("Look at " + serving.url() + ", read the views, or send more to " + Topology.RAW_TOPIC + ":");
            parts.storing()
                    .orElseThrow()
                    .catalog()
                    .views()
                    .forEach(view -> print("  curl -s " + serving.url() + "/views/" + view.name()));
        });
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
