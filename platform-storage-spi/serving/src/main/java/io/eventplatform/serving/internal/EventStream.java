package io.eventplatform.serving.internal;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.eventplatform.serving.internal.EventReader.Topic;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's stream of server-sent events. Of each topic only the newest event waits, so a client that
 * reads slowly skips some and holds no memory; one that stops reading is cut off.
 */
final class EventStream {

    private static final Logger log = LoggerFactory.getLogger(EventStream.class);

    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private final HttpExchange exchange;
    private final List<Topic> topics;
    private final Map<Topic, String> offered = new ConcurrentHashMap<>();
    private final Map<Topic, String> waiting = new ConcurrentHashMap<>();
    /** Topics with an event that waits, each once; empty for the end. */
    private final BlockingQueue<Optional<Topic>> due = new LinkedBlockingQueue<>();

    private @Nullable Thread writer;
    private volatile boolean writing;
    private volatile long writingSince;

    EventStream(HttpExchange exchange, List<Topic> topics) {
        this.exchange = exchange;
        this.topics = topics;
    }

    List<Topic> topics() {
        return topics;
    }

    /** Called before the thread starts. */
    void runsOn(Thread thread) {
        writer = thread;
    }

    /** Sends an event unless it is what the topic's last one was. Never waits. */
    void offer(Topic topic, String event) {
        if (!event.equals(offered.put(topic, event)) && waiting.put(topic, event) == null) {
            due.add(Optional.of(topic));
        }
    }

    /** Writes until the client goes away or {@link #end}. */
    void write() {
        try {
            Headers headers = exchange.getResponseHeaders();
            headers.set("Content-Type", "text/event-stream; charset=utf-8");
            headers.set("Cache-Control", "no-store");
            headers.set("X-Content-Type-Options", "nosniff");
            exchange.sendResponseHeaders(200, 0);
            OutputStream body = exchange.getResponseBody();
            send(body, "retry: 2000\n\n");
            while (true) {
                Optional<Topic> next = due.poll(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
                if (next == null) {
                    send(body, ": still here\n\n");
                } else if (next.isPresent()) {
                    send(body, Objects.requireNonNull(waiting.remove(next.get()), "waits while it is due"));
                } else {
                    return;
                }
            }
        } catch (IOException | InterruptedException gone) {
            log.debug("An event stream broke off", gone);
        } finally {
            exchange.close();
        }
    }

    /** Ends the stream after what is being written. */
    void end() {
        due.add(Optional.empty());
    }

    /** Interrupting a write closes its connection. */
    private void breakOff() {
        if (writer != null) {
            writer.interrupt();
        }
    }

    /** Breaks off a write that waits for a client that does not read. */
    void endIfStalled(Duration stall) {
        if (writing && System.nanoTime() - writingSince > stall.toNanos()) {
            breakOff();
        }
    }

    /** Waits for the end for at most this long, then breaks off. */
    void awaitEnd(Duration patience) {
        try {
            if (writer != null && patience.toMillis() > 0) {
                writer.join(patience.toMillis());
            }
            breakOff();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(OutputStream body, String text) throws IOException {
        writingSince = System.nanoTime();
        writing = true;
        body.write(text.getBytes(StandardCharsets.UTF_8));
        body.flush();
        writing = false;
    }
}
