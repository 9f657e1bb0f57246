package io.eventplatform.processor.chaos;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.kafka.testkit.ApiKind;
import io.eventplatform.kafka.testkit.Fault;
import io.eventplatform.kafka.testkit.FaultProxy;
import io.eventplatform.kafka.testkit.Faults;
import io.eventplatform.processor.KafkaWorld;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three instances in processes of their own behind a faulty network, on a broker in a process of its own:
 * killed, frozen beyond their session and thawed, cut off, left without answers, one after the other, for
 * {@code -Dchaos.minutes=…} minutes. Then nothing may be lost, doubled, out of order or miscounted.
 *
 * <p>What happens when follows from {@code -Dchaos.seed=…}, which is printed.
 */
@Tag("chaos")
class ChaosTest {

    private static final Duration LENGTH = Duration.ofMinutes(Long.getLong("chaos.minutes", 3));
    private static final long SEED = Long.getLong("chaos.seed", new Random().nextLong(1_000_000));

    /** Longer than the session timeout of an instance, so that others take over. */
    private static final int LONGEST_FREEZE_MILLIS = 14_000;

    private static final int LONGEST_NETWORK_FAULT_MILLIS = 5_000;
    private static final int LONGEST_PAUSE_MILLIS = 3_000;

    private static final List<ApiKind> ANSWERED = List.of(
            ApiKind.END_TXN,
            ApiKind.TXN_OFFSET_COMMIT,
            ApiKind.ADD_OFFSETS_TO_TXN,
            ApiKind.ADD_PARTITIONS_TO_TXN,
            ApiKind.INIT_PRODUCER_ID,
            ApiKind.PRODUCE,
            ApiKind.FETCH,
            ApiKind.OFFSET_FETCH,
            ApiKind.JOIN_GROUP,
            ApiKind.HEARTBEAT);

    private enum Mischief {
        KILL_AN_INSTANCE,
        KILL_AN_INSTANCE_AND_WAIT,
        STOP_AN_INSTANCE,
        FREEZE_AN_INSTANCE,
        KILL_THE_BROKER,
        CUT_ONE_OFF,
        CUT_ALL_OFF,
        DELAY_ANSWERS,
        LOSE_ANSWERS
    }

    @TempDir
    Path directory;

    private final Random random = new Random(SEED);
    private final List<Jvm> instances = new ArrayList<>();
    private final Map<Mischief, Integer> done = new EnumMap<>(Mischief.class);
    private final List<String> failures = new ArrayList<>();
    private final FaultProxy proxy = FaultProxy.listen();
    private @Nullable Jvm broker;
    private int port;
    private int processes;

    @Test
    void whateverBreaksNothingIsLostDoubledOrMiscounted() throws Exception {
        System.out.println("ChaosTest: -Dchaos.seed=" + SEED + " -Dchaos.minutes=" + LENGTH.toMinutes());
        port = freePort();
        String direct = "127.0.0.1:" + port; // past the proxy, the same after each start
        startBroker();
        try (KafkaWorld kafka = new KafkaWorld(direct)) {
            kafka.create(ChaosPipeline.PIPELINE.topics(ChaosPipeline.PARTITIONS));
            for (int number = 0; number < 3; number++) {
                instances.add(startInstance(number));
            }
            for (Jvm instance : instances) {
                instance.awaitLine(ChaosInstance.READY);
            }

            try (Feed feed = new Feed(direct, SEED)) {
                long end = System.nanoTime() + LENGTH.toNanos();
                while (System.nanoTime() < end) {
                    Mischief mischief = Mischief.values()[random.nextInt(Mischief.values().length)];
                    done.merge(mischief, 1, Integer::sum);
                    make(mischief);
                    revive();
                    pause(random.nextInt(LONGEST_PAUSE_MILLIS));
                }
            }
            kafka.awaitCommitted(
                    ChaosPipeline.NAME, ChaosPipeline.PIPELINE.sources().get(0).topic());

            System.out.println("ChaosTest: " + done);
            Audit.assertExact(kafka, "seed " + SEED);
            assertThat(failures).as("instances that gave up by themselves").isEmpty();
        }
    }

    private void make(Mischief mischief) throws Exception {
        int victim = random.nextInt(instances.size());
        switch (mischief) {
            case KILL_AN_INSTANCE -> {
                instances.get(victim).kill();
                instances.set(victim, startInstance(victim));
            }
            case KILL_AN_INSTANCE_AND_WAIT -> {
                instances.get(victim).kill();
                pause(random.nextInt(LONGEST_FREEZE_MILLIS));
                instances.set(victim, startInstance(victim));
            }
            case STOP_AN_INSTANCE -> {
                instances.get(victim).terminate();
                instances.set(victim, startInstance(victim));
            }
            case FREEZE_AN_INSTANCE -> {
                instances.get(victim).freeze();
                pause(random.nextInt(LONGEST_FREEZE_MILLIS));
                instances.get(victim).thaw();
            }
            case KILL_THE_BROKER -> {
                requireNonNull(broker).kill();
                startBroker();
            }
            case CUT_ONE_OFF -> during(proxy.clients(clientId(victim)).cut());
            case CUT_ALL_OFF -> during(proxy.cut());
            case DELAY_ANSWERS -> during(proxy.delay(Duration.ofMillis(50 + random.nextInt(400))));
            case LOSE_ANSWERS -> {
                Faults whose = random.nextBoolean() ? proxy : proxy.clients(clientId(victim));
                during(whose.dropResponses(ANSWERED.get(random.nextInt(ANSWERED.size())), 1 + random.nextInt(3)));
            }
        }
    }

    private static String clientId(int instance) {
        return ChaosPipeline.NAME + "." + instanceName(instance);
    }

    private static String instanceName(int number) {
        return "instance-" + number;
    }

    private void during(Fault fault) {
        pause(random.nextInt(LONGEST_NETWORK_FAULT_MILLIS));
        fault.end();
    }

    /** As an orchestrator would: what has ended is started again. It should not have. */
    private void revive() throws IOException {
        for (int number = 0; number < instances.size(); number++) {
            if (instances.get(number).hasEnded()) {
                failures.add(instances.get(number).text());
                instances.set(number, startInstance(number));
            }
        }
    }

    private Jvm startInstance(int number) throws IOException {
        return Jvm.start(
                ChaosInstance.class, nextOutput(instanceName(number)), proxy.bootstrapServers(), instanceName(number));
    }

    private void startBroker() throws IOException {
        Jvm started = Jvm.start(
                ChaosBroker.class,
                nextOutput("broker"),
                directory.resolve("kafka").toString(),
                Integer.toString(port),
                proxy.bootstrapServers());
        broker = started;
        proxy.forwardTo(started.awaitLine(ChaosBroker.READY));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private Path nextOutput(String name) {
        return directory.resolve(name + "-" + ++processes + ".txt");
    }

    /** Lets the processes go on for a while, as they are. */
    private static void pause(int millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @AfterEach
    void endProcesses() {
        instances.forEach(Jvm::close);
        if (broker != null) {
            broker.close();
        }
        proxy.close();
    }
}
