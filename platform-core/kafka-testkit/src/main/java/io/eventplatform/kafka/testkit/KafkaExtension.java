package io.eventplatform.kafka.testkit;

import static java.util.Objects.requireNonNull;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests an {@link EmbeddedKafka} as a parameter: one that all tests share, or one of their own behind a {@link
 * FaultProxy}. Needs JUnit Jupiter 5.13 or later.
 *
 * <h2>Shared</h2>
 *
 * All tests of a run share one broker, started by the first that asks for it and closed when the run ends; tests must
 * not close it. Topics and groups of earlier tests are still there, so name your own with {@link
 * EmbeddedKafka#uniqueName}. A test during or after which Kafka ended the shared broker fails. Safe with tests that run
 * in parallel.
 *
 * <pre>{@code
 * @ExtendWith(KafkaExtension.class)
 * class OrdersTest {
 *     @Test
 *     void anOrderIsCounted(EmbeddedKafka kafka) { ... }
 * }
 * }</pre>
 *
 * <h2>Own</h2>
 *
 * {@link #own(UnaryOperator)} is for tests that need settings of the broker, close it, or need faults. In a static field
 * it gives the class one broker, also for its nested classes; in an instance field each test gets one. Parameters may be
 * of type {@code EmbeddedKafka} and {@code FaultProxy}, and the faults placed by a test end with it; so tests that place
 * faults on one broker must not run in parallel.
 *
 * <pre>{@code
 * class OrdersTest {
 *     @RegisterExtension
 *     static final KafkaExtension KAFKA = KafkaExtension.own(broker -> broker.property("message.max.bytes", "5000"));
 *
 *     @Test
 *     void anOrderIsCountedAfterAnOutage(EmbeddedKafka kafka, FaultProxy proxy) { ... }
 * }
 * }</pre>
 */
public final class KafkaExtension implements ParameterResolver, BeforeAllCallback, AfterEachCallback {

    private static final Namespace SHARED = Namespace.create(KafkaExtension.class);

    /** Null for the shared broker. */
    private final @Nullable UnaryOperator<EmbeddedKafka.Builder> settings;

    private final Namespace own = Namespace.create(KafkaExtension.class, this);

    /** The shared broker, for {@code @ExtendWith}. */
    public KafkaExtension() {
        this.settings = null;
    }

    private KafkaExtension(UnaryOperator<EmbeddedKafka.Builder> settings) {
        this.settings = settings;
    }

    /** An own broker with the defaults of {@link EmbeddedKafka#start()}, for {@code @RegisterExtension}. */
    public static KafkaExtension own() {
        return own(UnaryOperator.identity());
    }

    /**
     * An own broker with these settings, for {@code @RegisterExtension}; started when a test first asks for it.
     *
     * @param settings returns the builder it is given; {@link EmbeddedKafka.Builder#behind} is not for it to call
     */
    public static KafkaExtension own(UnaryOperator<EmbeddedKafka.Builder> settings) {
        return new KafkaExtension(requireNonNull(settings, "settings"));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == EmbeddedKafka.class || type == FaultProxy.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        boolean wantsProxy = parameter.getParameter().getType() == FaultProxy.class;
        if (settings == null) {
            if (wantsProxy) {
                throw new ParameterResolutionException(
                        "The shared broker is behind no FaultProxy. Give the tests one of"
                                + " their own: @RegisterExtension static final KafkaExtension KAFKA = KafkaExtension.own();");
            }
            return shared(context);
        }
        OwnBroker broker = ownBroker(context, settings);
        return wantsProxy ? broker.proxy() : broker.kafka();
    }

    private static EmbeddedKafka shared(ExtensionContext context) {
        // The root store belongs to the run, and closes what it holds when the run ends.
        return runStore(context)
                .getOrComputeIfAbsent(EmbeddedKafka.class, type -> EmbeddedKafka.start(), EmbeddedKafka.class);
    }

    private OwnBroker ownBroker(ExtensionContext context, UnaryOperator<EmbeddedKafka.Builder> settings) {
        // Registered in an instance field, there is no class store, for beforeAll is not called.
        Store scope = context.getStore(own).getOrDefault(Store.class, Store.class, context.getStore(own));
        return scope.getOrComputeIfAbsent(OwnBroker.class, type -> OwnBroker.start(settings), OwnBroker.class);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Store store = context.getStore(own);
        // Called again for nested classes, which find the store of the outer one.
        store.getOrComputeIfAbsent(Store.class, type -> store, Store.class);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        EmbeddedKafka shared = runStore(context).get(EmbeddedKafka.class, EmbeddedKafka.class);
        if (settings == null && shared != null) {
            shared.requireRunning();
        }
        OwnBroker broker = context.getStore(own).get(OwnBroker.class, OwnBroker.class);
        if (broker != null) {
            broker.proxy().restore();
        }
    }

    private static Store runStore(ExtensionContext context) {
        return context.getRoot().getStore(SHARED);
    }
}
