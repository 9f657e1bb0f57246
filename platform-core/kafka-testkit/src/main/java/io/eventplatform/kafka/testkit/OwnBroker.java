package io.eventplatform.kafka.testkit;

import java.util.function.UnaryOperator;

/** A broker behind a proxy, for the tests of one class or for one test. */
record OwnBroker(FaultProxy proxy, EmbeddedKafka kafka) implements AutoCloseable {

    static OwnBroker start(UnaryOperator<EmbeddedKafka.Builder> settings) {
        EmbeddedKafka.Builder builder = settings.apply(EmbeddedKafka.builder());
        if (builder.isBehindProxy()) {
            throw new IllegalStateException(
                    "The settings of KafkaExtension.own(...) must not call behind(...): the broker is behind a proxy"
                            + " already, which tests get as a parameter of type FaultProxy.");
        }
        FaultProxy proxy = FaultProxy.listen();
        try {
            return new OwnBroker(proxy, builder.behind(proxy).start());
        } catch (Throwable t) {
            proxy.close();
            throw t;
        }
    }

    @Override
    public void close() {
        try {
            kafka.close();
        } finally {
            proxy.close();
        }
    }
}
