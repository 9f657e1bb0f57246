package io.eventplatform.processor.internal;

import io.eventplatform.processor.internal.Effects.Output;
import io.eventplatform.processor.internal.KafkaFailures.Action;
import io.eventplatform.processor.internal.KafkaFailures.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a sink's dead letters, before the store commits past their records: a crash in between repeats a
 * letter, none is lost. Their identity is the original position.
 */
final class DeadLetterSender implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterSender.class);

    private final Producer<byte[], byte[]> producer;

    DeadLetterSender(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    /** Whether Kafka acknowledged all; false if that can be tried again. */
    boolean sendAll(List<Output> letters) {
        if (letters.isEmpty()) {
            return true;
        }
        List<Future<?>> acknowledgements = new ArrayList<>(letters.size());
        try {
            for (Output letter : letters) {
                acknowledgements.add(producer.send(letter.toRecord()));
            }
            producer.flush();
            for (Future<?> acknowledgement : acknowledgements) {
                acknowledgement.get();
            }
            return true;
        } catch (ExecutionException e) {
            return again(Objects.requireNonNullElse(e.getCause(), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException("interrupted while writing dead letters", e);
        } catch (KafkaException e) {
            return again(e);
        }
    }

    private static boolean again(Throwable failure) {
        if (KafkaFailures.actionFor(failure, Call.SEND) == Action.AGAIN) {
            LOG.warn("Dead letters could not be written and are tried again: {}", failure.toString());
            return false;
        }
        throw new StoppedException(
                "dead letters cannot be written: " + failure.getMessage() + ". " + KafkaFailures.fix(failure), failure);
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
