package io.eventplatform.processor.testkit;

import io.eventplatform.processor.Step;
import io.eventplatform.processor.testkit.internal.SimProcess.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * One random course of events, decided by its seed: what is fed, who works, crashes, freezes and comes back, which
 * answers get lost. After each action the world is checked, at the end as a whole.
 */
final class Schedule {

    private static final List<Step> STEPS =
            List.of(Step.POLLED, Step.PROCESSED, Step.OUTPUTS_SENT, Step.OFFSETS_SENT, Step.TRANSACTION_COMMITTED);
    private static final Fault[] FAULTS = Fault.values();
    private static final int MAX_INSTANCES = 3;

    private final long seed;
    private final Random random;
    private final World world;
    private final PipelineDriver driver;
    private final List<String> log = new ArrayList<>();
    private boolean grown;

    private Schedule(long seed, Workers workers) {
        this.seed = seed;
        this.random = new Random(new SplittableRandom(seed).nextLong()); // alone it begins alike for seeds in a row
        this.world = new World(random, workers);
        this.driver = world.driver();
    }

    /** @throws Violation if a guarantee is broken; the message tells which, the course of events and how to repeat it */
    static void run(long seed, Workers workers) {
        Schedule schedule = new Schedule(seed, workers);
        try {
            schedule.run();
        } catch (Violation | RuntimeException e) {
            throw new Violation(e, schedule);
        }
    }

    private void run() {
        int actions = 10 + random.nextInt(40);
        for (int i = 0; i < actions; i++) {
            act();
            world.check();
        }
        finish();
        world.checkComplete();
        log.add("feed every remembered id again, run");
        world.feedAllAgain();
        driver.run();
        world.checkComplete();
        world.checkState();
        world.close();
        world.check();
    }

    private void finish() {
        log.add("no more faults, restart what is gone, run");
        driver.disarm();
        driver.instances().forEach(instance -> instance.process().noMoreFaults());
        if (grown) {
            driver.crash(); // who started before would stop at the first new partition
        }
        restart();
        driver.run();
    }

    private void act() {
        switch (random.nextInt(34)) {
            case 0, 1, 2, 3, 4, 5, 6 -> feed();
            case 7, 8, 9, 10, 11, 12, 13, 14 -> turns(1 + random.nextInt(4));
            case 15 -> turns(30);
            case 16, 17 -> crashAt();
            case 18 -> crash();
            case 19, 20 -> {
                log.add("restart");
                restart();
            }
            case 21 -> addInstance();
            case 22 -> closeOne();
            case 23 -> rebalance();
            case 24 -> expelOne();
            case 25 -> freezeAt();
            case 26, 27 -> fault();
            case 28 -> fence();
            case 29 -> advance();
            case 30 -> foreignTransaction();
            case 31 -> compact();
            case 32 -> markersLate();
            case 33 -> rarely();
            default -> throw new IllegalStateException("no such action");
        }
    }

    private void feed() {
        int records = 1 + random.nextInt(5);
        log.add("feed " + records);
        for (int i = 0; i < records; i++) {
            world.feedAny();
        }
    }

    private void turns(int count) {
        log.add(count + " turns");
        for (int i = 0; i < count; i++) {
            driver.turn();
        }
    }

    private void crashAt() {
        Step step = STEPS.get(random.nextInt(STEPS.size()));
        int nth = 1 + random.nextInt(3);
        log.add("crash at " + step + " " + nth);
        driver.crashAt(step, nth);
    }

    private void crash() {
        Instance instance = any();
        log.add("crash " + instance);
        if (instance.isRunning()) {
            instance.crash();
        }
    }

    private void restart() {
        if (driver.instances().stream().anyMatch(instance -> !instance.isRunning())) {
            driver.restart();
        }
    }

    private void addInstance() {
        if (driver.instances().size() < MAX_INSTANCES) {
            log.add("add an instance");
            driver.addInstance();
        }
    }

    private void closeOne() {
        Instance instance = any();
        log.add("close " + instance);
        instance.close();
    }

    private void rebalance() {
        log.add("rebalance");
        world.kafka().shuffle(world.group());
    }

    private void expelOne() {
        Instance instance = any();
        log.add("expel " + instance);
        instance.process().expel();
    }

    private void freezeAt() {
        Step step = STEPS.get(random.nextInt(STEPS.size()));
        log.add("freeze at " + step);
        driver.freezeAt(step);
    }

    private void fault() {
        Instance instance = any();
        Fault fault = FAULTS[random.nextInt(FAULTS.length)];
        log.add("next of " + instance + ": " + fault);
        instance.process().next(fault);
    }

    private void fence() {
        Instance instance = any();
        log.add("fence " + instance);
        instance.process().fence();
    }

    private void advance() {
        Duration by = Duration.ofMillis(1 + random.nextInt(20_000));
        log.add("advance " + by);
        driver.advance(by);
    }

    private void foreignTransaction() {
        boolean commit = random.nextBoolean();
        log.add("a foreign transaction, " + (commit ? "committed" : "aborted"));
        world.feedInTransaction(commit);
    }

    private void compact() {
        log.add("compact the changelogs");
        world.compact();
    }

    private void markersLate() {
        boolean late = random.nextInt(3) > 0;
        log.add("markers late: " + late);
        world.kafka().markersLate(late);
    }

    private void rarely() {
        switch (random.nextInt(3)) {
            case 0 -> {
                log.add("jump 3 hours");
                world.jump();
            }
            case 1 -> {
                log.add("a gap");
                world.feedGap();
            }
            default -> {
                if (world.partitions() < World.MAX_PARTITIONS) {
                    log.add("one more partition");
                    grown = true;
                    driver.addPartitions(world.partitions() + 1);
                }
            }
        }
    }

    private Instance any() {
        return driver.instances().get(random.nextInt(driver.instances().size()));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("seed " + seed + ":");
        for (int i = 0; i < log.size(); i++) {
            text.append("\n  ").append(i + 1).append(". ").append(log.get(i));
        }
        return text.append("\nOnce more: mvn test -pl platform-processor/testkit -Dtest=ModelTest -Dmodel.seed=")
                .append(seed)
                .toString();
    }
}
