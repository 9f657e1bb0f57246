package io.eventplatform.examples.quickstart;

import io.eventplatform.contract.Contract;
import io.eventplatform.contract.Contracts;
import io.eventplatform.event.Event;
import io.eventplatform.examples.quickstart.audit.AuditPlan;
import io.eventplatform.examples.quickstart.audit.AuditPlan.Counter;
import io.eventplatform.examples.quickstart.audit.AuditPlan.Station;
import io.eventplatform.examples.quickstart.audit.AuditPlan.StoredType;
import io.eventplatform.kafka.TopicPlan;
import io.eventplatform.processor.CachedReference;
import io.eventplatform.processor.DedupWindow;
import io.eventplatform.processor.Enrich;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.StampProcessedAt;
import io.eventplatform.processor.Steps;
import io.eventplatform.processor.sink.StoreSink;
import io.eventplatform.processor.sink.TableProjection;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.View;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What this application declares: its contracts, and the pipelines and sinks between its topics.
 *
 * <pre>
 *                          ┌► domain.user ─────► user:     dedup ► profile ► processed_at ─┐
 * raw_events ► router ─────┼► domain.purchase ─► purchase: dedup ► profile ► processed_at ─┼► enriched_events
 *                          ├► domain.web ──────► web:      dedup ► processed_at ───────────┤        │
 *                          └► domain.sensor ───► sensor:   dedup ► processed_at ───────────┘        ▼
 *                                                        hot: {@link Tables}, {@link Views}; lake: {@link Tables}
 * </pre>
 */
final class Topology {

    static final String RAW_TOPIC = "raw_events";
    static final String ENRICHED_TOPIC = "enriched_events";
    static final int PARTITIONS = 4;

    /** The name of the sink that fills tables and views. */
    static final String HOT = "hot";

    static final Contracts CONTRACTS =
            Contracts.of(UserSignup.class, PageView.class, Purchase.class, EarthquakeReported.class);

    /** Sends each event to the topic of its domain, and what is none to the dead letters. */
    static final Pipeline ROUTER =
            Pipeline.named("router").from(Source.topic(RAW_TOPIC, CONTRACTS)).toDomains();

    /**
     * Ten years, because the window runs on event time and the earthquakes are of 2018: one event of today in a
     * partition moves its clock by years, and a shorter window would forget the ids of 2018 at once. A second report of
     * such an earthquake would then pass, and the audit, which expects every repeated id to be dropped, would not hold.
     */
    private static final DedupWindow DEDUP_WINDOW = DedupWindow.of(Duration.ofDays(3653));

    private Topology() {}

    /** Keeps the events of one type for ever, in the lake. */
    static StoreSink lake(TableProjection<?> table, TableStore store) {
        return StoreSink.named("lake-" + Contract.of(table.type()).type(), ENRICHED_TOPIC, CONTRACTS)
                .table(table)
                .into(store);
    }

    /** Where in the lake they are: {@code user.user_signup}. */
    static String lakeDirectory(TableProjection<?> table) {
        Contract<?> contract = Contract.of(table.type());
        return contract.domain() + "." + contract.type();
    }

    /** All pipelines, in the order in which an event passes them. */
    static List<Pipeline> pipelines(InstantSource clock) {
        return Stream.concat(Stream.of(ROUTER), enrichments(clock).stream()).toList();
    }

    /** A pipeline for each domain: drops repeated events, adds what is known of the user, says when it was processed. */
    private static List<Pipeline> enrichments(InstantSource clock) {
        CachedReference<String, Map<String, Object>> profiles = Profiles.cached();
        return List.of(
                stamped(profiled(domain("user"), UserSignup.class, UserSignup::userId, profiles), clock),
                stamped(profiled(domain("purchase"), Purchase.class, Purchase::userId, profiles), clock),
                stamped(domain("web"), clock),
                stamped(domain("sensor"), clock));
    }

    private static Steps<Record, Pipeline> domain(String domain) {
        return Pipeline.named(domain)
                .from(Source.topic("domain." + domain, CONTRACTS).deduplicatedById(DEDUP_WINDOW));
    }

    private static <T extends Record> Steps<Record, Pipeline> profiled(
            Steps<Record, Pipeline> steps,
            Class<T> type,
            Function<T, String> userId,
            CachedReference<String, Map<String, Object>> profiles) {
        return steps.processOnly(
                type,
                Profiles.NAME,
                () -> Enrich.with(Profiles.NAME, (Event<T> event) -> userId.apply(event.payload()), profiles));
    }

    private static Pipeline stamped(Steps<Record, Pipeline> steps, InstantSource clock) {
        return steps.process("processed_at", () -> new StampProcessedAt<>(clock))
                .to(ENRICHED_TOPIC);
    }

    /** Keeps events in tables and counts them in views. */
    static StoreSink hot(TableStore store) {
        StoreSink.Builder sink = StoreSink.named(HOT, ENRICHED_TOPIC, CONTRACTS);
        Tables.all().forEach(sink::table);
        Views.projections().forEach(sink::view);
        return sink.into(store);
    }

    /** Where events stand, for the audit, which knows nothing of all this. */
    static AuditPlan auditPlan(
            String bootstrapServers, List<Pipeline> pipelines, Workspace workspace, long acknowledged) {
        List<Station> stations = pipelines.stream().flatMap(Topology::stations).toList();
        return new AuditPlan(
                bootstrapServers,
                stations.get(0),
                stations.subList(1, stations.size()),
                ENRICHED_TOPIC,
                workspace.database(),
                List.of(
                        stored(
                                Tables.USER_SIGNUPS,
                                workspace,
                                counter(Views.ENRICHED_USER_SIGNUP, "signup_count"),
                                counter(Views.SIGNUPS_PER_PLAN_PER_DAY, "signups")),
                        stored(Tables.PAGE_VIEWS, workspace, counter(Views.DAILY_ACTIVE_USERS, "page_views")),
                        stored(Tables.PURCHASES, workspace, counter(Views.REVENUE_PER_PLAN_PER_DAY, "purchases")),
                        stored(
                                Tables.EARTHQUAKES,
                                workspace,
                                counter(Views.QUAKES_PER_NETWORK, "quake_count"),
                                counter(Views.QUAKES_PER_NETWORK_PER_DAY, "quake_count"))),
                Recounts.ALL,
                acknowledged);
    }

    private static Stream<Station> stations(Pipeline pipeline) {
        return pipeline.sources().stream().map(source -> new Station(source.topic(), pipeline.deadLetterTopic(source)));
    }

    private static StoredType stored(TableProjection<?> table, Workspace workspace, Counter... views) {
        return new StoredType(
                Contract.of(table.type()).type(),
                "domain." + Contract.of(table.type()).domain(),
                table.spec().name(),
                workspace.lake().resolve(lakeDirectory(table)),
                List.of(views));
    }

    private static Counter counter(View view, String measure) {
        return new Counter(view.table().name(), measure);
    }

    /** Every topic of these. */
    static TopicPlan topics(List<Pipeline> pipelines, List<StoreSink> sinks) {
        return Stream.concat(
                        pipelines.stream().map(pipeline -> pipeline.topics(PARTITIONS)),
                        sinks.stream().map(sink -> sink.topics(PARTITIONS)))
                .reduce(TopicPlan.of(List.of()), TopicPlan::plus);
    }
}
