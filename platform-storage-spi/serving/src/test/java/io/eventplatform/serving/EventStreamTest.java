package io.eventplatform.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.storage.Catalog;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.StoreException;
import io.eventplatform.telemetry.PlatformStatus;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class EventStreamTest {

    private static final String DAY = "2026-01-05";
    private static final String NOON = "2026-01-05T12:00:00Z";

    private final Sales sales = new Sales();

    @AfterEach
    void close() {
        sales.close();
    }

    @Test
    void aStreamBeginsWithTheViewAsItIsAndTellsEachChange() throws Exception {
        sales.sold(DAY, "north", 1, "2.50", NOON);

        try (ViewServer server = server().start();
                Events events = Events.open(server, "/events/views/sales")) {
            assertThat(events.response().statusCode()).isEqualTo(200);
            assertThat(events.response().headers().firstValue("Content-Type"))
                    .contains("text/event-stream; charset=utf-8");
            assertThat(events.line()).isEqualTo("retry: 2000");
            assertThat(events.next())
                    .isEqualTo("view " + new Http(server).get("/views/sales").body());

            sales.sold(DAY, "north", 2, "5", NOON);

            assertThat(events.next()).startsWith("view {\"view\":\"sales\",").contains("\"n\":2,\"revenue\":\"5\"");
        }
    }

    @Test
    void nothingIsToldWhileNothingChanges() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        AtomicReference<String> shop = new AtomicReference<>("north");
        StubStore store = new StubStore(() -> {
            reads.incrementAndGet();
            return List.of(Row.of(LocalDate.parse(DAY), shop.get(), 1L, null, null));
        });

        try (ViewServer server = server(store).start();
                Events events = Events.open(server, "/events/views/sales")) {
            assertThat(events.next()).contains("north");
            int before = reads.get();
            while (reads.get() < before + 3) {
                Thread.onSpinWait();
            }
            shop.set("south");

            assertThat(events.next()).contains("south");
        }
    }

    @Test
    void aViewIsReadOnceForAllWhoFollowIt() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        StubStore store = new StubStore(
                () -> List.of(Row.of(LocalDate.parse(DAY), "north", (long) reads.incrementAndGet(), null, null)));

        try (ViewServer server = server(store).start();
                Events one = Events.open(server, "/events/views/sales");
                Events other = Events.open(server, "/events/views/sales?limit=1000")) {
            one.next();
            other.next();
            List<String> told = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                told.add(String.valueOf(one.next()));
            }

            // Every read gives another row, so streams that were read for apart would never be told the same.
            String same = String.valueOf(other.next());
            while (!told.contains(same)) {
                same = String.valueOf(other.next());
            }
        }
    }

    @Test
    void aStreamTakesTheParametersOfItsView() throws Exception {
        sales.sold(DAY, "north", 1, "2.50", NOON);
        sales.sold(DAY, "south", 4, "1", NOON);

        try (ViewServer server = server().start();
                Events events = Events.open(server, "/events/views/sales?group=shop&order=-n&limit=1")) {
            assertThat(events.next())
                    .contains("\"groups\":2,\"truncated\":true,\"rows\":[{\"shop\":\"south\",\"n\":4,");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/events/views/unknown,404,unknown_view",
        "/events/views/sales?limit=none,400,bad_parameter",
        "/events/status,404,no_status"
    })
    void whatCannotBeFollowedIsRefusedLikeWhatCannotBeRead(String path, int status, String error) throws Exception {
        try (ViewServer server = server().start()) {
            HttpResponse<String> response = new Http(server).get(path);

            assertThat(response.statusCode()).isEqualTo(status);
            assertThat(response.body()).startsWith("{\"error\":\"" + error + "\"");
        }
    }

    @Test
    void theStatusIsFollowedToo() throws Exception {
        AtomicReference<PlatformStatus> status =
                new AtomicReference<>(new PlatformStatus(Instant.EPOCH, List.of(), List.of()));

        try (ViewServer server = server().status(status::get).start();
                Events events = Events.open(server, "/events/status")) {
            assertThat(events.next())
                    .isEqualTo("status " + new Http(server).get("/status").body());
            status.set(new PlatformStatus(Instant.EPOCH.plusSeconds(1), List.of(), List.of()));

            assertThat(events.next()).startsWith("status {\"asOf\":\"1970-01-01T00:00:01Z\"");
        }
    }

    @Test
    void oneStreamTellsTheStatusAndAllViews() throws Exception {
        sales.sold(DAY, "north", 1, "2.50", NOON);
        PlatformStatus status = new PlatformStatus(Instant.EPOCH, List.of(), List.of());

        try (ViewServer server = server().status(() -> status).start();
                Events events = Events.open(server, "/events")) {
            assertThat(events.next()).startsWith("status {");
            assertThat(events.next()).startsWith("view {\"view\":\"sales\"");
        }
    }

    @Test
    void aViewThatCannotBeReadIsToldToBeUnavailableAndThenToldAgain() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        StubStore store = new StubStore(() -> {
            if (broken.get()) {
                throw new StoreException.Transient("secret", null);
            }
            return List.of();
        });

        try (ViewServer server = server(store).start();
                Events events = Events.open(server, "/events/views/sales")) {
            assertThat(events.next())
                    .isEqualTo("unavailable {\"name\":\"sales\",\"error\":\"store_unavailable\","
                            + "\"message\":\"it could not be read; the log of the server says why\"}");
            broken.set(false);

            assertThat(events.next()).startsWith("view {");
        }
    }

    @Test
    void streamsDoNotTakeTheThreadsOfRequestsAndOneMoreThanMayBeOpenIsRefused() throws Exception {
        try (ViewServer server = server().threads(1).streams(2).start();
                Events one = Events.open(server, "/events");
                Events two = Events.open(server, "/events")) {
            one.next();
            two.next();

            HttpResponse<String> refused = new Http(server).get("/events");

            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).contains("5");
            assertThat(refused.body()).startsWith("{\"error\":\"too_many_streams\"");
        }
    }

    @Test
    void theStreamOfAClientThatWentAwayMakesRoom() throws Exception {
        try (ViewServer server = server().streams(1).start()) {
            try (Events gone = Events.open(server, "/events")) {
                gone.next();
            }

            int status = 503;
            for (int n = 1; status == 503; n++) {
                sales.sold(DAY, "north", n, "1", NOON);
                status = statusOfOneMore(server);
            }
            assertThat(status).isEqualTo(200);
        }
    }

    @Test
    void aClientThatDoesNotReadHoldsUpNoOtherAndIsCutOff() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        // More than the buffers of a connection hold.
        StubStore store = new StubStore(() -> List.of(
                Row.of(LocalDate.parse(DAY), "a".repeat(5_000_000), (long) reads.incrementAndGet(), null, null)));

        try (ViewServer server = server(store)
                        .threads(1)
                        .streams(2)
                        .streamStall(Duration.ofSeconds(1))
                        .start();
                Socket stalled = new Http(server).open("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
                Events reading = Events.open(server, "/events")) {
            assertThat(reading.next()).startsWith("view {");
            assertThat(reading.next()).startsWith("view {");

            // Room for one more is only once the stalled one is gone.
            while (statusOfOneMore(server) == 503) {
                assertThat(reading.next()).startsWith("view {");
            }
        }
    }

    private static int statusOfOneMore(ViewServer server) throws IOException {
        try (Socket socket = new Http(server).open("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
            byte[] line = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
            return Integer.parseInt(new String(line, StandardCharsets.US_ASCII).substring(9));
        }
    }

    @Test
    void closingTheServerEndsItsStreams() throws Exception {
        ViewServer server = server().start();
        try (Events events = Events.open(server, "/events/views/sales")) {
            events.next();

            server.close();

            assertThat(endOf(events)).isTrue();
        }
    }

    private static boolean endOf(Events events) {
        try {
            return events.next() == null;
        } catch (IOException brokenOff) {
            return false;
        }
    }

    private ViewServer.Builder server() {
        return ViewServer.builder(sales.catalog()).port(0).eventInterval(Duration.ofMillis(20));
    }

    private static ViewServer.Builder server(StubStore store) {
        return ViewServer.builder(Catalog.of(store, new SinkId("hot"), List.of(Sales.VIEW)))
                .port(0)
                .eventInterval(Duration.ofMillis(20));
    }
}
