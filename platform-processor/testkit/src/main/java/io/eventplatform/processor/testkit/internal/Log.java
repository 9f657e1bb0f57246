package io.eventplatform.processor.testkit.internal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * One partition of a topic: records and transaction markers at their offsets, with gaps where records were
 * compacted. A reader of committed records stops at the first record of the oldest transaction that has no
 * marker here yet (the last stable offset).
 */
final class Log {

    /** A marker that is late comes when a reader has waited for it this often. */
    private static final int LATE_MARKER_FETCHES = 3;

    private final List<Entry> entries = new ArrayList<>();
    /** Transactions without a marker here, with the offset of their first record. */
    private final Map<Transaction, Long> unmarked = new LinkedHashMap<>();

    private long start;
    private long end;
    private int fetchesThatWaited;

    @SuppressWarnings("ArrayRecordComponent") // bytes as they lie in a log; never compared
    record Entry(
            long offset,
            long timestamp,
            byte @Nullable [] key,
            byte @Nullable [] value,
            Headers headers,
            @Nullable Transaction transaction,
            boolean marker) {

        boolean isVisible(boolean committedOnly) {
            return !marker && (!committedOnly || transaction == null || transaction.isCommitted());
        }
    }

    /** What a fetch brings: records, and where the next one goes on. */
    record Fetched(List<Entry> records, long next) {}

    long append(
            long timestamp,
            byte @Nullable [] key,
            byte @Nullable [] value,
            Headers headers,
            @Nullable Transaction transaction) {
        if (transaction != null && unmarked.putIfAbsent(transaction, end) == null) {
            transaction.reaches(this);
        }
        entries.add(new Entry(end, timestamp, key, value, headers, transaction, false));
        return end++;
    }

    /** Ends a transaction here; its marker takes an offset. */
    void mark(Transaction transaction, long timestamp, Headers none) {
        unmarked.remove(transaction);
        entries.add(new Entry(end++, timestamp, null, null, none, transaction, true));
    }

    long start() {
        return start;
    }

    long end() {
        return end;
    }

    /** The last stable offset. */
    long stableEnd() {
        return unmarked.values().stream().mapToLong(Long::longValue).min().orElse(end);
    }

    long end(boolean committedOnly) {
        return committedOnly ? stableEnd() : end;
    }

    Fetched fetch(long from, int limit, boolean committedOnly) {
        if (committedOnly) {
            awaitLateMarker();
        }
        long to = end(committedOnly);
        List<Entry> records = new ArrayList<>();
        for (int i = indexOf(from); i < entries.size() && entries.get(i).offset() < to; i++) {
            Entry entry = entries.get(i);
            if (!entry.isVisible(committedOnly)) {
                continue;
            }
            if (records.size() == limit) {
                return new Fetched(records, records.get(limit - 1).offset() + 1);
            }
            records.add(entry);
        }
        return new Fetched(records, Math.max(from, to));
    }

    private void awaitLateMarker() {
        boolean waits = unmarked.keySet().stream().anyMatch(Transaction::isDecided);
        if (waits && ++fetchesThatWaited >= LATE_MARKER_FETCHES) {
            fetchesThatWaited = 0;
            List.copyOf(unmarked.keySet()).stream()
                    .filter(Transaction::isDecided)
                    .forEach(transaction -> transaction.mark(this));
        }
    }

    /** What a reader of committed records finds from here to the last stable offset. */
    List<Entry> committed(long from) {
        return fetchAll(from, true);
    }

    private List<Entry> fetchAll(long from, boolean committedOnly) {
        long to = end(committedOnly);
        return entries.subList(indexOf(from), entries.size()).stream()
                .filter(entry -> entry.offset() < to && entry.isVisible(committedOnly))
                .toList();
    }

    private int indexOf(long offset) {
        int low = 0;
        int high = entries.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (entries.get(middle).offset() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Leaves out offsets, as records do that were written and compacted before anyone read them. */
    void skip(int offsets) {
        end += offsets;
    }

    /** Keeps the last record of each key; tombstones stay, as they do for a day in a broker. */
    void compact() {
        long stable = stableEnd();
        Set<ByteBuffer> seen = new HashSet<>();
        for (int i = entries.size() - 1; i >= 0; i--) {
            Entry entry = entries.get(i);
            byte[] key = entry.key();
            boolean kept = entry.offset() >= stable
                    || (entry.isVisible(true) && (key == null || seen.add(ByteBuffer.wrap(key))));
            if (!kept) {
                entries.remove(i);
            }
        }
    }

    /** Deletes what lies before an offset, as retention does. */
    void deleteBefore(long offset) {
        start = Math.max(start, Math.min(offset, stableEnd()));
        entries.removeIf(entry -> entry.offset() < start);
    }
}
