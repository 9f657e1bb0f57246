package io.eventplatform.processor.chaos;

import io.eventplatform.kafka.testkit.EmbeddedKafka;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A broker in a JVM of its own: {@code <data directory> <port> <address of the proxy before it>}. */
final class ChaosBroker {

    /** Followed by where the proxy finds it. */
    static final String READY = "broker ready for the proxy at ";

    private ChaosBroker() {}

    public static void main(String[] args) throws InterruptedException {
        EmbeddedKafka broker = EmbeddedKafka.builder()
                .dataDirectory(Path.of(args[0]))
                .port(Integer.parseInt(args[1]))
                .behind(args[2])
                .start();
        System.out.println(READY + broker.proxyTarget());
        new CountDownLatch(1).await();
    }
}
