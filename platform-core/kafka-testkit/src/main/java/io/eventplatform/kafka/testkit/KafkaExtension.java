package io.eventplatform.kafka.testkit;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests an {@link EmbeddedKafka} as a parameter.
 *
 * <p>All tests of a run share one broker, started by the first that asks for it and closed when the run ends; tests must
 * not close it. Topics and groups of earlier tests are still there, so name your own with {@link
 * EmbeddedKafka#uniqueName}. A test during or after which Kafka ended the shared broker fails. Safe with tests that run
 * in parallel. Needs JUnit Jupiter 5.13 or later.
 *
 * <pre>{@code
 * @ExtendWith(KafkaExtension.class)
 * class OrdersTest {
 *     @Test
 *     void anOrderIsCounted(EmbeddedKafka kafka) { ... }
 * }
 * }</pre>
 */
public final class KafkaExtension implements ParameterResolver, AfterEachCallback {

    private static final Namespace NAMESPACE = Namespace.create(KafkaExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == EmbeddedKafka.class;
    }

    @Override
    public EmbeddedKafka resolveParameter(ParameterContext parameter, ExtensionContext context) {
        // The root store belongs to the run, and closes what it holds when the run ends.
        return runStore(context)
                .getOrComputeIfAbsent(EmbeddedKafka.class, type -> EmbeddedKafka.start(), EmbeddedKafka.class);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        EmbeddedKafka kafka = runStore(context).get(EmbeddedKafka.class, EmbeddedKafka.class);
        if (kafka != null) {
            kafka.requireRunning();
        }
    }

    private static Store runStore(ExtensionContext context) {
        return context.getRoot().getStore(NAMESPACE);
    }
}
