package io.eventplatform.serving.internal;

import com.sun.net.httpserver.HttpExchange;
import io.eventplatform.serving.internal.EventReader.Topic;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open streams of a server. One thread reads what they follow, each topic once for all of them; each
 * stream writes on a thread of its own, so that none waits for another or for a request.
 */
public final class EventStreams {

    /** Enough for the people who watch; each holds a thread. */
    public static final int MAX_STREAMS = 64;

    private static final Logger log = LoggerFactory.getLogger(EventStreams.class);

    private final String name;
    private final int maxStreams;
    private final Duration stall;
    private final EventReader reader;
    private final ScheduledThreadPoolExecutor ticker;
    private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
    private boolean closed;

    /** @param stall how long a client may not read until its stream is cut off */
    public EventStreams(String name, int maxStreams, Duration interval, Duration stall, EventReader reader) {
        this.name = name;
        this.maxStreams = maxStreams;
        this.stall = stall;
        this.reader = reader;
        ticker = new ScheduledThreadPoolExecutor(
                1, task -> thread(name + "-events", task), new ThreadPoolExecutor.DiscardPolicy());
        ScheduledFuture<?> unused =
                ticker.scheduleWithFixedDelay(this::tick, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    List<Topic> everything() {
        return reader.everything();
    }

    /** Answers with a stream of these, and returns at once; false if too many are open. */
    synchronized boolean start(HttpExchange exchange, List<Topic> topics) {
        if (closed || open.size() >= maxStreams) {
            return false;
        }
        EventStream stream = new EventStream(exchange, topics);
        Thread writer = thread(name + "-stream", () -> {
            try {
                stream.write();
            } finally {
                open.remove(stream);
            }
        });
        stream.runsOn(writer);
        open.add(stream);
        writer.start();
        ticker.execute(() -> feed(List.of(stream)));
        return true;
    }

    /** Ends all streams, and waits for them for at most this long. */
    public void close(Duration patience) {
        synchronized (this) {
            closed = true;
        }
        ticker.shutdownNow();
        open.forEach(EventStream::end);
        long deadline = System.nanoTime() + patience.toNanos();
        for (EventStream stream : open) {
            stream.awaitEnd(Duration.ofNanos(deadline - System.nanoTime()));
        }
    }

    private void tick() {
        open.forEach(stream -> stream.endIfStalled(stall));
        feed(open);
    }

    private void feed(Collection<EventStream> streams) {
        try {
            Map<Topic, String> read = new HashMap<>();
            for (EventStream stream : streams) {
                for (Topic topic : stream.topics()) {
                    stream.offer(topic, read.computeIfAbsent(topic, reader::read));
                }
            }
        } catch (RuntimeException | Error e) {
            // Caught, since the executor would not run it again.
            log.error("Reading for the event streams failed", e);
        }
    }

    private static Thread thread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((t, e) -> log.error("Thread {} died", t.getName(), e));
        return thread;
    }
}
