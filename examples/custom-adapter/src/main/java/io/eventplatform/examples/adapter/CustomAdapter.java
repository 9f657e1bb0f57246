package io.eventplatform.examples.adapter;

import io.eventplatform.contract.Contracts;
import io.eventplatform.event.Event;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.processor.DedupWindow;
import io.eventplatform.processor.Health;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Runner;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.sink.StoreSink;
import io.eventplatform.processor.sink.TableProjection;
import io.eventplatform.processor.sink.ViewProjection;
import io.eventplatform.producer.EventProducer;
import io.eventplatform.storage.Catalog;
import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.Measure;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.View;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sends readings of sensors, rates them by {@link Severity}, keeps them in a {@link JournalStore} and prints how many
 * there are of each level. Every run on a directory adds the same readings as new events; run it twice and the counts
 * double.
 */
public final class CustomAdapter {

    private static final String USAGE = "Usage: java -jar custom-adapter.jar --data DIR [--bootstrap HOST:PORT]";

    private static final int READINGS = 100;
    private static final int PARTITIONS = 4;
    private static final Duration LONGEST_RUN = Duration.ofMinutes(2);

    private static final Contracts CONTRACTS = Contracts.of(SensorRead.class);

    private static final View PER_SEVERITY = View.named("readings_per_severity")
            .groupBy(Column.required("severity", ColumnType.STRING))
            .measure(Measure.count("readings"), Measure.max("max_celsius", ColumnType.DOUBLE))
            .build();

    private CustomAdapter() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> given = List.of(arguments);
        boolean complete =
                given.size() == 2 || (given.size() == 4 && given.get(2).equals("--bootstrap"));
        if (!complete || !given.get(0).equals("--data")) {
            System.err.println(USAGE);
            System.exit(2);
        }
        run(Path.of(given.get(1)), given.size() == 4 ? Optional.of(given.get(3)) : Optional.empty(), System.out);
    }

    /** One run: on the broker at {@code bootstrap}, or on one in this process that keeps its data in the directory too. */
    static void run(Path data, Optional<String> bootstrap, PrintStream out) throws IOException, InterruptedException {
        Path directory = Files.createDirectories(data);
        if (bootstrap.isPresent()) {
            run(directory, KafkaConfig.of(bootstrap.get()), out);
            return;
        }
        try (EmbeddedKafka broker = EmbeddedKafka.builder()
                .dataDirectory(directory.resolve("kafka"))
                .start()) {
            run(directory, KafkaConfig.of(broker.bootstrapServers()), out);
        }
    }

    // region run
    private static void run(Path directory, KafkaConfig kafka, PrintStream out) throws InterruptedException {
        try (TableStore store = JournalStore.open(directory)) {
            Pipeline pipeline = Pipeline.named("severity")
                    .from(Source.topic("sensor_events", CONTRACTS).deduplicatedById(DedupWindow.of(Duration.ofDays(1))))
                    .processOnly(SensorRead.class, "severity", Severity::new)
                    .to("rated_events");
            StoreSink sink = StoreSink.named("readings", "rated_events", CONTRACTS)
                    .table(TableProjection.append("readings", SensorRead.class)
                            .column("event_id", ColumnType.STRING, Event::id)
                            .column("severity", ColumnType.STRING, Severity::levelOf))
                    .view(ViewProjection.of(PER_SEVERITY, SensorRead.class)
                            .value("severity", Severity::levelOf)
                            .value("max_celsius", event -> event.payload().celsius()))
                    .into(store);
            pipeline.topics(PARTITIONS).plus(sink.topics(PARTITIONS)).createOrVerify(kafka, Duration.ofSeconds(30));

            // The same instance name in every run: a restart takes over at once from a run that was killed.
            RunnerOptions options =
                    RunnerOptions.builder().instance("custom-adapter").build();
            try (Runner rating = Runner.start(pipeline, kafka, options);
                    Runner storing = Runner.start(sink, kafka, options)) {
                awaitStored(store, send(kafka), rating, storing);
            }
            Catalog.of(store, sink.id(), sink.views())
                    .read(PER_SEVERITY.name())
                    .rows()
                    .forEach(row -> out.println(row.values()));
        }
    }
    // endregion

    /** Sends readings from 0 to 99 degrees; returns the ids of the events. */
    private static List<Object> send(KafkaConfig kafka) {
        List<Object> ids = new ArrayList<>();
        try (EventProducer producer = EventProducer.builder(kafka)
                .topic("sensor_events")
                .contracts(CONTRACTS)
                .build()) {
            for (int i = 0; i < READINGS; i++) {
                Event<SensorRead> event = Event.of(new SensorRead("sensor-" + i % 7, i));
                ids.add(event.id());
                producer.send(event).toCompletableFuture().join();
            }
        }
        return ids;
    }

    private static void awaitStored(TableStore store, List<Object> ids, Runner... runners) throws InterruptedException {
        Query query = Query.of("readings")
                .withFilter(new Query.Filter.AnyOf(
                        List.of("event_id"), ids.stream().map(List::of).toList()));
        long begun = System.nanoTime();
        while (count(store, query) < ids.size()) {
            for (Runner runner : runners) {
                if (runner.health() instanceof Health.Failed failed) {
                    throw new IllegalStateException("A runner has stopped: " + failed.cause(), failed.cause());
                }
            }
            if (System.nanoTime() - begun > LONGEST_RUN.toNanos()) {
                throw new IllegalStateException("Not everything was stored within " + LONGEST_RUN
                        + "; the topics *.dlt hold what was refused.");
            }
            Thread.sleep(20);
        }
    }

    private static long count(TableStore store, Query query) {
        long rows = 0;
        try (Cursor cursor = store.query(query)) {
            while (cursor.hasNext()) {
                cursor.next();
                rows++;
            }
        }
        return rows;
    }
}
