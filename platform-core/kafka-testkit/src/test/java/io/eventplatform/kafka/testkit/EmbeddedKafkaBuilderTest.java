package io.eventplatform.kafka.testkit;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kafka.server.KafkaConfig;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmbeddedKafkaBuilderTest {

    @TempDir
    Path directory;

    @Test
    void aPropertyReachesTheBrokerAlsoOverOurDefault() throws Exception {
        var broker = new ConfigResource(ConfigResource.Type.BROKER, "1");

        try (EmbeddedKafka kafka = EmbeddedKafka.builder()
                .property("num.io.threads", "3")
                .property("message.max.bytes", "123456")
                .start()) {
            assertThat(Clients.setting(kafka.bootstrapServers(), broker, "num.io.threads"))
                    .isEqualTo("3");
            assertThat(Clients.setting(kafka.bootstrapServers(), broker, "message.max.bytes"))
                    .isEqualTo("123456");
        }
    }

    @Test
    void aPropertyThatThisClassDecidesIsRefused() {
        assertThatThrownBy(() -> EmbeddedKafka.builder().property("log.dirs", "/tmp"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Property log.dirs cannot be set. Use dataDirectory(Path).");
    }

    @Test
    void aPropertyThatAProxyDecidesIsRefusedTogetherWithOne() {
        EmbeddedKafka.Builder builder = EmbeddedKafka.builder()
                .property("advertised.listeners", "PLAINTEXT://127.0.0.1:9092")
                .behind("127.0.0.1:9092");

        assertThatThrownBy(builder::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Property advertised.listeners cannot be set together with behind(...), which decides it."
                        + " Leave one of the two out.");
    }

    @Test
    void anAddressOfAProxyThatIsNoneIsRefused() {
        for (String none : List.of("", "127.0.0.1", ":9092", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536")) {
            assertThatThrownBy(() -> EmbeddedKafka.builder().behind(none))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "An address must be a host and a port, such as 127.0.0.1:9092, but was \"" + none + "\"");
        }
    }

    @Test
    void aPortOutOfRangeIsRefused() {
        assertThatThrownBy(() -> EmbeddedKafka.builder().port(65_536))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("port must be between 0 and 65535 but was 65536");
    }

    @Test
    void aPortInUseIsNamedAndTheDirectoryIsFreeAgain() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            EmbeddedKafka.Builder builder =
                    EmbeddedKafka.builder().dataDirectory(directory).port(taken.getLocalPort());

            assertThatThrownBy(builder::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("[127.0.0.1:" + taken.getLocalPort()
                            + "] The port is in use or not allowed. Stop its owner, or start the broker with port(0).");
        }
        EmbeddedKafka.builder().dataDirectory(directory).start().close();
    }

    @Test
    void aBrokerThatDoesNotStartLeavesNothingBehind() throws IOException {
        Set<Thread> before = brokerThreads();
        EmbeddedKafka.Builder broken = EmbeddedKafka.builder()
                .dataDirectory(directory)
                .property("authorizer.class.name", "no.such.Authorizer");

        assertThatThrownBy(broken::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("[" + directory.toRealPath() + "] The broker did not start: ")
                .hasMessageContaining("no.such.Authorizer");

        Set<Thread> threads = brokerThreadsSince(before);
        // Kafka forgets the metrics of a node that fails this early; the thread is an idle daemon.
        threads.removeIf(thread -> thread.getName().equals("SensorExpiryThread"));
        assertAllEnd(threads);
        EmbeddedKafka.builder().dataDirectory(directory).start().close();
    }

    @Test
    void aClosedBrokerLeavesNoThreadBehind() {
        Set<Thread> before = brokerThreads();
        EmbeddedKafka kafka = EmbeddedKafka.builder().dataDirectory(directory).start();
        Set<Thread> threads = brokerThreadsSince(before);

        kafka.close();

        assertThat(threads).isNotEmpty();
        assertAllEnd(threads);
    }

    private static Set<Thread> brokerThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getThreadGroup() != null)
                .filter(thread -> thread.getThreadGroup().getName().equals("embedded-kafka"))
                // Shared by all brokers of a JVM, and daemons.
                .filter(thread -> !thread.getName().startsWith("metrics-meter-tick-thread"))
                .collect(toSet());
    }

    private static Set<Thread> brokerThreadsSince(Set<Thread> before) {
        Set<Thread> threads = brokerThreads();
        threads.removeAll(before);
        return threads;
    }

    private static void assertAllEnd(Set<Thread> threads) {
        assertThat(threads).allSatisfy(thread -> {
            thread.join(5_000);
            assertThat(thread.isAlive()).isFalse();
        });
    }

    @Test
    void aPortLostWhileStartingIsNoticed() throws IOException {
        try (DataDirectory data = DataDirectory.at(directory);
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            data.format();
            int free = Ports.find(0).broker();

            for (Ports ports :
                    List.of(new Ports(taken.getLocalPort(), free, 0), new Ports(free, taken.getLocalPort(), 0))) {
                FencedServer server = new FencedServer(directory);
                assertThatThrownBy(() -> server.start(BrokerSettings.of(data.logs(), ports, Map.of())))
                        .isInstanceOf(IllegalStateException.class)
                        .matches(Ports::wereTaken);
                server.stop();
            }
        }
        EmbeddedKafka.builder().dataDirectory(directory).start().close();
    }

    @Test
    void aDataDirectoryThatIsAFileIsRefused() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> EmbeddedKafka.builder().dataDirectory(file).start())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage(
                        "[" + file + "] The data directory cannot be used. Check that it is a directory and writable.");
    }

    @Test
    void everyDefaultIsAPropertyKafkaKnows() {
        assertThat(BrokerSettings.DEFAULTS.keySet())
                .allMatch(name -> KafkaConfig.configDef().names().contains(name));
    }
}
