package io.eventplatform.processor.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventplatform.contract.Contracts;
import io.eventplatform.processor.DedupWindow;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.RecordPosition;
import io.eventplatform.processor.RetryPolicy;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.testkit.Oracle.Output;
import io.eventplatform.processor.testkit.internal.SimKafka;
import io.eventplatform.processor.testkit.internal.SimKafka.SimRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** A pipeline on a Kafka in memory, what was fed to it, and the check that it has kept its guarantees so far. */
final class World implements AutoCloseable {

    static final int MAX_PARTITIONS = 4;

    private static final String SOURCE = "in";
    private static final String TARGET = "out";
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int ACTORS = 3;
    private static final int MAX_ALARM_SECONDS = 20;

    private static final Source WITHOUT_WINDOW = Source.topic(SOURCE, Contracts.of(Deed.class));
    private static final Source WITH_WINDOW = WITHOUT_WINDOW.deduplicatedById(DedupWindow.of(Duration.ofHours(1)));

    private final Random random;
    private final Tokens tokens = new Tokens();
    private final Pipeline pipeline;
    private final PipelineDriver driver;
    private final SimKafka kafka;
    private final List<Oracle> oracles = new ArrayList<>();
    private final Map<String, Long> offsets = new HashMap<>();
    private final Map<String, Deed> deeds = new HashMap<>();
    private long eventMillis = START.toEpochMilli();
    private int ids;

    World(Random random, Workers workers) {
        this.random = random;
        boolean deduplicates = random.nextInt(4) > 0;
        pipeline = Pipeline.named(Oracle.PIPELINE)
                .from(deduplicates ? WITH_WINDOW : WITHOUT_WINDOW)
                .processOnly(Deed.class, Oracle.STAGE, () -> new Doing(tokens), Doing.COUNT)
                .to(TARGET);
        int commitRecords = random.nextInt(3) == 0 ? 10_000 : 1 + random.nextInt(5);
        PipelineDriver.Builder builder = PipelineDriver.builder(pipeline)
                .partitions(1 + random.nextInt(2))
                .instances(1 + random.nextInt(3))
                .startingAt(START)
                .seed(random.nextLong())
                .workers(workers)
                .options(options -> options.maxCommitRecords(commitRecords)
                        .retryPolicy(
                                new RetryPolicy(Oracle.MAX_ATTEMPTS, Duration.ofMillis(50), Duration.ofMillis(100))));
        if (random.nextInt(3) == 0) {
            builder.unnamedInstances();
        }
        driver = builder.start();
        kafka = driver.kafka();
        for (int partition = 0; partition < MAX_PARTITIONS; partition++) {
            oracles.add(new Oracle(deduplicates));
        }
    }

    PipelineDriver driver() {
        return driver;
    }

    SimKafka kafka() {
        return kafka;
    }

    int partitions() {
        return kafka.partitions(SOURCE);
    }

    /** Compacts what the pipeline keeps its state in. */
    void compact() {
        pipeline.dedupTopics().forEach(kafka::compact);
        kafka.compact(pipeline.stateTopic());
    }

    String group() {
        return Oracle.PIPELINE;
    }

    // ---- feeding

    /** One record: a new deed, one of an id that was there before, or something broken. */
    void feedAny() {
        int partition = random.nextInt(partitions());
        List<String> known = oracles.get(partition).remembered();
        switch (random.nextInt(20)) {
            case 0 -> feedBroken(partition, "{", "body.malformed");
            case 1 -> feedBroken(partition, violating(), "contract.violated");
            case 2, 3, 4, 5 -> {
                if (known.isEmpty()) {
                    feedNew(partition);
                } else {
                    feedAgain(partition, known.get(random.nextInt(known.size())));
                }
            }
            case 6 -> feedDeadAgain(partition);
            default -> feedNew(partition);
        }
    }

    private void feedNew(int partition) {
        String id = "id-" + ids++;
        long fails = random.nextInt(4) > 0 ? 0 : 1 + random.nextInt(Oracle.MAX_ATTEMPTS);
        long outputs = random.nextInt(4) > 0 ? 1 : random.nextInt(3);
        long alarm = random.nextInt(3) > 0 ? 0 : 1 + random.nextInt(MAX_ALARM_SECONDS);
        feed(partition, id, new Deed(actor(partition, random.nextInt(ACTORS)), fails, outputs, alarm));
    }

    void feedAgain(int partition, String id) {
        Deed deed = deeds.get(id);
        if (deed == null) {
            throw new IllegalStateException("no deed has the id " + id);
        }
        feed(partition, id, deed);
    }

    /** A dead letter whose cause is mended and that is sent once more, under its id. */
    private void feedDeadAgain(int partition) {
        List<String> dead = deeds.entrySet().stream()
                .filter(each -> each.getValue().fails() >= Oracle.MAX_ATTEMPTS
                        && each.getValue().actor().startsWith("p" + partition + "-"))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        if (dead.isEmpty()) {
            feedNew(partition);
            return;
        }
        String id = dead.get(random.nextInt(dead.size()));
        feed(partition, id, new Deed(actor(partition, random.nextInt(ACTORS)), 0, 1, 0));
    }

    private void feed(int partition, String id, Deed deed) {
        deeds.put(id, deed);
        eventMillis += 1_000;
        String body = Deed.json(id, deed, Instant.ofEpochMilli(eventMillis).toString());
        RecordPosition at = append(partition, deed.actor(), body);
        oracles.get(partition).deed(at, id, deed, eventMillis);
    }

    private void feedBroken(int partition, String body, String reason) {
        oracles.get(partition).broken(append(partition, actor(partition, 0), body), reason);
    }

    private String violating() {
        return Deed.json("broken-" + ids++, new Deed("x", 0, 0, 0), START.toString())
                .replace("\"fails\":0", "\"fails\":\"no\"");
    }

    private RecordPosition append(int partition, String actor, String body) {
        long offset = kafka.append(SOURCE, partition, actor.getBytes(UTF_8), body.getBytes(UTF_8), Map.of());
        return new RecordPosition(SOURCE, partition, offset);
    }

    /** A record of a foreign producer's transaction, which is committed or aborted. */
    void feedInTransaction(boolean commit) {
        int partition = random.nextInt(partitions());
        Deed deed = new Deed(actor(partition, random.nextInt(ACTORS)), 0, 1, 0);
        String id = "id-" + ids++;
        eventMillis += 1_000;
        String body = Deed.json(id, deed, Instant.ofEpochMilli(eventMillis).toString());
        long offset = kafka.appendInTransaction(
                SOURCE, partition, deed.actor().getBytes(UTF_8), body.getBytes(UTF_8), commit);
        if (commit) {
            deeds.put(id, deed);
            oracles.get(partition).deed(new RecordPosition(SOURCE, partition, offset), id, deed, eventMillis);
        }
    }

    void feedGap() {
        kafka.skip(SOURCE, random.nextInt(partitions()), 1 + random.nextInt(3));
    }

    /** So far that every id is forgotten. */
    void jump() {
        Duration jump = Duration.ofHours(3);
        eventMillis += jump.toMillis();
        driver.advance(jump);
    }

    /** An actor whose events stay in this partition however many partitions are added. */
    private String actor(int partition, int number) {
        return ACTOR_NAMES.get(partition).get(number);
    }

    private static final List<List<String>> ACTOR_NAMES = actorNames();

    private static List<List<String>> actorNames() {
        List<List<String>> names = new ArrayList<>();
        for (int partition = 0; partition < MAX_PARTITIONS; partition++) {
            List<String> found = new ArrayList<>();
            for (int i = 0; found.size() < ACTORS; i++) {
                String name = "p" + partition + "-" + i;
                int hash = org.apache.kafka.common.utils.Utils.toPositive(
                        org.apache.kafka.common.utils.Utils.murmur2(name.getBytes(UTF_8)));
                if (hash % 12 == partition) { // 12 is a multiple of 1, 2, 3 and 4
                    found.add(name);
                }
            }
            names.add(found);
        }
        return names;
    }

    // ---- checking

    /** What must hold at any moment. */
    void check() {
        checkOffsets();
        tokens.check();
        for (int partition = 0; partition < partitions(); partition++) {
            long committed = Math.max(0, kafka.committedOffset(Oracle.PIPELINE, SOURCE, partition));
            checkOutputs(partition, committed);
            checkDeadLetters(partition, committed);
        }
        checkFailures();
    }

    private void checkOffsets() {
        for (Map.Entry<String, Long> each : driver.committedOffsets().entrySet()) {
            Long before = offsets.put(each.getKey(), each.getValue());
            if (before != null && before > each.getValue()) {
                throw new Violation("the committed offset of " + each.getKey() + " went back from " + before + " to "
                        + each.getValue());
            }
        }
    }

    private void checkOutputs(int partition, long committed) {
        Map<String, List<SimRecord>> actual = new TreeMap<>();
        long token = 0;
        for (SimRecord record : kafka.committed(TARGET, partition, 0)) {
            long before = token;
            token = Tally.tokenIn(Objects.requireNonNull(record.value()));
            if (token < before) {
                throw new Violation(
                        "the token of partition " + partition + " went back from " + before + " to " + token);
            }
            actual.computeIfAbsent(new String(record.key(), UTF_8), absent -> new ArrayList<>())
                    .add(record);
        }
        actual.forEach((actor, records) ->
                checkActor(actor, records, oracles.get(partition).outputs().getOrDefault(actor, List.of()), committed));
    }

    private static void checkActor(String actor, List<SimRecord> actual, List<Output> expected, long committed) {
        Set<String> before = new HashSet<>();
        for (int i = 0; i < actual.size(); i++) {
            String id = new String(actual.get(i).headers().get("event_id"), UTF_8);
            if (i >= expected.size() || !expected.get(i).id().equals(id)) {
                boolean due = expected.stream().anyMatch(output -> output.id().equals(id));
                throw new Violation(
                        before.contains(id)
                                ? id + " of " + actor + " came out twice"
                                : due
                                        ? id + " of " + actor + " came out in place of "
                                                + expected.get(i).id() + ", which is lost or late"
                                        : id + " of " + actor + " came out and must not have");
            }
            long count = Tally.countIn(Objects.requireNonNull(actual.get(i).value()));
            if (count != expected.get(i).count()) {
                throw new Violation(id + " of " + actor + " is counted as " + count + ", not as "
                        + expected.get(i).count());
            }
            if (expected.get(i).source().offset() >= committed) {
                throw new Violation(id + " of " + actor + " came out, but the offset of its record, "
                        + expected.get(i).source() + ", is not committed");
            }
            before.add(id);
        }
    }

    private void checkDeadLetters(int partition, long committed) {
        Map<RecordPosition, String> expected = oracles.get(partition).deadLetters();
        Set<RecordPosition> seen = new HashSet<>();
        for (SimRecord record :
                kafka.committed(pipeline.deadLetterTopic(pipeline.sources().get(0)), partition, 0)) {
            DeadLetter letter = DeadLetter.of(record);
            RecordPosition at = letter.position();
            if (!letter.reason().equals(expected.get(at))) {
                throw new Violation(at + " is a dead letter for " + letter.reason() + ", expected was "
                        + expected.getOrDefault(at, "none"));
            }
            if (!seen.add(at)) {
                throw new Violation(at + " is a dead letter twice");
            }
            if (at.offset() >= committed) {
                throw new Violation(at + " is a dead letter, but its offset is not committed");
            }
        }
    }

    private void checkFailures() {
        for (Instance instance : driver.instances()) {
            instance.failure().ifPresent(failure -> {
                if (!String.valueOf(failure.getMessage()).contains("has got partition")) {
                    Violation stopped = new Violation(instance + " has stopped: " + failure.getMessage());
                    stopped.initCause(failure);
                    throw stopped;
                }
            });
        }
    }

    /** What must hold when everything was processed: nothing is missing. */
    void checkComplete() {
        kafka.writeLateMarkers();
        check();
        for (int partition = 0; partition < partitions(); partition++) {
            Map<String, Integer> actual = new HashMap<>();
            kafka.committed(TARGET, partition, 0)
                    .forEach(record -> actual.merge(new String(record.key(), UTF_8), 1, Integer::sum));
            oracles.get(partition).outputs().forEach((actor, expected) -> {
                int count = actual.getOrDefault(actor, 0);
                if (count < expected.size()) {
                    throw new Violation(expected.get(count).id() + " of " + actor + " is lost; its record is "
                            + expected.get(count).source());
                }
            });
            int letters = kafka.committed(
                            pipeline.deadLetterTopic(pipeline.sources().get(0)), partition, 0)
                    .size();
            Map<RecordPosition, String> due = oracles.get(partition).deadLetters();
            if (letters < due.size()) {
                throw new Violation((due.size() - letters) + " of the dead letters at " + due.keySet() + " are lost");
            }
        }
    }

    /** What the state topic must hold when everything was processed. */
    void checkState() {
        for (int partition = 0; partition < partitions(); partition++) {
            Map<String, Long> counts = oracles.get(partition).counts();
            for (String actor : ACTOR_NAMES.get(partition)) {
                Optional<Long> kept =
                        driver.state(Oracle.STAGE, Doing.COUNT, actor).get();
                if (!kept.equals(Optional.ofNullable(counts.get(actor)))) {
                    throw new Violation(
                            "the state of " + actor + " is counted as " + kept + ", expected was " + counts.get(actor));
                }
            }
        }
    }

    /** Every id that must be remembered, once more. */
    void feedAllAgain() {
        for (int partition = 0; partition < partitions(); partition++) {
            for (String id : oracles.get(partition).remembered()) {
                feedAgain(partition, id);
            }
        }
    }

    @Override
    public void close() {
        driver.close();
    }
}
