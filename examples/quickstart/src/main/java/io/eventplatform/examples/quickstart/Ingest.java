package io.eventplatform.examples.quickstart;

import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.producer.CloseReport;
import io.eventplatform.producer.EventProducer;
import io.eventplatform.producer.WhenFull;
import java.time.Duration;

/** The feed and the clients it sends with. */
final class Ingest implements AutoCloseable {

    /** Longer than the default: at {@code --rate 0} the feed is faster than any broker, and should wait. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

    private final EventProducer producer;
    private final ForeignClient foreign;
    private final Feed feed;

    private Ingest(String bootstrapServers, Feed.Work work) {
        Acknowledgements acknowledgements = new Acknowledgements();
        producer = EventProducer.builder(KafkaConfig.of(bootstrapServers))
                .topic(Topology.RAW_TOPIC)
                .contracts(Topology.CONTRACTS)
                .whenFull(WhenFull.waitUpTo(LONGEST_WAIT))
                .build();
        foreign = new ForeignClient(bootstrapServers, Topology.RAW_TOPIC, acknowledgements);
        feed = Feed.start(work, producer, foreign, acknowledgements);
    }

    /** Starts sending; the topic must exist. */
    static Ingest start(String bootstrapServers, Feed.Work work) {
        return new Ingest(bootstrapServers, work);
    }

    Feed feed() {
        return feed;
    }

    /** Stops sending and waits for Kafka's answers. */
    @Override
    public void close() throws InterruptedException {
        feed.close();
        foreign.close();
        CloseReport report = producer.close(CLOSE_TIMEOUT);
        if (!report.complete()) {
            throw new IllegalStateException("events were in flight: " + report);
        }
    }
}
