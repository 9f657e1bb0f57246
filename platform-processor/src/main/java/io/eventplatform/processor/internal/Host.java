package io.eventplatform.processor.internal;

import io.eventplatform.processor.StepListener;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the parts of a worker may ask of it, and tell it.
 *
 * @param uptime measures waits and deadlines
 * @param closing whether the worker was asked to stop
 * @param pausing whether the worker was asked to hold still
 * @param trouble takes what keeps a part from going on, for the health that others see meanwhile
 */
record Host(
        Uptime uptime,
        StepListener steps,
        Counters counters,
        BooleanSupplier closing,
        BooleanSupplier pausing,
        Consumer<String> trouble) {

    private static final Logger LOG = LoggerFactory.getLogger(Host.class);

    /** Asks Kafka until it answers: an outage must not stop a worker, only hold it up. */
    <T> T patiently(String what, Supplier<T> question) {
        while (true) {
            try {
                return question.get();
            } catch (InterruptException e) {
                throw e;
            } catch (KafkaException e) {
                if (!(e instanceof RetriableException)) {
                    throw new StoppedException(
                            what + ": Kafka refuses (" + e.getMessage() + "). " + KafkaFailures.fix(e), e);
                }
                if (closing.getAsBoolean()) {
                    throw e;
                }
                trouble.accept(what + ": no answer from Kafka yet");
                LOG.warn("{}: no answer from Kafka yet, asking again: {}", what, e.getMessage());
            }
        }
    }
}
