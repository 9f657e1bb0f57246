package io.eventplatform.producer;

import io.eventplatform.contract.ContractDefinitionException;
import io.eventplatform.contract.Contracts;
import io.eventplatform.event.Event;
import io.eventplatform.kafka.KafkaAccessException;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.producer.internal.Delivery;
import io.eventplatform.producer.internal.DeliverySettings;
import io.eventplatform.telemetry.Telemetry;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends events to a topic and tells where each one was written.
 *
 * <p>An acknowledged event is on all in-sync replicas, once however often the connection had to be tried, and in
 * order per key: events of one key that one thread sends are written in that order. What is in flight is
 * bounded; at the bound a sender waits or is refused, by {@link WhenFull}. Nothing else blocks a sender.
 *
 * <p>The producer owns its connection and its threads until it is closed. Thread-safe; one instance serves a
 * whole application.
 *
 * <pre>{@code
 * EventProducer producer = EventProducer.builder(kafka)
 *         .contracts(Contracts.of(UserSignup.class))
 *         .build();
 * producer.send(new UserSignup("user-123", "premium"))
 *         .thenAccept(receipt -> log.info("written to {}@{}", receipt.partition(), receipt.offset()));
 * }</pre>
 */
public final class EventProducer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EventProducer.class);

    /** Long enough for a broker to be replaced, short enough for a caller that waits. */
    private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(30);

    /** Half a minute of 1,000 events a second of 1 KiB. */
    private static final long DEFAULT_IN_FLIGHT_BYTES = 32L * 1024 * 1024;

    /** Keeps the cost of small events bounded too: each has a stage and a span. */
    private static final int DEFAULT_IN_FLIGHT_EVENTS = 10_000;

    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(10);
    private static final Duration DEFAULT_DRAIN = Duration.ofSeconds(30);

    private final String topic;
    private final Delivery delivery;

    private EventProducer(String topic, Delivery delivery) {
        this.topic = topic;
        this.delivery = delivery;
    }

    /** Starts with the defaults that each option names. */
    public static Builder builder(KafkaConfig kafka) {
        return new Builder(Objects.requireNonNull(kafka, "kafka"));
    }

    /**
     * Sends a new event with this payload; see {@link Event#of} and {@link #send(Event)}.
     *
     * @throws ContractDefinitionException if the payload's class is not a contract
     */
    public CompletionStage<SendReceipt> send(Record payload) {
        return send(Event.of(payload));
    }

    /**
     * Sends an event; its key decides the partition.
     *
     * <p>Blocks only while there is no room, and at most as long as {@link Builder#whenFull} says. From then on
     * the outcome is known within the delivery deadline. The stage completes on a thread of this producer, where
     * the actions that depend on it run one after the other: keep them short or run them elsewhere. Such an
     * action may send, but is refused when there is no room: it never waits.
     *
     * @return completes with the position, or exceptionally with a {@link SendException}
     */
    public CompletionStage<SendReceipt> send(Event<?> event) {
        return delivery.send(Objects.requireNonNull(event, "event"));
    }

    /**
     * Sends what is in flight without waiting for batches to fill, and returns when the stages of all events
     * sent before this call are complete; on the thread that completes them, when their outcomes are known.
     *
     * @throws CancellationException if the thread is interrupted, which it then still is; events are not
     *     affected
     */
    public void flush() {
        delivery.flush();
    }

    /** How many events were sent whose stages are not complete yet. */
    public int inFlightEvents() {
        return delivery.inFlightEvents();
    }

    /** Size of the events in flight as Kafka records, before compression. */
    public long inFlightBytes() {
        return delivery.inFlightBytes();
    }

    /**
     * Refuses new events and those that wait for room, delivers those in flight, and closes the producer.
     *
     * <p>What is not acknowledged after {@code drain} is abandoned: its stage completes with
     * {@link SendException.OutcomeUnknown}. Stages are complete when this returns, unless an action that
     * depends on one blocks; for that it waits a second more and leaves the rest to follow. May be called
     * repeatedly and from any thread, also from such an action; every call returns the same report, or, when its
     * own time is over first, the counts so far. An interrupt ends the wait like the end of {@code drain}.
     *
     * @param drain elapsed time; zero abandons at once
     */
    public CloseReport close(Duration drain) {
        if (drain.isNegative()) {
            throw new IllegalArgumentException("drain must not be negative but was " + drain);
        }
        return delivery.close(drain);
    }

    /** As {@link #close(Duration)} with 30 seconds; what was lost is logged. */
    @Override
    public void close() {
        CloseReport report = close(DEFAULT_DRAIN);
        if (!report.complete()) {
            LOG.warn("[{}] Events were in flight when the producer was closed: {}", topic, report);
        }
    }

    /**
     * Options of an {@link EventProducer}.
     *
     * <p>Not thread-safe; can be used for several producers.
     */
    public static final class Builder {

        private static final Duration SHORTEST_DEADLINE = Duration.ofMillis(100);
        private static final Duration LONGEST_DEADLINE = Duration.ofDays(1);

        private final KafkaConfig kafka;
        private String topic = "raw_events";
        private @Nullable Contracts contracts;
        private Telemetry telemetry = Telemetry.noop();
        private Duration deliveryDeadline = DEFAULT_DEADLINE;
        private long maxInFlightBytes = DEFAULT_IN_FLIGHT_BYTES;
        private int maxInFlightEvents = DEFAULT_IN_FLIGHT_EVENTS;
        private WhenFull whenFull = WhenFull.waitUpTo(DEFAULT_WAIT);

        private Builder(KafkaConfig kafka) {
            this.kafka = kafka;
        }

        /** Where events go. Default: {@code raw_events}. */
        public Builder topic(String topic) {
            this.topic = Objects.requireNonNull(topic, "topic");
            return this;
        }

        /** The contracts of the events that will be sent; events of others are refused. Required. */
        public Builder contracts(Contracts contracts) {
            this.contracts = Objects.requireNonNull(contracts, "contracts");
            return this;
        }

        /** Where spans go. Default: nowhere. */
        public Builder telemetry(Telemetry telemetry) {
            this.telemetry = Objects.requireNonNull(telemetry, "telemetry");
            return this;
        }

        /**
         * The time within which an event that found room is written or fails, however often the connection
         * has to be tried; at the latest two seconds after it. Default: 30 seconds.
         *
         * @param deadline elapsed time, from 100 milliseconds to a day
         */
        public Builder deliveryDeadline(Duration deadline) {
            Objects.requireNonNull(deadline, "deadline");
            if (deadline.compareTo(SHORTEST_DEADLINE) < 0 || deadline.compareTo(LONGEST_DEADLINE) > 0) {
                throw new IllegalArgumentException("deliveryDeadline must be from " + SHORTEST_DEADLINE + " to "
                        + LONGEST_DEADLINE + " but was " + deadline);
            }
            this.deliveryDeadline = deadline;
            return this;
        }

        /** How many bytes may be in flight, as Kafka records before compression. Default: 32 MiB. */
        public Builder maxInFlightBytes(long bytes) {
            if (bytes < 1 || bytes > Long.MAX_VALUE / 4) {
                throw new IllegalArgumentException(
                        "maxInFlightBytes must be from 1 to " + Long.MAX_VALUE / 4 + " but was " + bytes);
            }
            this.maxInFlightBytes = bytes;
            return this;
        }

        /** How many events may be in flight. Default: 10,000. */
        public Builder maxInFlightEvents(int events) {
            if (events < 1) {
                throw new IllegalArgumentException("maxInFlightEvents must be at least 1 but was " + events);
            }
            this.maxInFlightEvents = events;
            return this;
        }

        /** What happens at these bounds. Default: the sender waits for up to 10 seconds. */
        public Builder whenFull(WhenFull whenFull) {
            this.whenFull = Objects.requireNonNull(whenFull, "whenFull");
            return this;
        }

        /**
         * Connects to Kafka and checks that the topic exists; waits for this at most the delivery deadline.
         *
         * @throws KafkaAccessException if the topic does not exist, or the cluster does not answer
         * @throws IllegalStateException if contracts are missing or options contradict each other
         */
        public EventProducer build() {
            if (contracts == null) {
                throw new IllegalStateException(
                        "contracts are missing: name the events that will be sent, as in contracts(Contracts.of(UserSignup.class))");
            }
            return new EventProducer(
                    topic,
                    Delivery.start(new DeliverySettings(
                            kafka,
                            topic,
                            contracts,
                            telemetry,
                            deliveryDeadline,
                            maxInFlightBytes,
                            maxInFlightEvents,
                            whenFull)));
        }
    }
}
