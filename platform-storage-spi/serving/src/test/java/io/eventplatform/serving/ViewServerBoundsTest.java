package io.eventplatform.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.storage.Catalog;
import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.Measure;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.View;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens when requests are many, slow or in the way of closing. */
@Timeout(60)
class ViewServerBoundsTest {

    private static final View VIEW = View.named("texts")
            .groupBy(Column.required("text", ColumnType.STRING))
            .measure(Measure.count("n"))
            .build();

    private static final String READ = "GET /views/texts HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private final CountDownLatch queryStarted = new CountDownLatch(1);
    private final CountDownLatch queryMayEnd = new CountDownLatch(1);
    private final CountDownLatch queryInterrupted = new CountDownLatch(1);

    @Test
    void oneRequestMoreThanMayWaitLosesItsConnection() throws Exception {
        try (ViewServer server = server(this::blockingQuery).threads(1).start()) {
            Http http = new Http(server);
            List<CompletableFuture<HttpResponse<String>>> requests = new ArrayList<>();
            for (int i = 0; i < 1 + ViewServer.QUEUED_REQUESTS + 1; i++) {
                requests.add(http.getLater("/views/texts"));
            }

            CompletableFuture<Object> firstToEnd = CompletableFuture.anyOf(requests.toArray(CompletableFuture[]::new));
            assertThatThrownBy(firstToEnd::join).hasCauseInstanceOf(IOException.class);
            queryMayEnd.countDown();

            assertThat(requests).filteredOn(request -> succeeds(request)).hasSize(1 + ViewServer.QUEUED_REQUESTS);
        }
    }

    @Test
    void aClientThatDoesNotReadItsAnswerIsCutOffAndTheNextIsServed() throws Exception {
        // More than the buffers of a connection hold.
        Supplier<List<Row>> hugeAnswer = () -> {
            queryStarted.countDown();
            return List.of(Row.of("a".repeat(20_000_000), 1L));
        };
        try (ViewServer server = server(hugeAnswer)
                        .threads(1)
                        .requestLimit(Duration.ofMillis(300))
                        .start();
                Socket stalled = new Http(server).open(READ)) {
            queryStarted.await();

            assertThat(new Http(server).get("/views").statusCode()).isEqualTo(200);
            assertThat(everythingOn(stalled)).doesNotEndWith("0\r\n\r\n");
        }
    }

    @Test
    void aClientThatSendsHalfARequestIsCutOffAndTheNextIsServed() throws Exception {
        try (ViewServer server = server(List::of)
                        .threads(1)
                        .requestLimit(Duration.ofMillis(300))
                        .start();
                Socket stalled = new Http(server).open("GET /vie")) {
            assertThat(new Http(server).get("/views").statusCode()).isEqualTo(200);

            assertThat(everythingOn(stalled)).isEmpty();
        }
    }

    @Test
    void aQueryThatTakesTooLongIsInterrupted() throws Exception {
        try (ViewServer server = server(this::blockingQuery)
                .threads(1)
                .requestLimit(Duration.ofMillis(300))
                .start()) {
            Http http = new Http(server);

            assertThatThrownBy(() -> http.get("/views/texts")).isInstanceOf(IOException.class);

            assertThat(queryInterrupted.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(http.get("/views").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void closingLetsARequestFinishAndTakesNoMore() throws Exception {
        ViewServer server = server(this::blockingQuery).start();
        Http http = new Http(server);
        CompletableFuture<HttpResponse<String>> inFlight = http.getLater("/views/texts");
        queryStarted.await();

        CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
        awaitRefusal(http);
        queryMayEnd.countDown();

        assertThat(inFlight.get().statusCode()).isEqualTo(200);
        closing.get();
        assertThatThrownBy(() -> http.get("/views")).isInstanceOf(ConnectException.class);
    }

    @Test
    void closingBreaksOffARequestThatDoesNotFinish() throws Exception {
        ViewServer server = server(this::blockingQuery).start();
        CompletableFuture<HttpResponse<String>> inFlight = new Http(server).getLater("/views/texts");
        queryStarted.await();

        server.close();

        assertThat(queryInterrupted.await(20, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(inFlight::join).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void closingAgainChangesNothingAndThePortIsFree() {
        ViewServer server = server(List::of).start();

        server.close();
        server.close();

        ViewServer.builder(Catalog.builder().build())
                .port(server.port())
                .start()
                .close();
    }

    private static ViewServer.Builder server(Supplier<List<Row>> answer) {
        Catalog catalog = Catalog.of(new StubStore(answer), new SinkId("hot"), List.of(VIEW));
        return ViewServer.builder(catalog).port(0);
    }

    private List<Row> blockingQuery() {
        queryStarted.countDown();
        try {
            queryMayEnd.await();
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            queryInterrupted.countDown();
            throw new StoreException.Transient("interrupted", e);
        }
    }

    private static void awaitRefusal(Http http) throws InterruptedException {
        try {
            while (http.get("/views").statusCode() == 200) {
                Thread.onSpinWait();
            }
        } catch (IOException refused) {
            return;
        }
        throw new AssertionError("answered, but not with 200");
    }

    private static boolean succeeds(CompletableFuture<HttpResponse<String>> request) {
        return request.handle((response, failure) -> failure == null && response.statusCode() == 200)
                .join();
    }

    /** What was sent before the connection was closed, gently or not. */
    private static String everythingOn(Socket socket) {
        try {
            return Http.readAll(socket);
        } catch (IOException reset) {
            return "";
        }
    }
}
