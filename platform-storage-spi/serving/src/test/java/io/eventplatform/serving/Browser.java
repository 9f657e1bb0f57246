package io.eventplatform.serving;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A headless Chromium with one page, driven over its DevTools protocol. */
final class Browser implements AutoCloseable {

    private static final String ANNOUNCES = "DevTools listening on ";

    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> loaded = new CompletableFuture<>();
    private final List<String> problems = new CopyOnWriteArrayList<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final Process process;
    private final WebSocket socket;

    private Browser(Process process, URI devTools) throws Exception {
        this.process = process;
        URI list = URI.create("http://" + devTools.getAuthority() + "/json/list");
        String targets = client.send(HttpRequest.newBuilder(list).build(), BodyHandlers.ofString())
                .body();
        String page = JsonMapper.shared()
                .readTree(targets)
                .valueStream()
                .filter(target -> target.get("type").asString().equals("page"))
                .map(target -> target.get("webSocketDebuggerUrl").asString())
                .findFirst()
                .orElseThrow();
        socket = client.newWebSocketBuilder()
                .buildAsync(URI.create(page), new Listener())
                .get(20, TimeUnit.SECONDS);
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            call(domain + ".enable", Map.of());
        }
    }

    /** The program: what the environment variable CHROMIUM names, or where Debian puts it. */
    static Optional<Path> program() {
        return Stream.of(System.getenv("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser")
                .filter(Objects::nonNull)
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** @param profile an empty directory */
    static Browser start(Path program, Path profile) throws Exception {
        Process process = new ProcessBuilder(
                        program.toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return new Browser(process, devTools(process));
        } catch (Exception e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static URI devTools(Process process) throws IOException {
        BufferedReader log = process.errorReader(StandardCharsets.UTF_8);
        StringBuilder read = new StringBuilder();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            if (line.startsWith(ANNOUNCES)) {
                Thread drain = new Thread(() -> log.lines().forEach(ignored -> {}), "chromium-log");
                drain.setDaemon(true);
                drain.start();
                return URI.create(line.substring(ANNOUNCES.length()));
            }
            read.append(line).append('\n');
        }
        throw new IOException("chromium ended without a word of its DevTools:\n" + read);
    }

    /** Opens the page and waits until it is loaded. */
    void open(URI url) throws Exception {
        call("Page.navigate", Map.of("url", url.toString()));
        loaded.get(20, TimeUnit.SECONDS);
    }

    /** The value of a JavaScript expression. */
    JsonNode eval(String expression) throws Exception {
        JsonNode answer =
                call("Runtime.evaluate", Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
        }
        return answer.at("/result/value");
    }

    /** Waits until a JavaScript condition holds, looking again whenever the page changes. */
    void await(String condition) throws Exception {
        eval("new Promise(done => { const look = () => { if (" + condition + ") done(true); };"
                + " new MutationObserver(look).observe(document,"
                + " {subtree: true, childList: true, characterData: true, attributes: true}); look(); })");
    }

    void size(int width, int height) throws Exception {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 700));
    }

    void dark(boolean dark) throws Exception {
        Map<String, String> feature = Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
        call("Emulation.setEmulatedMedia", Map.of("features", List.of(feature)));
    }

    /** The whole page as a picture. */
    void screenshot(Path file) throws Exception {
        JsonNode answer = call("Page.captureScreenshot", Map.of("captureBeyondViewport", true));
        Files.write(file, Base64.getDecoder().decode(answer.get("data").asString()));
    }

    /** Errors and warnings of the page, and requests to elsewhere. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    private JsonNode call(String method, Map<String, ?> params) throws Exception {
        int id = ids.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        String text = JsonMapper.shared().writeValueAsString(Map.of("id", id, "method", method, "params", params));
        socket.sendText(text, true).get(20, TimeUnit.SECONDS);
        JsonNode message = answer.get(20, TimeUnit.SECONDS);
        if (message.has("error")) {
            throw new AssertionError(method + ": " + message.get("error"));
        }
        return message.get("result");
    }

    private void take(JsonNode message) {
        if (message.has("id")) {
            Objects.requireNonNull(answers.remove(message.get("id").asInt())).complete(message);
            return;
        }
        JsonNode params = message.get("params");
        switch (message.get("method").asString()) {
            case "Page.loadEventFired" -> loaded.complete(null);
            case "Runtime.exceptionThrown" -> problems.add("exception: " + params);
            case "Runtime.consoleAPICalled" -> problems.add("console: " + params);
            case "Log.entryAdded" -> problems.add("log: " + params);
            case "Network.requestWillBeSent" -> {
                URI url = URI.create(params.at("/request/url").asString());
                if (!Objects.equals(url.getHost(), "127.0.0.1")) {
                    problems.add("request to " + url);
                }
            }
            default -> {
                // Of no interest here.
            }
        }
    }

    @Override
    public void close() throws Exception {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    private final class Listener implements WebSocket.Listener {

        private final StringBuilder message = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            message.append(data);
            if (last) {
                take(JsonMapper.shared().readTree(message.toString()));
                message.setLength(0);
            }
            webSocket.request(1);
            return null;
        }
    }
}
