package io.eventplatform.examples.quickstart;

import io.eventplatform.contract.Contracts;
import io.eventplatform.event.Event;
import io.eventplatform.examples.quickstart.audit.AuditPlan;
import io.eventplatform.examples.quickstart.audit.AuditPlan.Counter;
import io.eventplatform.examples.quickstart.audit.AuditPlan.StoredType;
import io.eventplatform.kafka.TopicPlan;
import io.eventplatform.processor.CachedReference;
import io.eventplatform.processor.DedupWindow;
import io.eventplatform.processor.Enrich;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.StampProcessedAt;
import io.eventplatform.processor.sink.StoreSink;
import io.eventplatform.processor.sink.TableProjection;
import io.eventplatform.processor.sink.ViewProjection;
import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.Measure;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.View;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/**
 * What this application declares: its contracts, the pipeline from topic to topic, the tables and views in the store.
 *
 * <pre>
 * raw_events ─► enrichment: dedup ─► profile (sign-ups) ─► processed_at ─► enriched_events ─► hot: tables and views
 * </pre>
 */
final class Topology {

    static final String RAW_TOPIC = "raw_events";
    static final String ENRICHED_TOPIC = "enriched_events";
    static final int PARTITIONS = 4;

    static final Contracts CONTRACTS = Contracts.of(UserSignup.class, EarthquakeReported.class);

    /**
     * Ten years, because the window runs on event time and the earthquakes are of 2018: one event of today in a
     * partition moves its clock by years, and a shorter window would forget the ids of 2018 at once. A second report of
     * such an earthquake would then pass, and the audit, which expects every repeated id to be dropped, would not hold.
     */
    private static final DedupWindow DEDUP_WINDOW = DedupWindow.of(Duration.ofDays(3653));

    static final View ENRICHED_USER_SIGNUP = View.named("enriched_user_signup")
            .describedAs("When a sign-up of each user was last processed, and how many there are")
            .groupBy(Column.required("user_id", ColumnType.STRING))
            .measure(Measure.max("last_signup_at", ColumnType.TIMESTAMP), Measure.count("signup_count"))
            .build();

    static final View SIGNUPS_PER_PLAN_PER_DAY = View.named("signups_per_plan_per_day")
            .describedAs("Sign-ups by plan and day of the event in UTC")
            .groupBy(Column.required("plan", ColumnType.STRING), Column.required("day", ColumnType.DATE))
            .measure(Measure.count("signups"))
            .build();

    static final View QUAKES_PER_NETWORK = View.named("quakes_per_network")
            .describedAs("Earthquakes and the largest magnitude by seismic network")
            .groupBy(Column.required("network", ColumnType.STRING))
            .measure(Measure.count("quake_count"), Measure.max("max_magnitude", ColumnType.DOUBLE))
            .build();

    private Topology() {}

    /** Drops repeated events, adds the user's profile to sign-ups, and says when each event was processed. */
    static Pipeline pipeline(InstantSource clock) {
        CachedReference<String, Map<String, Object>> profiles = Profiles.cached();
        return Pipeline.named("enrichment")
                .from(Source.topic(RAW_TOPIC, CONTRACTS).deduplicatedById(DEDUP_WINDOW))
                .processOnly(
                        UserSignup.class,
                        Profiles.NAME,
                        () -> Enrich.with(
                                Profiles.NAME, signup -> signup.payload().userId(), profiles))
                .process("processed_at", () -> new StampProcessedAt<>(clock))
                .to(ENRICHED_TOPIC);
    }

    /** Keeps events in tables, without the personal e-mail address, and counts them in views. */
    static StoreSink sink(TableStore store) {
        return StoreSink.named("hot", ENRICHED_TOPIC, CONTRACTS)
                .table(TableProjection.append("user_signups", UserSignup.class)
                        .column("event_id", ColumnType.STRING, Event::id)
                        .column("timestamp", ColumnType.TIMESTAMP, Event::timestamp)
                        .column("user_id", ColumnType.STRING, event -> event.payload()
                                .userId())
                        .column("plan", ColumnType.STRING, event -> event.payload()
                                .plan())
                        .optionalColumn("company", ColumnType.STRING, Profiles::companyOf)
                        .column("processed_at", ColumnType.TIMESTAMP, event -> event.processedAt()
                                .orElseThrow()))
                .table(TableProjection.append("earthquakes", EarthquakeReported.class)
                        .column("event_id", ColumnType.STRING, Event::id)
                        .column("timestamp", ColumnType.TIMESTAMP, Event::timestamp)
                        .column("network", ColumnType.STRING, event -> event.payload()
                                .network())
                        .column("place", ColumnType.STRING, event -> event.payload()
                                .place())
                        .column("longitude", ColumnType.DOUBLE, event -> event.payload()
                                .longitude())
                        .column("latitude", ColumnType.DOUBLE, event -> event.payload()
                                .latitude())
                        .column("depth_km", ColumnType.DOUBLE, event -> event.payload()
                                .depthKm())
                        .optionalColumn("magnitude", ColumnType.DOUBLE, event -> event.payload()
                                .magnitude()
                                .orElse(null))
                        .column("reported_at", ColumnType.TIMESTAMP, event -> event.payload()
                                .reportedAt())
                        .column("processed_at", ColumnType.TIMESTAMP, event -> event.processedAt()
                                .orElseThrow()))
                .view(ViewProjection.of(ENRICHED_USER_SIGNUP, UserSignup.class)
                        .value("user_id", event -> event.payload().userId())
                        .value("last_signup_at", event -> event.processedAt().orElse(null)))
                .view(ViewProjection.of(SIGNUPS_PER_PLAN_PER_DAY, UserSignup.class)
                        .value("plan", event -> event.payload().plan())
                        .value("day", event -> LocalDate.ofInstant(event.timestamp(), ZoneOffset.UTC)))
                .view(ViewProjection.of(QUAKES_PER_NETWORK, EarthquakeReported.class)
                        .value("network", event -> event.payload().network())
                        .value(
                                "max_magnitude",
                                event -> event.payload().magnitude().orElse(null)))
                .into(store);
    }

    /** Every topic of both. */
    static TopicPlan topics(Pipeline pipeline, StoreSink sink) {
        return pipeline.topics(PARTITIONS).plus(sink.topics(PARTITIONS));
    }

    /** Where events stand, for the audit, which knows nothing of all this. */
    static AuditPlan auditPlan(String bootstrapServers, Pipeline pipeline, Path database) {
        return new AuditPlan(
                bootstrapServers,
                RAW_TOPIC,
                pipeline.deadLetterTopic(),
                ENRICHED_TOPIC,
                database,
                List.of(
                        new StoredType(
                                "user_signup",
                                "user_signups",
                                List.of(
                                        new Counter("enriched_user_signup_g1", "signup_count"),
                                        new Counter("signups_per_plan_per_day_g1", "signups"))),
                        new StoredType(
                                "earthquake_reported",
                                "earthquakes",
                                List.of(new Counter("quakes_per_network_g1", "quake_count")))));
    }
}
