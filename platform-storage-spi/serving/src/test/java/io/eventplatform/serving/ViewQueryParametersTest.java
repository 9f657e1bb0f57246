package io.eventplatform.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ViewQueryParametersTest {

    private final Sales sales = new Sales();
    private final ViewServer server =
            ViewServer.builder(sales.catalog()).port(0).start();
    private final Http http = new Http(server);

    @BeforeEach
    void fill() {
        sales.sold("2026-01-05", "north", 3, "11.5", "2026-01-05T10:00:00Z");
        sales.sold("2026-01-05", "south & co", 4, "20", "2026-01-05T12:00:00Z");
        sales.sold("2026-01-06", "north", 1, "4", "2026-01-06T09:00:00Z");
    }

    @AfterEach
    void close() {
        server.close();
        sales.close();
    }

    @ParameterizedTest
    @CsvSource({
        "'',3 4 1",
        "shop=north,3 1",
        "shop=south+%26+co,4",
        "shop=north&shop=south%20%26%20co,3 4 1",
        "shop=west,''",
        "day=2026-01-06,1",
        "day.gte=2026-01-06,1",
        "day.lt=2026-01-06,3 4",
        "day.gt=2026-01-04&day.lte=2026-01-05&shop=north,3",
        "shop.gt=north,4",
        "n.gte=3,3 4",
        "n=3,3",
        "revenue.gt=11.50,4",
        "last_at.gte=2026-01-05T12:00:00Z,4 1",
        "last_at.lt=2026-01-06,3 4",
        "order=-n,4 3 1",
        "'order=shop,-day',1 3 4",
        "order=-n&limit=2,4 3",
        "group=shop,4 4",
        "group=shop&n.gt=4,''",
        "group=day&day=2026-01-05,7",
        "group=,8"
    })
    void parametersChooseRollUpSortAndCut(String query, String counts) throws Exception {
        JsonNode answer = json("/views/sales?" + query);

        List<String> found = answer.get("rows")
                .valueStream()
                .map(row -> row.get("n").asString())
                .toList();
        assertThat(String.join(" ", found)).isEqualTo(counts);
    }

    @Test
    void aRolledUpRowHasTheColumnsKeptAndAllMeasures() throws Exception {
        assertThat(http.get("/views/sales?group=shop&shop=north").body())
                .endsWith("\"groups\":1,\"truncated\":false,\"rows\":[{\"shop\":\"north\",\"n\":4,\"revenue\":\"15.5\","
                        + "\"last_at\":\"2026-01-06T09:00:00Z\"}]}");
    }

    @Test
    void anAnswerThatWasCutSaysSoAndHowManyGroupsThereAre() throws Exception {
        JsonNode answer = json("/views/sales?limit=2");

        assertThat(answer.get("truncated").asBoolean()).isTrue();
        assertThat(answer.get("groups").asInt()).isEqualTo(3);
        assertThat(answer.get("rows").size()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "colour=red|colour|red|there is no such parameter; there are group, order, limit, and for each column its"
                        + " name, and its name with .gte, .gt, .lte or .lt; columns: day, shop, n, revenue, last_at",
                "day.after=2026-01-01|day.after|2026-01-01|there is no such parameter; there are group, order, limit, and"
                        + " for each column its name, and its name with .gte, .gt, .lte or .lt;"
                        + " columns: day, shop, n, revenue, last_at",
                "day=monday|day|monday|the value must be a day such as 2026-01-31",
                "n.gt=many|n.gt|many|the value must be a whole number of 64 bits",
                "revenue.gt=1,5|revenue.gt|1,5|the value must be a number",
                "revenue.gt=1E400|revenue.gt|1E400|column revenue takes at most 29 digits before and 9 after the point but"
                        + " the number has 401 and 0",
                "last_at.lt=noon|last_at.lt|noon|the value must be a time such as 2026-01-31T12:00:00Z, or a day such as"
                        + " 2026-01-31",
                "group=shop,n|group|shop,n|no column \"n\" here, only day, shop",
                "group=shop&group=day|group|day|it is given 2 times, not once",
                "group=shop&order=day|order|day|no column \"day\" here, only shop, n, revenue, last_at",
                "order=-|order|-|column name must be",
                "limit=0|limit|0|a limit is a number from 1 to 2147483647",
                "limit=all|limit|all|a limit is a number from 1 to 2147483647"
            })
    void aParameterThatCannotBeMeantIsRefusedWithWhatIsAllowed(
            String query, String parameter, String value, String problem) throws Exception {
        HttpResponse<String> response = http.get("/views/sales?" + query);

        assertThat(response.statusCode()).isEqualTo(400);
        JsonNode error = JsonMapper.shared().readTree(response.body());
        assertThat(error.get("error").asString()).isEqualTo("bad_parameter");
        assertThat(error.get("parameter").asString()).isEqualTo(parameter);
        assertThat(error.get("value").asString()).isEqualTo(value);
        assertThat(error.get("message").asString()).startsWith("parameter " + parameter + "=" + value + ": " + problem);
    }

    @Test
    void theOpenApiDocumentHasAPathForEachViewWithItsParametersAndRows() throws Exception {
        JsonNode api = json("/openapi.json");

        assertThat(api.get("openapi").asString()).isEqualTo("3.1.0");
        JsonNode read = api.at("/paths/~1views~1sales/get");
        assertThat(read.get("summary").asString()).isEqualTo("Sales of each shop by day.");
        assertThat(read.get("parameters")
                        .valueStream()
                        .map(parameter -> parameter.get("name").asString()))
                .contains("day", "day.gte", "day.lt", "shop", "n.gt", "group", "order", "limit");
        JsonNode row = api.at("/components/schemas/row_sales");
        assertThat(row.at("/properties/day/format").asString()).isEqualTo("date");
        assertThat(row.at("/properties/n/format").asString()).isEqualTo("int64");
        assertThat(row.at("/properties/revenue/anyOf/0/type").asString()).isEqualTo("string");
        assertThat(row.get("required").valueStream().map(JsonNode::asString))
                .containsExactly("n", "revenue", "last_at");
        assertThat(api.at("/paths").propertyNames())
                .contains("/views", "/events/views/sales", "/status", "/events/status", "/events");
        assertThat(api.has("security")).isFalse();
    }

    @Test
    void everyReferenceOfTheOpenApiDocumentLeadsSomewhere() throws Exception {
        JsonNode api = json("/openapi.json");

        assertThat(api.findValuesAsString("$ref")).isNotEmpty().allSatisfy(ref -> assertThat(
                        api.at(ref.substring(1)).isMissingNode())
                .as(ref)
                .isFalse());
    }

    private JsonNode json(String path) throws Exception {
        HttpResponse<String> response = http.get(path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }
}
