package io.eventplatform.processor.testkit;

import io.eventplatform.event.EventIds;
import io.eventplatform.processor.RecordPosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What must come of the records of one source partition, whatever happens on the way. */
final class Oracle {

    static final String STAGE = "do";
    static final int MAX_ATTEMPTS = 3;

    /** Longer than the window with its last bucket, shorter than the schedules' jumps. */
    private static final long FORGOTTEN_MILLIS = 2 * 3_600_000;

    /** An event that must come out, and the record it comes of. */
    record Output(String id, RecordPosition source) {}

    private final Map<String, List<Output>> outputs = new LinkedHashMap<>();
    private final Map<RecordPosition, String> deadLetters = new LinkedHashMap<>();
    private final Map<String, Long> remembered = new HashMap<>();
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
        if (deduplicates) {
            clock = Math.max(clock, eventMillis);
            remembered.values().removeIf(since -> clock - since > FORGOTTEN_MILLIS);
            remembered.put(id, clock);
        }
        for (int i = 0; i < deed.outputs(); i++) {
            String outputId = deed.outputs() == 1 ? id : EventIds.derive(id, STAGE, Integer.toString(i));
            outputs.computeIfAbsent(deed.actor(), absent -> new ArrayList<>()).add(new Output(outputId, at));
        }
    }

    void broken(RecordPosition at, String reason) {
        deadLetters.put(at, reason);
    }

    /** Ids of which a further record must be dropped. */
    List<String> remembered() {
        return new ArrayList<>(remembered.keySet());
    }

    /** Of each actor, in order. */
    Map<String, List<Output>> outputs() {
        return outputs;
    }

    Map<RecordPosition, String> deadLetters() {
        return deadLetters;
    }
}
