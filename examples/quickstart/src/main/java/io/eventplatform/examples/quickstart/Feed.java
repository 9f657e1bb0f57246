package io.eventplatform.examples.quickstart;

import io.eventplatform.codec.EventCodec;
import io.eventplatform.event.Event;
import io.eventplatform.producer.EventProducer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Sends what a run has to send, on a thread of its own: first the lines of a file, as a foreign client, then the
 * generated events with their duplicates, and what foreign clients send in between.
 */
final class Feed implements AutoCloseable {

    private static final String EARTHQUAKES = "earthquakes.ndjson";

    private final Work work;
    private final EventProducer producer;
    private final ForeignClient foreign;
    private final Acknowledgements acknowledgements;
    private final EventCodec codec = EventCodec.of(Topology.CONTRACTS);
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Pace pace;
    private final Thread thread = new Thread(this::run, "feed");
    private volatile long nextSequence;
    private volatile boolean linesSent;
    private volatile @Nullable Throwable failure;

    /**
     * What there is to send.
     *
     * @param lines whether to replay a file
     * @param input the file, the earthquakes if empty
     * @param from the first event
     * @param to the one after the last
     */
    record Work(EventGenerator generator, boolean lines, Optional<Path> input, long from, long to, int rate) {

        boolean isEmpty() {
            return from == to && !lines;
        }

        @Override
        public String toString() {
            String generated = from == to
                    ? "no generated events"
                    : String.format(Locale.ROOT, "%s (#%,d to #%,d)", generator.numbers(from, to), from, to - 1);
            return lines
                    ? generated + " + "
                            + input.map(file -> "the lines of " + file).orElse("the earthquakes")
                    : generated;
        }
    }

    private Feed(Work work, EventProducer producer, ForeignClient foreign, Acknowledgements acknowledgements) {
        this.work = work;
        this.producer = producer;
        this.foreign = foreign;
        this.acknowledgements = acknowledgements;
        this.pace = new Pace(work.rate(), stop, System::nanoTime);
        this.nextSequence = work.from();
    }

    /** Starts sending. The clients stay the caller's, to be closed after the feed. */
    static Feed start(Work work, EventProducer producer, ForeignClient foreign, Acknowledgements acknowledgements) {
        Feed feed = new Feed(work, producer, foreign, acknowledgements);
        feed.thread.start();
        return feed;
    }

    /** Whether it sends no more: everything is sent and acknowledged, it was stopped, or it failed. */
    boolean ended() {
        return ended.getCount() == 0;
    }

    /** Why it ended early. */
    Optional<Throwable> failure() {
        return Optional.ofNullable(failure).or(acknowledgements::failure);
    }

    long acknowledged() {
        return acknowledgements.count();
    }

    /** The first event that was not sent; all before it are acknowledged once the feed has ended without failure. */
    long nextSequence() {
        return nextSequence;
    }

    /** Whether the whole file was sent. */
    boolean linesSent() {
        return linesSent;
    }

    /** Stops sending and waits until Kafka has answered for what was sent. Idempotent. */
    @Override
    public void close() throws InterruptedException {
        stop.countDown();
        ended.await();
    }

    private void run() {
        try {
            if (work.lines()) {
                sendLines();
            }
            sendGenerated();
            foreign.flush();
            producer.flush();
        } catch (Throwable e) {
            failure = e;
        } finally {
            ended.countDown();
        }
    }

    private void sendLines() throws IOException, InterruptedException {
        try (Lines lines = new Lines(open())) {
            byte[] line;
            while ((line = lines.next()) != null) {
                if (!mayGoOn()) {
                    return;
                }
                foreign.send(ForeignClient.keyedByContract(line, codec));
            }
            linesSent = true;
        }
    }

    private InputStream open() throws IOException {
        return work.input().isPresent()
                ? Files.newInputStream(work.input().get())
                : Objects.requireNonNull(Feed.class.getResourceAsStream(EARTHQUAKES), EARTHQUAKES);
    }

    private void sendGenerated() throws InterruptedException {
        EventGenerator generator = work.generator();
        Deque<Long> toRepeat = new ArrayDeque<>();
        while (nextSequence < work.to() && mayGoOn()) {
            long sequence = nextSequence;
            send(generator.event(sequence));
            if (generator.isRepeated(sequence)) {
                toRepeat.add(sequence);
            }
            if (!toRepeat.isEmpty() && toRepeat.element() + EventGenerator.REPEATED_AFTER <= sequence) {
                send(generator.event(toRepeat.remove()));
            }
            generator.malformed(sequence).ifPresent(foreign::send);
            generator.violating(sequence).ifPresent(foreign::send);
            nextSequence = sequence + 1;
        }
        toRepeat.forEach(sequence -> send(generator.event(sequence)));
    }

    private boolean mayGoOn() throws InterruptedException {
        return pace.awaitTurn() && acknowledgements.failure().isEmpty();
    }

    private void send(Event<?> event) {
        producer.send(event).whenComplete((receipt, problem) -> acknowledgements.outcome(problem));
    }
}
