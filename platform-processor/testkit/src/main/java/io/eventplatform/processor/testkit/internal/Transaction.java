package io.eventplatform.processor.testkit.internal;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** A transaction as its coordinator knows it: open, then decided, then marked in every partition it reached. */
final class Transaction {

    private enum State {
        OPEN,
        COMMITTED,
        ABORTED
    }

    private final long sinceMillis;
    private final SimClock clock;
    private final Set<Log> unmarked = new LinkedHashSet<>();
    private final Map<Group, Map<TopicPartition, OffsetAndMetadata>> offsets = new HashMap<>();
    private State state = State.OPEN;

    Transaction(SimClock clock) {
        this.clock = clock;
        this.sinceMillis = clock.millis();
    }

    long sinceMillis() {
        return sinceMillis;
    }

    void reaches(Log log) {
        unmarked.add(log);
    }

    void add(Group group, Map<TopicPartition, OffsetAndMetadata> more) {
        offsets.computeIfAbsent(group, absent -> new HashMap<>()).putAll(more);
    }

    /** Whether it holds an offset of this partition whose fate is open. */
    boolean holdsOffset(Group group, TopicPartition partition) {
        return !isDecided() && offsets.getOrDefault(group, Map.of()).containsKey(partition);
    }

    boolean isDecided() {
        return state != State.OPEN;
    }

    boolean isCommitted() {
        return state == State.COMMITTED;
    }

    /** Decides it. The group learns at once; partitions where their marker is late only later. */
    void end(boolean commit, boolean markersLate) {
        state = commit ? State.COMMITTED : State.ABORTED;
        if (commit) {
            offsets.forEach(Group::commit);
        }
        if (!markersLate) {
            markAll();
        }
    }

    void markAll() {
        List.copyOf(unmarked).forEach(this::mark);
    }

    void mark(Log log) {
        unmarked.remove(log);
        log.mark(this, clock.millis(), new RecordHeaders());
    }
}
