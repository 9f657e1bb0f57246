package io.eventplatform.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.eventplatform.storage.Catalog;
import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.InMemoryTableStore;
import io.eventplatform.storage.Measure;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.View;
import io.eventplatform.storage.WriteBatch;
import io.eventplatform.telemetry.DeadLetterSummary;
import io.eventplatform.telemetry.PlatformStatus;
import io.eventplatform.telemetry.StageStatus;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The live page in a real browser; pictures of it are left in {@code target}. */
@Timeout(120)
class DashboardTest {

    private static final SinkId SINK = new SinkId("hot");
    private static final SourceShard SHARD = new SourceShard("id-1", "visits", 0);

    private static final View PAGES = View.named("visits_per_page")
            .describedAs("How often each page was visited, and when last.")
            .groupBy(Column.required("page", ColumnType.STRING))
            .measure(Measure.count("visits"), Measure.max("last_visit_at", ColumnType.TIMESTAMP))
            .build();
    private static final View HOURS = View.named("visits_per_hour")
            .describedAs("Visits of all pages by hour.")
            .groupBy(Column.required("hour", ColumnType.TIMESTAMP))
            .measure(Measure.count("visits"))
            .build();
    private static final View SALES = View.named("sales_per_day_and_plan")
            .describedAs("Revenue by day and plan.")
            .groupBy(Column.required("day", ColumnType.DATE), Column.required("plan", ColumnType.STRING))
            .measure(Measure.sum("revenue", ColumnType.DECIMAL), Measure.count("orders"))
            .build();
    private static final View TOTALS = View.named("totals")
            .describedAs("Everything there ever was.")
            .measure(Measure.count("visits"))
            .build();

    private final TableStore store = new InMemoryTableStore(Instant::now);
    private final AtomicLong committed = new AtomicLong(10_000);
    private final ViewServer server = ViewServer.builder(Catalog.of(store, SINK, List.of(PAGES, HOURS, SALES, TOTALS)))
            .port(0)
            .eventInterval(Duration.ofMillis(100))
            .status(this::status)
            .start();

    private long next = 1;

    /** Left alone: a browser that was killed may write to it a moment longer. */
    @TempDir(cleanup = CleanupMode.NEVER)
    private Path profile;

    @BeforeEach
    void fill() {
        List<Row> pages = new ArrayList<>();
        for (int i = 1; i <= 34; i++) {
            pages.add(Row.of("/articles/" + i, "id-1", 0L, 4000L / i, Instant.parse("2026-01-05T10:00:00Z")));
        }
        pages.add(Row.of("<img src=x onerror=alert(1)>", "id-1", 0L, 5200L, Instant.parse("2026-01-05T10:00:00Z")));
        commit(PAGES, pages);
        List<Row> hours = new ArrayList<>();
        List<Row> sales = new ArrayList<>();
        for (int i = 0; i < 48; i++) {
            hours.add(Row.of(
                    Instant.parse("2026-01-04T00:00:00Z").plus(Duration.ofHours(i)),
                    "id-1",
                    0L,
                    Math.round(900 + 700 * Math.sin(i / 3.8))));
        }
        for (int day = 1; day <= 14; day++) {
            LocalDate date = LocalDate.of(2026, 1, day);
            sales.add(Row.of(date, "premium", "id-1", 0L, new BigDecimal(400 + 23 * day + 90 * (day % 3)), 12L));
            sales.add(Row.of(date, "basic", "id-1", 0L, new BigDecimal(250 + 60 * (day % 4)), 30L));
        }
        commit(HOURS, hours);
        commit(SALES, sales);
        commit(TOTALS, List.of(Row.of("id-1", 0L, 48_210L)));
    }

    @AfterEach
    void close() {
        server.close();
        store.close();
    }

    @Test
    void thePageShowsEverythingAndFollowsItWithoutReloadingOrComplaints() throws Exception {
        try (Browser browser = browser()) {
            browser.size(1280, 900);
            browser.open(server.url());
            browser.await("document.querySelectorAll('#views svg').length === 3"
                    + " && document.querySelectorAll('#stages svg').length === 3"
                    + " && document.querySelector('#view-totals tbody td')");

            assertThat(browser.eval("document.querySelector('#connection').textContent")
                            .asString())
                    .isEqualTo("live");
            assertThat(text(browser, "#view-visits_per_page .note"))
                    .contains("The chart shows the top 20 of 35 groups by visits.");
            assertThat(text(browser, "#view-visits_per_page tbody tr")).startsWith("<img src=x onerror=alert(1)>");
            assertThat(browser.eval("document.querySelectorAll('#views img').length")
                            .asInt())
                    .isZero();
            assertThat(text(browser, "#dead-letters")).contains("/total is missing", "orders-2@41");
            assertThat(text(browser, "#catalogue")).contains("sales_per_day_and_plan", "revenue (sum, decimal)");

            browser.eval("window.stayed = true");
            commit(TOTALS, List.of(Row.of("id-1", 0L, 48_211L)));
            committed.set(12_345);

            browser.await("document.querySelector('#view-totals tbody td').textContent === '48,211'");
            browser.await("document.querySelector('#stages').textContent.includes('12,345')");
            assertThat(browser.eval("window.stayed").asBoolean()).isTrue();
            assertThat(browser.problems()).isEmpty();
            pictures(browser, "desktop");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {360, 390, 768})
    void nothingIsWiderThanTheScreen(int width) throws Exception {
        try (Browser browser = browser()) {
            browser.size(width, 800);
            browser.open(server.url());
            browser.await("document.querySelectorAll('#views svg').length === 3"
                    + " && document.querySelectorAll('#stages svg').length === 3");

            assertThat(browser.eval("document.documentElement.scrollWidth").asInt())
                    .isLessThanOrEqualTo(width);
            pictures(browser, "width-" + width);
        }
    }

    @Test
    void chartsHaveNamesTablesBesideThemAndHeadingsAreInOrder() throws Exception {
        try (Browser browser = browser()) {
            browser.open(server.url());
            browser.await("document.querySelectorAll('#views svg').length === 3");

            assertThat(browser.eval(
                                    "[...document.querySelectorAll('svg')].every(svg =>"
                                            + " svg.getAttribute('role') === 'img' && svg.getAttribute('aria-label').length > 10)")
                            .asBoolean())
                    .isTrue();
            assertThat(browser.eval(
                                    "[...document.querySelectorAll('.card')].every(card => card.querySelector('table'))")
                            .asBoolean())
                    .isTrue();
            assertThat(browser.eval("[...document.querySelectorAll('h1, h2, h3')].map(h => h.tagName).join(' ')")
                            .asString())
                    .startsWith("H1 H2 H3")
                    .doesNotContain("H1 H3");
        }
    }

    @Test
    void withATokenThePageIsOpenedOnceWithItAndTheAddressForgetsIt() throws Exception {
        try (ViewServer secured = ViewServer.builder(Catalog.of(store, SINK, List.of(TOTALS)))
                        .port(0)
                        .token("a-long-enough-secret")
                        .start();
                Browser browser = browser()) {
            browser.open(URI.create(secured.url() + "/?token=a-long-enough-secret"));
            browser.await("document.querySelector('#view-totals tbody td')");

            assertThat(browser.eval("location.href").asString()).isEqualTo(secured.url() + "/");
            assertThat(browser.eval("document.cookie").asString()).isEmpty();
            assertThat(text(browser, "#stages")).contains("started without a status");
            assertThat(browser.problems()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/,text/html; charset=utf-8",
        "/dashboard.js,text/javascript; charset=utf-8",
        "/charts.js,text/javascript; charset=utf-8",
        "/dashboard.css,text/css; charset=utf-8",
        "/icon.svg,image/svg+xml"
    })
    void itsFilesComeWithHeadersThatLetNothingElseIn(String path, String type) throws Exception {
        HttpResponse<String> response = new Http(server).get(path);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains(type);
        assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(response.headers().firstValue("Content-Security-Policy"))
                .contains("default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        assertThat(response.body()).doesNotContain("style=", "onclick", "innerHTML", "https://");
    }

    private Browser browser() throws Exception {
        Optional<Path> program = Browser.program();
        assumeTrue(
                program.isPresent(),
                "the live page is not tested, since there is no Chromium: install it (Debian: apt-get install -y chromium),"
                        + " or name the program in the environment variable CHROMIUM");
        return Browser.start(program.orElseThrow(), profile);
    }

    private static String text(Browser browser, String selector) throws Exception {
        return browser.eval("document.querySelector('" + selector + "').textContent")
                .asString();
    }

    private static void pictures(Browser browser, String name) throws Exception {
        Path directory = Files.createDirectories(Path.of("target", "dashboard"));
        browser.dark(false);
        browser.screenshot(directory.resolve(name + "-light.png"));
        browser.dark(true);
        browser.screenshot(directory.resolve(name + "-dark.png"));
    }

    private PlatformStatus status() {
        Instant now = Instant.now();
        double wave = Math.sin(now.toEpochMilli() / 400.0);
        return new PlatformStatus(
                now,
                List.of(
                        new StageStatus(
                                "route-events",
                                "router",
                                List.of("raw_events"),
                                List.of("domain.user", "domain.purchase"),
                                45_120,
                                0,
                                820 + 60 * wave,
                                0,
                                "running"),
                        new StageStatus(
                                "enrich-orders",
                                "pipeline",
                                List.of("domain.purchase"),
                                List.of("enriched_events"),
                                committed.get(),
                                18,
                                310 - 45 * wave,
                                2,
                                "running"),
                        new StageStatus(
                                "hot",
                                "sink",
                                List.of("enriched_events"),
                                List.of("orders"),
                                9_000,
                                1_240,
                                0,
                                0,
                                "failed")),
                List.of(
                        new DeadLetterSummary(
                                "orders",
                                "orders.dlq",
                                2,
                                41,
                                "schema.violated",
                                "Payload does not match contract order.placed/v2: /total is missing.",
                                "enrich-orders",
                                Instant.parse("2026-01-05T10:02:11Z")),
                        new DeadLetterSummary(
                                "orders",
                                "orders.dlq",
                                0,
                                7,
                                "processing.failed",
                                "java.lang.IllegalStateException",
                                "enrich-orders",
                                Instant.parse("2026-01-05T09:58:40Z"))));
    }

    private void commit(View view, List<Row> rows) {
        store.ensureTable(view.table());
        WriteBatch batch = new WriteBatch(
                UUID.randomUUID(),
                List.of(new TableRows(view.table(), rows)),
                store.open(SINK, Set.of(SHARD)),
                Position.of(Map.of(SHARD, next++)));
        assertThat(store.commit(SINK, batch)).isInstanceOf(CommitOutcome.Committed.class);
    }
}
