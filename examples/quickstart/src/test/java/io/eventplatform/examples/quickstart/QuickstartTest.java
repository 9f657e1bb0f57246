package io.eventplatform.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.storage.TableStore;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(120)
class QuickstartTest {

    private static final String HOLDS = "The audit holds: nothing is lost, nothing is counted twice.";

    @TempDir
    Path directory;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void everyEventArrivesAndTheNextRunContinues() {
        String data = directory.resolve("data").toString();

        int first = quickstart("--events", "2000", "--rate", "0", "--port", "0", "--data", data, "--exit-when-done")
                .run();
        String firstOutput = output();
        int second = quickstart("--events", "500", "--rate", "0", "--port", "0", "--data", data, "--exit-when-done")
                .run();

        assertThat(first).as(firstOutput).isZero();
        assertThat(firstOutput)
                .contains("Sending 300 sign-ups, 1,400 page views, 300 purchases + 40 duplicates + 10 malformed"
                        + " + 8 violations (#0 to #1,999) + the earthquakes, as fast as possible.")
                .containsPattern("\\(unreadable\\) +10 += 0 +\\+ 10 +\\+ 0 +\\+ 0 ")
                .containsPattern("earthquake_reported +1,707 += 1,707 +\\+ 0 +\\+ 0 +\\+ 0 +\\| +1,707 +1,707"
                        + " +1,707, 1,707 +holds")
                .containsPattern("page_view +1,420 += 1,400 +\\+ 0 +\\+ 0 +\\+ 20 +\\| +1,400 +1,400 +1,400 +holds")
                .containsPattern("purchase +320 += 300 +\\+ 0 +\\+ 0 +\\+ 20 +\\| +300 +300 +300 +holds")
                .containsPattern("user_signup +308 += 300 +\\+ 4 +\\+ 4 +\\+ 0 +\\| +300 +300 +300, 300 +holds")
                .contains(HOLDS);
        assertThat(second).as(output()).isZero();
        assertThat(output())
                .contains(
                        "Sending 75 sign-ups, 350 page views, 75 purchases + 10 duplicates + 2 malformed + 2 violations"
                                + " (#2,000 to #2,499),")
                .containsPattern("earthquake_reported +1,707 ")
                .containsPattern("user_signup +385 += 375 +\\+ 5 +\\+ 5 +\\+ 0 ")
                .contains(HOLDS);
    }

    @Test
    void theViewsAreServedUntilItIsStopped() throws Exception {
        Quickstart quickstart = quickstart("--events", "1000", "--rate", "0", "--port", "0");
        CompletableFuture<Integer> exitCode = CompletableFuture.supplyAsync(quickstart::run);

        String views = quickstart.servingAt().toCompletableFuture().get(60, TimeUnit.SECONDS) + "/views";
        quickstart.stored().toCompletableFuture().get(60, TimeUnit.SECONDS);
        JsonNode networks = get(views + "/quakes_per_network");
        JsonNode plans = get(views + "/signups_per_plan_per_day");
        JsonNode users = get(views + "/enriched_user_signup");
        JsonNode active = get(views + "/daily_active_users");
        JsonNode revenue = get(views + "/revenue_per_plan_per_day");
        quickstart.stop();

        assertThat(exitCode.get(60, TimeUnit.SECONDS)).as(output()).isZero();
        assertThat(networks.get("asOf").stringValue()).startsWith("20");
        assertThat(sum(networks, "quake_count")).isEqualTo(1_707);
        assertThat(networks.get("rows").get(0).get("network").stringValue()).isEqualTo("ak");
        assertThat(networks.get("rows").get(0).get("max_magnitude").doubleValue())
                .isEqualTo(4.8);
        assertThat(sum(plans, "signups")).isEqualTo(150);
        assertThat(sum(users, "signup_count")).isEqualTo(150);
        assertThat(sum(active, "page_views")).isEqualTo(700);
        assertThat(sum(active, "active_users")).isBetween(400L, 700L);
        assertThat(sum(revenue, "purchases")).isEqualTo(150);
        assertThat(users.get("rows").get(0).get("last_signup_at").stringValue()).startsWith("20");
        assertThat(output())
                .contains("curl -s " + views + "/quakes_per_network")
                .doesNotContain("audit");
    }

    @Test
    void linesOfAFileAreSentAsTheyAre() throws Exception {
        Path file = Files.writeString(directory.resolve("events.ndjson"), """
                {"event_id":"a","event_type":"user_signup","schema_version":"v1","timestamp":"2026-11-23T10:15:30Z",\
                "user_id":"u1","plan":"free","metadata":{}}
                this is not an event

                {"event_id":"b","event_type":"user_left","schema_version":"v1","timestamp":"2026-11-23T10:15:30Z"}
                {"event_id":"a","event_type":"user_signup","schema_version":"v1","timestamp":"2026-11-23T10:15:31Z",\
                "user_id":"u1","plan":"pro","metadata":{}}
                """);

        int exitCode = quickstart("--input", file.toString(), "--port", "0", "--exit-when-done")
                .run();

        assertThat(exitCode).as(output()).isZero();
        assertThat(output())
                .contains("Sending no generated events + the lines of " + file)
                .containsPattern("\\(unreadable\\) +1 += 0 +\\+ 1 +\\+ 0 +\\+ 0 ")
                .containsPattern("user_left +1 += 0 +\\+ 1 +\\+ 0 +\\+ 0 ")
                .containsPattern("user_signup +2 += 1 +\\+ 0 +\\+ 0 +\\+ 1 +\\| +1 +1 +1, 1 ")
                .contains(HOLDS);
    }

    @ParameterizedTest
    @EnumSource(BrokenStore.Fault.class)
    void aSinkThatLosesOrDoublesARowIsFoundOut(BrokenStore.Fault fault) {
        int exitCode = quickstart(
                        store -> new BrokenStore(store, fault),
                        "--events",
                        "2000",
                        "--rate",
                        "0",
                        "--port",
                        "0",
                        "--exit-when-done")
                .run();

        assertThat(exitCode).as(output()).isEqualTo(1);
        assertThat(output())
                .contains(fault.complaint())
                .contains("The audit does not hold.")
                .doesNotContain(HOLDS);
    }

    @Test
    void aPortThatIsTakenIsSaid() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int exitCode =
                    quickstart("--port", Integer.toString(taken.getLocalPort())).run();

            assertThat(exitCode).isEqualTo(1);
            assertThat(output())
                    .contains("quickstart: cannot listen on 127.0.0.1:" + taken.getLocalPort())
                    .contains("choose another port, or 0 with --port");
        }
    }

    @Test
    void aDataDirectoryThatIsInUseIsSaid() throws Exception {
        String data = directory.resolve("data").toString();
        Quickstart holder = quickstart("--events", "0", "--port", "0", "--data", data);
        CompletableFuture<Integer> exitCode = CompletableFuture.supplyAsync(holder::run);
        holder.servingAt().toCompletableFuture().get(60, TimeUnit.SECONDS);

        int second = quickstart("--port", "0", "--data", data).run();
        String message = output();
        holder.stop();

        assertThat(second).isEqualTo(1);
        assertThat(message).contains("quickstart: ").contains("hot.duckdb");
        assertThat(exitCode.get(60, TimeUnit.SECONDS)).isZero();
    }

    private Quickstart quickstart(String... arguments) {
        return quickstart(UnaryOperator.identity(), arguments);
    }

    private Quickstart quickstart(UnaryOperator<TableStore> decorator, String... arguments) {
        printed.reset();
        PrintStream stream = new PrintStream(printed, true, UTF_8);
        return new Quickstart(Options.parse(arguments), Optional.empty(), decorator, stream, stream);
    }

    private String output() {
        return printed.toString(UTF_8);
    }

    private static JsonNode get(String url) throws Exception {
        var response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.builder().build().readTree(response.body());
    }

    private static long sum(JsonNode view, String column) {
        long sum = 0;
        for (JsonNode row : view.get("rows")) {
            sum += row.get(column).longValue();
        }
        return sum;
    }
}
