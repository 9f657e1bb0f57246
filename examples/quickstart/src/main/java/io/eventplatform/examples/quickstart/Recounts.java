package io.eventplatform.examples.quickstart;

import io.eventplatform.examples.quickstart.audit.AuditPlan.Recount;
import java.util.List;

/** The views once more, as a query of the tables. */
final class Recounts {

    static final List<Recount> ALL = List.of(
            new Recount(
                    "enriched_user_signup",
                    "SELECT user_id, max(last_signup_at), sum(signup_count)::BIGINT FROM enriched_user_signup_g1"
                            + " GROUP BY ALL",
                    "SELECT user_id, max(processed_at), count(*) FROM user_signups GROUP BY ALL"),
            new Recount(
                    "signups_per_plan_per_day",
                    "SELECT plan, day, sum(signups)::BIGINT FROM signups_per_plan_per_day_g1 GROUP BY ALL",
                    "SELECT plan, timestamp::DATE, count(*) FROM user_signups GROUP BY ALL"),
            new Recount(
                    "revenue_per_plan_per_day",
                    "SELECT plan, currency, day, sum(revenue), sum(purchases)::BIGINT"
                            + " FROM revenue_per_plan_per_day_g1 GROUP BY ALL",
                    "SELECT plan, currency, timestamp::DATE, sum(amount), count(*) FROM purchases GROUP BY ALL"),
            new Recount(
                    "daily_active_users",
                    "SELECT day, count(DISTINCT nullif(_member, '')), sum(page_views)::BIGINT"
                            + " FROM daily_active_users_g1 GROUP BY ALL",
                    "SELECT timestamp::DATE, count(DISTINCT user_id), count(*) FROM page_views GROUP BY ALL"),
            new Recount(
                    "quakes_per_network",
                    "SELECT network, sum(quake_count)::BIGINT, max(max_magnitude) FROM quakes_per_network_g1"
                            + " GROUP BY ALL",
                    "SELECT network, count(*), max(magnitude) FROM earthquakes GROUP BY ALL"),
            new Recount(
                    "quakes_per_network_per_day",
                    "SELECT network, day, sum(quake_count)::BIGINT, max(max_magnitude)"
                            + " FROM quakes_per_network_per_day_g1 GROUP BY ALL",
                    "SELECT network, timestamp::DATE, count(*), max(magnitude) FROM earthquakes GROUP BY ALL"));

    private Recounts() {}
}
