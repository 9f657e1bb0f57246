package io.eventplatform.processor.testkit;

import io.eventplatform.event.EventIds;
import io.eventplatform.processor.RecordPosition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;

/** What must come of the records of one source partition, whatever happens on the way. */
final class Oracle {

    static final String PIPELINE = "deeds";
    static final String STAGE = "do";
    static final int MAX_ATTEMPTS = 3;

    /** Longer than the window with its last bucket, shorter than the schedules' jumps. */
    private static final long FORGOTTEN_MILLIS = 2 * 3_600_000;

    /** An event that must come out, its count, and the record that brings it about. */
    record Output(String id, long count, RecordPosition source) {}

    /** A timer that is set. */
    private record Alarm(long millis, String actor, String name) {}

    /** Of those for the same time each actor has its own in the order of their names. */
    private static final Comparator<Alarm> BY_TIME =
            Comparator.comparingLong(Alarm::millis).thenComparing(Alarm::actor).thenComparing(Alarm::name);

    private final Map<String, List<Output>> outputs = new LinkedHashMap<>();
    private final Map<RecordPosition, String> deadLetters = new LinkedHashMap<>();
    private final Map<String, Long> remembered = new HashMap<>();
    private final Map<String, Long> counts = new HashMap<>();
    private final NavigableSet<Alarm> alarms = new TreeSet<>(BY_TIME);
    private final boolean deduplicates;
    private long clock = Long.MIN_VALUE;

    Oracle(boolean deduplicates) {
        this.deduplicates = deduplicates;
    }

    void deed(RecordPosition at, String id, Deed deed, long eventMillis) {
        if (remembered.containsKey(id)) {
            return;
        }
        if (deed.fails() >= MAX_ATTEMPTS) {
            deadLetters.put(at, "processing.failed");
            return;
        }
        clock = Math.max(clock, eventMillis);
        if (deduplicates) {
            remembered.values().removeIf(since -> clock - since > FORGOTTEN_MILLIS);
            remembered.put(id, clock);
        }
        long count = count(deed.actor());
        for (int i = 0; i < deed.outputs(); i++) {
            String outputId = deed.outputs() == 1 ? id : EventIds.derive(id, STAGE, Integer.toString(i));
            output(deed.actor(), new Output(outputId, count, at));
        }
        if (deed.alarm() > 0) {
            alarms.add(new Alarm(eventMillis + deed.alarm() * 1_000, deed.actor(), deed.alarmName(id)));
        }
        alarmsGoOff(at);
    }

    /** Those that the record has brought the watermark to, before the next record. */
    private void alarmsGoOff(RecordPosition at) {
        while (!alarms.isEmpty() && alarms.first().millis() <= clock) {
            Alarm alarm = Objects.requireNonNull(alarms.pollFirst());
            String time = Instant.ofEpochMilli(alarm.millis()).toString();
            String id = EventIds.derive(PIPELINE, STAGE, alarm.actor(), alarm.name(), time, "0");
            output(alarm.actor(), new Output(id, count(alarm.actor()), at));
        }
    }

    private long count(String actor) {
        return counts.merge(actor, 1L, Long::sum);
    }

    private void output(String actor, Output output) {
        outputs.computeIfAbsent(actor, absent -> new ArrayList<>()).add(output);
    }

    void broken(RecordPosition at, String reason) {
        deadLetters.put(at, reason);
    }

    /** Ids of which a further record must be dropped. */
    List<String> remembered() {
        return new ArrayList<>(remembered.keySet());
    }

    /** Of each actor that has done something, how much. */
    Map<String, Long> counts() {
        return counts;
    }

    /** Of each actor, in order. */
    Map<String, List<Output>> outputs() {
        return outputs;
    }

    Map<RecordPosition, String> deadLetters() {
        return deadLetters;
    }
}
