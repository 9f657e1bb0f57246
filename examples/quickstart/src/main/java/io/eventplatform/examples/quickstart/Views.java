package io.eventplatform.examples.quickstart;

import io.eventplatform.processor.sink.ViewProjection;
import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.Measure;
import io.eventplatform.storage.View;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** The views of this application, and how events count in them. */
final class Views {

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

    static final View REVENUE_PER_PLAN_PER_DAY = View.named("revenue_per_plan_per_day")
            .describedAs("Purchases by the user's plan, the currency and the day of the event in UTC")
            .groupBy(
                    Column.required("plan", ColumnType.STRING),
                    Column.required("currency", ColumnType.STRING),
                    Column.required("day", ColumnType.DATE))
            .measure(Measure.sum("revenue", ColumnType.DECIMAL), Measure.count("purchases"))
            .build();

    static final View DAILY_ACTIVE_USERS = View.named("daily_active_users")
            .describedAs("Users who looked at a page, and page views, by day of the event in UTC")
            .groupBy(Column.required("day", ColumnType.DATE))
            .measure(Measure.distinct("active_users", ColumnType.STRING), Measure.count("page_views"))
            .build();

    static final View QUAKES_PER_NETWORK = View.named("quakes_per_network")
            .describedAs("Earthquakes and the largest magnitude by seismic network")
            .groupBy(Column.required("network", ColumnType.STRING))
            .measure(Measure.count("quake_count"), Measure.max("max_magnitude", ColumnType.DOUBLE))
            .build();

    static final View QUAKES_PER_NETWORK_PER_DAY = View.named("quakes_per_network_per_day")
            .describedAs("Earthquakes and the largest magnitude by seismic network and day in UTC")
            .groupBy(Column.required("network", ColumnType.STRING), Column.required("day", ColumnType.DATE))
            .measure(Measure.count("quake_count"), Measure.max("max_magnitude", ColumnType.DOUBLE))
            .build();

    private Views() {}

    /** What a sink keeps up to date. */
    static List<ViewProjection<?>> projections() {
        return List.of(
                ViewProjection.of(ENRICHED_USER_SIGNUP, UserSignup.class)
                        .value("user_id", event -> event.payload().userId())
                        .value("last_signup_at", event -> event.processedAt().orElse(null)),
                ViewProjection.of(SIGNUPS_PER_PLAN_PER_DAY, UserSignup.class)
                        .value("plan", event -> event.payload().plan())
                        .value("day", event -> LocalDate.ofInstant(event.timestamp(), ZoneOffset.UTC)),
                ViewProjection.of(REVENUE_PER_PLAN_PER_DAY, Purchase.class)
                        .value("plan", Profiles::planOf)
                        .value("currency", event -> event.payload().currency().name())
                        .value("day", event -> LocalDate.ofInstant(event.timestamp(), ZoneOffset.UTC))
                        .value("revenue", event -> event.payload().amount()),
                ViewProjection.of(DAILY_ACTIVE_USERS, PageView.class)
                        .value("day", event -> LocalDate.ofInstant(event.timestamp(), ZoneOffset.UTC))
                        .value("active_users", event -> event.payload().userId()),
                ViewProjection.of(QUAKES_PER_NETWORK, EarthquakeReported.class)
                        .value("network", event -> event.payload().network())
                        .value(
                                "max_magnitude",
                                event -> event.payload().magnitude().orElse(null)),
                ViewProjection.of(QUAKES_PER_NETWORK_PER_DAY, EarthquakeReported.class)
                        .value("network", event -> event.payload().network())
                        .value("day", event -> LocalDate.ofInstant(event.timestamp(), ZoneOffset.UTC))
                        .value(
                                "max_magnitude",
                                event -> event.payload().magnitude().orElse(null)));
    }
}
