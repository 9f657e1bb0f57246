package io.eventplatform.serving.internal;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides who is answered: on loopback only requests that name it, so that a web page cannot reach the
 * server under a name of its own, and, if there is a token, only those that know it.
 *
 * <p>A browser cannot send the token with a page, so the page takes it as {@code ?token=} and sets a cookie.
 * The cookie holds a digest: reading it does not tell the token.
 */
public final class Gate {

    private static final Pattern LOOPBACK =
            Pattern.compile("(127\\.0\\.0\\.1|localhost|\\[::1])(:\\d{1,5})?", Pattern.CASE_INSENSITIVE);

    private static final String BEARER = "Bearer ";
    private static final String PARAMETER = "token=";

    private final boolean loopback;
    private final @Nullable String token;
    private final String cookie;

    public Gate(InetSocketAddress address, Optional<String> token) {
        loopback = address.getAddress().isLoopbackAddress();
        this.token = token.orElse(null);
        // Cookies are shared by all ports of a host.
        cookie = "view_server_" + address.getPort();
    }

    boolean isSecured() {
        return token != null;
    }

    /** Whether the request may go on; if not, it has been answered. */
    boolean admits(HttpExchange exchange, JsonAnswer answer) throws IOException {
        if (loopback && !namesLoopback(exchange.getRequestHeaders().get("Host"))) {
            answer.error(403, "forbidden_host", "the Host header must be localhost, 127.0.0.1 or [::1]");
            return false;
        }
        if (token == null || hasBearer(exchange, token) || hasCookie(exchange, token)) {
            return true;
        }
        if (exchange.getRequestURI().getPath().equals("/") && hasParameter(exchange, token)) {
            exchange.getResponseHeaders()
                    .add("Set-Cookie", cookie + "=" + digest(token) + "; Path=/; HttpOnly; SameSite=Strict");
            return true;
        }
        exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
        answer.error(
                401,
                "unauthorized",
                "send the header Authorization: Bearer <token>, or open /?token=<token> in a browser");
        return false;
    }

    private static boolean namesLoopback(@Nullable List<String> hosts) {
        return hosts != null
                && hosts.size() == 1
                && LOOPBACK.matcher(hosts.get(0)).matches();
    }

    private static boolean hasBearer(HttpExchange exchange, String token) {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        return header != null
                && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && equal(header.substring(BEARER.length()).trim(), token);
    }

    private boolean hasCookie(HttpExchange exchange, String token) {
        Headers headers = exchange.getRequestHeaders();
        return headers.getOrDefault("Cookie", List.of()).stream()
                .flatMap(header -> Arrays.stream(header.split(";", -1)))
                .map(String::trim)
                .filter(one -> one.startsWith(cookie + "="))
                .anyMatch(one -> equal(one.substring(cookie.length() + 1), digest(token)));
    }

    private static boolean hasParameter(HttpExchange exchange, String token) {
        String query = exchange.getRequestURI().getRawQuery();
        return query != null
                && Arrays.stream(query.split("&", -1))
                        .filter(one -> one.startsWith(PARAMETER))
                        .anyMatch(one -> equal(decode(one.substring(PARAMETER.length())), token));
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** In a time that does not tell how much of it is right. */
    private static boolean equal(String given, String expected) {
        return MessageDigest.isEqual(sha256(given), sha256(expected));
    }

    private static String digest(String token) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(sha256("cookie of " + token));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
