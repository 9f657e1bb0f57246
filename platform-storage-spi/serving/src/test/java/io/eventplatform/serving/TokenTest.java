package io.eventplatform.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenTest {

    private static final String TOKEN = "correct+horse/battery";

    private final Sales sales = new Sales();
    private final ViewServer server =
            ViewServer.builder(sales.catalog()).port(0).token(TOKEN).start();
    private final Http http = new Http(server);

    @AfterEach
    void close() {
        server.close();
        sales.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer " + TOKEN, "bearer " + TOKEN})
    void aRequestWithTheTokenIsAnswered(String authorization) throws Exception {
        assertThat(get("/views/sales", "Authorization: " + authorization)).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/?token=wrong",
                "/?token=",
                "/views",
                "/views/sales?token=correct%2Bhorse/battery",
                "/events",
                "/status",
                "/openapi.json",
                "/dashboard.js",
                "/nowhere"
            })
    void aRequestWithoutItIsNot(String path) throws Exception {
        assertThat(get(path, "Accept: */*"))
                .startsWith("HTTP/1.1 401 ")
                .containsIgnoringCase("Www-authenticate: Bearer\r\n")
                .contains("{\"error\":\"unauthorized\",\"message\":\"send the header Authorization: Bearer <token>,"
                        + " or open /?token=<token> in a browser\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: Bearer correct+horse/batter",
                "Authorization: Bearer ",
                "Authorization: Basic " + TOKEN,
                "Authorization: " + TOKEN,
                "Cookie: view_server=" + TOKEN
            })
    void norIsOneWithAnother(String header) throws Exception {
        assertThat(get("/views", header)).startsWith("HTTP/1.1 401 ");
    }

    @Test
    void thePageTakesTheTokenOnceAndGivesACookieForTheRest() throws Exception {
        String page = get("/?token=correct%2Bhorse/battery", "Accept: text/html");

        assertThat(page).startsWith("HTTP/1.1 200 ").contains("<!doctype html>").doesNotContain(TOKEN);
        String cookie = page.lines()
                .filter(line -> line.regionMatches(true, 0, "Set-Cookie: ", 0, 12))
                .findFirst()
                .orElseThrow()
                .substring(12);
        assertThat(cookie).endsWith("; Path=/; HttpOnly; SameSite=Strict");
        String value = cookie.substring(0, cookie.indexOf(';'));
        assertThat(get("/views", "Cookie: theme=dark; " + value)).startsWith("HTTP/1.1 200 ");
        assertThat(get("/views", "Cookie: " + value + "x")).startsWith("HTTP/1.1 401 ");
    }

    @Test
    void theTokenDoesNotMakeAForeignHostWelcomeOnLoopback() throws Exception {
        assertThat(http.raw("GET /views HTTP/1.1\r\nHost: attacker.example\r\nAuthorization: Bearer " + TOKEN
                        + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403 ");
    }

    @Test
    void anAddressThatOthersReachNeedsAToken() throws Exception {
        ViewServer.Builder open = ViewServer.builder(sales.catalog()).port(0).address(InetAddress.getByName("0.0.0.0"));

        assertThatThrownBy(open::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("address (0.0.0.0) can be reached from other machines and there is no token;"
                        + " set a token, or listen on 127.0.0.1");
        try (ViewServer everywhere = open.token(TOKEN).start()) {
            assertThat(everywhere.url()).hasToString("http://127.0.0.1:" + everywhere.port());
            assertThat(new Http(everywhere)
                            .raw("GET /views HTTP/1.1\r\nHost: views.example\r\nAuthorization: Bearer " + TOKEN
                                    + "\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fifteen-letters", "sixteen letters with spaces"})
    void aTokenThatIsShortOrHasSpacesIsRefusedWithoutTellingIt(String token) {
        ViewServer.Builder builder = ViewServer.builder(sales.catalog());

        assertThatThrownBy(() -> builder.token(token))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("token must be at least 16 visible ASCII characters, without spaces, but has "
                        + token.length());
    }

    private String get(String path, String header) throws Exception {
        return http.raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\nConnection: close\r\n\r\n");
    }
}
