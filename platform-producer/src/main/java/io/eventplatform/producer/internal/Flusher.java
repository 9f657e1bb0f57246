package io.eventplatform.producer.internal;

import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has Kafka's client send what it holds without waiting for batches to fill. The client's own call returns only when
 * it has an answer for everything, which may be never while it has no producer id; so it gets a thread, one for all
 * that ask meanwhile.
 */
final class Flusher {

    private static final Logger LOG = LoggerFactory.getLogger(Flusher.class);

    private final Producer<byte[], byte[]> kafka;
    private final String threadName;
    private long asked;
    private boolean running;

    Flusher(Producer<byte[], byte[]> kafka, String threadName) {
        this.kafka = kafka;
        this.threadName = threadName;
    }

    /** Returns at once. */
    synchronized void begin() {
        asked++;
        if (!running) {
            running = true;
            Thread thread = new Thread(this::run, threadName);
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void run() {
        long heard;
        do {
            heard = asked();
            try {
                kafka.flush();
            } catch (KafkaException | IllegalStateException e) {
                LOG.debug("Not flushed; what is in flight is told of by its stages", e);
            }
        } while (!isOver(heard));
    }

    private synchronized long asked() {
        return asked;
    }

    /** Whether nobody has asked since. */
    private synchronized boolean isOver(long heard) {
        running = asked != heard;
        return !running;
    }
}
