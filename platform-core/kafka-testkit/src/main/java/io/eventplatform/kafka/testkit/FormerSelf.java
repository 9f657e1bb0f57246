package io.eventplatform.kafka.testkit;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets the controller forget a broker that was killed, before the same broker starts again.
 *
 * <p>A transaction may have been committed by the killed broker without its markers being written. If the broker comes
 * back while its former registration still stands, Kafka 4.3.1 finds no leader for the marked partitions, takes them for
 * deleted and completes the transaction without markers (KAFKA-20734): committed offsets then stay unstable for ever. So
 * the node first runs as controller alone, until the former registration has timed out.
 */
final class FormerSelf {

    /** Beyond the session timeout: the controller looks at sessions only now and then. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private FormerSelf() {}

    static void letGo(DataDirectory directory, int port, Map<String, String> overrides) {
        Properties settings = BrokerSettings.controllerOnly(directory.logs(), Ports.find(port), overrides);
        FencedServer controller = new FencedServer(directory.path());
        try {
            controller.start(settings);
            pause(Duration.ofMillis(Long.parseLong(settings.getProperty("broker.session.timeout.ms")))
                    .plus(MARGIN));
        } catch (Throwable t) {
            controller.stopAfter(t);
            throw t;
        }
        controller.stop();
    }

    private static void pause(Duration time) {
        boolean interrupted = Thread.interrupted(); // would end each wait at once; the caller finds it again
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
