package io.eventplatform.kafka.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A broker with one topic in a JVM of its own, to be killed or to compete for a directory. */
final class BrokerProcess implements AutoCloseable {

    static final String TOPIC = "orders";

    private static final String READY = "broker ready at ";

    private final Process process;
    private final String bootstrapServers;

    private BrokerProcess(Process process, String bootstrapServers) {
        this.process = process;
        this.bootstrapServers = bootstrapServers;
    }

    static BrokerProcess start(Path dataDirectory) throws IOException {
        return run(dataDirectory.toString());
    }

    /** Its {@link #bootstrapServers} are where the proxy forwards to. */
    static BrokerProcess startBehind(FaultProxy proxy, Path dataDirectory) throws IOException {
        BrokerProcess broker = run(dataDirectory.toString(), proxy.bootstrapServers());
        proxy.forwardTo(broker.bootstrapServers());
        return broker;
    }

    private static BrokerProcess run(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                BrokerProcess.class.getName()));
        command.addAll(List.of(args));
        Process process =
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(READY)) {
                return new BrokerProcess(process, line.substring(READY.length()));
            }
        }
        throw new IOException("The process ended before its broker was ready");
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    long pid() {
        return process.pid();
    }

    /** Ends the process with SIGKILL, so that nothing is closed. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Asks the process to end, as a container or Ctrl-C does, which runs its shutdown hooks. */
    void terminate() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    public static void main(String[] args) throws InterruptedException {
        EmbeddedKafka.Builder builder = EmbeddedKafka.builder().dataDirectory(Path.of(args[0]));
        boolean proxied = args.length > 1;
        EmbeddedKafka kafka = proxied ? builder.behind(args[1]).start() : builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(kafka::close));
        kafka.createTopic(TOPIC, 1, Map.of());
        System.out.println(READY + (proxied ? kafka.proxyTarget() : kafka.bootstrapServers()));
        new CountDownLatch(1).await();
    }
}
