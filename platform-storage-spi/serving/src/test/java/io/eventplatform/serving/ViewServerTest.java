package io.eventplatform.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.aggregate.Aggregate;
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
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.View;
import io.eventplatform.storage.WriteBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ViewServerTest {

    private static final SinkId SINK = new SinkId("hot");
    private static final SourceShard P0 = new SourceShard("id-1", "signups", 0);
    private static final SourceShard P1 = new SourceShard("id-1", "signups", 1);
    private static final Instant LATE = Instant.parse("2026-01-02T10:00:00.5Z");

    private static final View SIGNUPS = View.named("signups")
            .describedAs("Sign-ups of each \"user\".")
            .groupBy(Column.required("user_id", ColumnType.STRING))
            .measure(Measure.max("last_signup_at", ColumnType.TIMESTAMP), Measure.count("signup_count"))
            .build();

    /** One measure of each type that is sent in a way of its own. */
    private static final View TYPES = View.named("types")
            .measure(
                    Measure.max("word", ColumnType.STRING),
                    Measure.max("number", ColumnType.LONG),
                    Measure.max("ratio", ColumnType.DOUBLE),
                    Measure.max("flag", ColumnType.BOOLEAN),
                    Measure.max("price", ColumnType.DECIMAL),
                    Measure.max("day", ColumnType.DATE),
                    new Measure("document", new Latest(), ColumnType.JSON))
            .build();

    private final TableStore store = new InMemoryTableStore(() -> Instant.parse("2026-03-01T08:00:00Z"));
    private final ViewServer server = ViewServer.builder(Catalog.of(store, SINK, List.of(SIGNUPS, TYPES)))
            .port(0)
            .start();
    private final Http http = new Http(server);

    @AfterEach
    void close() {
        server.close();
        store.close();
    }

    @Test
    void aViewIsReadWithItsRowsPositionsAndTime() throws Exception {
        commit(SIGNUPS, P0, 10, Row.of("ann", "id-1", 0L, LATE, 2L), Row.of("bob", "id-1", 0L, null, 1L));
        commit(SIGNUPS, P1, 7, Row.of("ann", "id-1", 1L, null, 1L));

        HttpResponse<String> response = http.get("/views/signups");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json; charset=utf-8");
        assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(response.body())
                .isEqualTo("{\"view\":\"signups\",\"asOf\":\"2026-03-01T08:00:00Z\",\"complete\":true,"
                        + "\"positions\":[{\"topic\":\"signups\",\"partition\":0,\"next\":10},"
                        + "{\"topic\":\"signups\",\"partition\":1,\"next\":7}],"
                        + "\"groups\":2,\"truncated\":false,\"rows\":[{\"user_id\":\"ann\",\"last_signup_at\":\"2026-01-02T10:00:00.500Z\",\"signup_count\":3},"
                        + "{\"user_id\":\"bob\",\"last_signup_at\":null,\"signup_count\":1}]}");
    }

    @Test
    void aViewIntoWhichNothingWasCommittedIsEmptyAndHasNoTime() throws Exception {
        store.ensureTable(SIGNUPS.table());
        store.open(SINK, Set.of(P0));

        assertThat(http.get("/views/signups").body())
                .isEqualTo("{\"view\":\"signups\",\"asOf\":null,\"complete\":false,"
                        + "\"positions\":[{\"topic\":\"signups\",\"partition\":0,\"next\":null}],"
                        + "\"groups\":0,\"truncated\":false,\"rows\":[]}");
    }

    @Test
    void eachColumnTypeHasItsJson() throws Exception {
        commitTypes("größer \u2028 \"x\"", Long.MAX_VALUE, 0.1, true, "12345678901234567890.50", "{\"a\": [1.10]}");

        assertThat(http.get("/views/types").body())
                .endsWith(
                        "\"rows\":[{\"word\":\"größer \u2028 \\\"x\\\"\",\"number\":9223372036854775807,\"ratio\":0.1,"
                                + "\"flag\":true,\"price\":\"12345678901234567890.5\",\"day\":\"2026-01-02\","
                                + "\"document\":{\"a\": [1.10]}}]}");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aDoubleThatIsNoNumberInJsonIsAString(double ratio) throws Exception {
        commitTypes("a", 1L, ratio, true, "1", "1");

        assertThat(http.get("/views/types").body()).contains("\"ratio\":\"" + ratio + "\"");
    }

    @ParameterizedTest
    @CsvSource({"1E-9,0.000000001", "1E+3,1000", "12.50,12.5", "0.00,0"})
    void aDecimalHasNeitherExponentNorTrailingZeros(String stored, String sent) throws Exception {
        commitTypes("a", 1L, 1.0, true, stored, "1");

        assertThat(http.get("/views/types").body()).contains("\"price\":\"" + sent + "\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|{}",
                "\"text\"|\"text\"",
                "{\"a\":|\"{\\\"a\\\":\"",
                "1 2|\"1 2\"",
                "\"text|\"\\\"text\"",
                "``|\"\"",
                "NaN|\"NaN\""
            })
    void jsonIsEmbeddedAndTextThatIsNotJsonIsAString(String stored, String sent) throws Exception {
        List<Row> rows = List.of(Row.of(null, null, null, null, null, null, stored));

        try (ViewServer stub = serverOf(TYPES, () -> rows)) {
            assertThat(new Http(stub).get("/views/types").body()).endsWith("\"document\":" + sent + "}]}");
        }
    }

    @Test
    void halfASurrogatePairIsReplacedAndTheAnswerStaysWhole() throws Exception {
        List<Row> rows = List.of(Row.of("a\ud83dz", null, 1L), Row.of("b\ud83d\ude00z", null, 1L));

        try (ViewServer stub = serverOf(SIGNUPS, () -> rows)) {
            assertThat(new Http(stub).get("/views/signups").body())
                    .contains("\"user_id\":\"a?z\"", "\"user_id\":\"b\ud83d\ude00z\"")
                    .endsWith("]}");
        }
    }

    @Test
    void theListNamesEachViewWithItsDescriptionColumnsMeasuresAndLinks() throws Exception {
        HttpResponse<String> response = http.get("/views");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json; charset=utf-8");
        assertThat(response.body())
                .startsWith(
                        "{\"views\":[{\"name\":\"signups\",\"description\":\"Sign-ups of each \\\"user\\\".\","
                                + "\"columns\":[{\"name\":\"user_id\",\"type\":\"string\"},"
                                + "{\"name\":\"last_signup_at\",\"type\":\"timestamp\"},"
                                + "{\"name\":\"signup_count\",\"type\":\"long\"}],\"groupBy\":[\"user_id\"],"
                                + "\"measures\":[{\"name\":\"last_signup_at\",\"aggregate\":\"max\",\"type\":\"timestamp\"},"
                                + "{\"name\":\"signup_count\",\"aggregate\":\"count\",\"type\":\"long\"}],"
                                + "\"links\":{\"rows\":\"/views/signups\",\"events\":\"/events/views/signups\"}},{\"name\":\"types\",\"description\":\"\",");
    }

    @Test
    void anUnknownViewIsNotFoundAndTheKnownOnesAreNamed() throws Exception {
        HttpResponse<String> response = http.get("/views/sign%20ups%22");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json; charset=utf-8");
        assertThat(response.body())
                .isEqualTo("{\"error\":\"unknown_view\","
                        + "\"message\":\"no view \\\"sign ups\\\"\\\"; known views: signups, types\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/index.html",
                "/events/",
                "/view",
                "/views/",
                "/views/signups/rows",
                "/views/signups%2Frows",
                "/viewsignups"
            })
    void otherPathsAreNotFound(String path) throws Exception {
        HttpResponse<String> response = http.get(path);

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body())
                .isEqualTo("{\"error\":\"not_found\",\"message\":\"there is /, /views, /views/{name}, /events,"
                        + " /events/views/{name}, /events/status, /status and /openapi.json\"}");
    }

    @ParameterizedTest
    @CsvSource({"POST,/views", "PUT,/views/signups", "DELETE,/views/signups", "OPTIONS,/views"})
    void onlyReadsAreAllowed(String method, String path) throws Exception {
        HttpResponse<String> response = http.send(method, path);

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).contains("GET, HEAD");
        assertThat(response.body())
                .isEqualTo("{\"error\":\"method_not_allowed\",\"message\":\"views are read with GET or HEAD\"}");
    }

    @ParameterizedTest
    @CsvSource({"/views,200", "/views/signups,200", "/views/unknown,404", "/openapi.json,200", "/status,404"})
    void headIsAnsweredLikeGetWithoutABody(String path, int status) throws Exception {
        store.ensureTable(SIGNUPS.table());

        HttpResponse<String> head = http.send("HEAD", path);

        assertThat(head.statusCode()).isEqualTo(status).isEqualTo(http.get(path).statusCode());
        assertThat(head.headers().firstValue("Content-Type")).contains("application/json; charset=utf-8");
        assertThat(head.body()).isEmpty();
    }

    @Test
    void aStoreThatFailsIsUnavailableAndItsInternalsAreNotTold() throws Exception {
        StoreException failure = new StoreException.Transient("jdbc:secret@host refused", null);

        try (ViewServer stub = serverOf(SIGNUPS, failing(failure))) {
            HttpResponse<String> response = new Http(stub).get("/views/signups");

            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.body())
                    .isEqualTo("{\"error\":\"store_unavailable\","
                            + "\"message\":\"the store did not answer; the log of the server says why\"}");
        }
    }

    @Test
    void anyOtherFailureIsInternalAndNotTold() throws Exception {
        try (ViewServer stub = serverOf(SIGNUPS, failing(new IllegalStateException("secret")))) {
            HttpResponse<String> response = new Http(stub).get("/views/signups");

            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(response.body())
                    .isEqualTo("{\"error\":\"internal\","
                            + "\"message\":\"the view could not be read; the log of the server says why\"}");
        }
    }

    @Test
    void anAnswerThatBreaksOffDoesNotLookWhole() throws Exception {
        List<Row> rows = List.of(Row.of("a word", "not a number", null, null, null, null, null));

        try (ViewServer stub = serverOf(TYPES, () -> rows)) {
            Http broken = new Http(stub);

            assertThatThrownBy(() -> broken.get("/views/types")).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.1:8080", "localhost", "LocalHost:1", "[::1]", "[::1]:65535"})
    void aLoopbackHostIsAnswered(String host) throws Exception {
        assertThat(http.raw("GET /views HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: attacker.example",
                "Host: attacker.example:8080",
                "Host: localhost.attacker.example",
                "Host: attacker.example/localhost",
                "Host: 127.0.0.1.attacker.example",
                "Host: localhost:x",
                "Host: 127.0.0.2",
                "Host: 0.0.0.0",
                "Host:",
                "Host: localhost\r\nHost: attacker.example",
                "X-Forwarded-Host: localhost"
            })
    void anyOtherHostIsForbidden(String header) throws Exception {
        assertThat(http.raw("GET /views/signups HTTP/1.1\r\n" + header + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403 ")
                .contains("{\"error\":\"forbidden_host\","
                        + "\"message\":\"the Host header must be localhost, 127.0.0.1 or [::1]\"}");
    }

    @Test
    void theAddressIsThatOfTheLoopback() {
        assertThat(server.port()).isPositive();
        assertThat(server.url()).hasToString("http://127.0.0.1:" + server.port());
    }

    @Test
    void aPortThatIsTakenIsRefusedByNumber() {
        ViewServer.Builder second =
                ViewServer.builder(Catalog.builder().build()).port(server.port());

        assertThatThrownBy(second::start)
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("cannot listen on 127.0.0.1:" + server.port()
                        + ": Address already in use; choose another port, or 0");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65_536})
    void aPortOutOfRangeIsRefused(int port) {
        ViewServer.Builder builder = ViewServer.builder(Catalog.builder().build());

        assertThatThrownBy(() -> builder.port(port))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("port must be 0 to 65535 but was " + port);
    }

    private void commitTypes(String word, long number, double ratio, boolean flag, String price, String document) {
        commit(
                TYPES,
                P0,
                1,
                Row.of(
                        "id-1",
                        0L,
                        word,
                        number,
                        ratio,
                        flag,
                        new BigDecimal(price),
                        LocalDate.of(2026, 1, 2),
                        document));
    }

    private void commit(View view, SourceShard shard, long next, Row... rows) {
        store.ensureTable(view.table());
        Position expected = store.open(SINK, Set.of(shard));
        WriteBatch batch = new WriteBatch(
                UUID.randomUUID(),
                List.of(new TableRows(view.table(), List.of(rows))),
                expected,
                Position.of(Map.of(shard, next)));
        assertThat(store.commit(SINK, batch)).isInstanceOf(CommitOutcome.Committed.class);
    }

    private static ViewServer serverOf(View view, Supplier<List<Row>> answer) {
        Catalog catalog = Catalog.of(new StubStore(answer), SINK, List.of(view));
        return ViewServer.builder(catalog).port(0).start();
    }

    private static Supplier<List<Row>> failing(RuntimeException failure) {
        return () -> {
            throw failure;
        };
    }

    /** An aggregate of one's own, of which nothing is checked but that it can be kept. */
    private static final class Latest implements Aggregate {

        @Override
        public String name() {
            return "latest";
        }

        @Override
        public @Nullable Object add(@Nullable Object accumulator, @Nullable Object value) {
            return merge(accumulator, value);
        }

        @Override
        public @Nullable Object merge(@Nullable Object left, @Nullable Object right) {
            return right == null ? left : right;
        }
    }
}
