package io.eventplatform.processor.internal;

import io.eventplatform.processor.DedupWindow;
import io.eventplatform.processor.internal.DedupChangelog.Block;
import io.eventplatform.processor.internal.DedupChangelog.BlockKey;
import io.eventplatform.processor.internal.Fingerprints.Fingerprint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The dedup window of one partition.
 *
 * <p>Ids lie in buckets of event time: the bucket of the clock when the id's record was done. The clock is
 * the largest event time of a finished record, never beyond the wall clock plus the allowed skew, so one
 * bad timestamp cannot empty the window. A bucket {@code [s, s + b)} is dropped once the clock reaches
 * {@code s + b + length}: each id is then at least {@code length} old.
 *
 * <p>What changed since the last acknowledged commit is kept apart: {@link #changelog} writes it as blocks
 * into the transaction, any number of times, until {@link #committed} says that it arrived. An id that was
 * added counts at once, so a later record of the same commit is a duplicate. A lost partition drops the
 * whole index. Confined to the worker thread.
 */
final class DedupIndex {

    private final DedupWindow window;
    private final long bucketMillis;
    private final long lengthMillis;
    private final TreeMap<Long, Bucket> buckets = new TreeMap<>();

    private Fingerprints fingerprints = Fingerprints.withNewKey();
    private boolean keyStored;
    private long clock = OffsetMetadata.NO_CLOCK;

    /** Added since the last acknowledged commit, by bucket. */
    private final TreeMap<Long, List<Fingerprint>> added = new TreeMap<>();

    /** Blocks of buckets dropped since the last acknowledged commit. */
    private final List<BlockKey> dropped = new ArrayList<>();

    /** Blocks written by the commit under way. */
    private final List<BlockKey> written = new ArrayList<>();

    DedupIndex(DedupWindow window) {
        this.window = window;
        this.bucketMillis = window.bucket().toMillis();
        this.lengthMillis = window.length().toMillis();
    }

    Fingerprint fingerprint(String eventId) {
        return fingerprints.of(eventId);
    }

    boolean contains(Fingerprint id) {
        for (Bucket bucket : buckets.values()) {
            if (bucket.ids.contains(id.high(), id.low())) {
                return true;
            }
        }
        return false;
    }

    /** Remembers the id of a record that is done. */
    void add(Fingerprint id, long eventMillis, long nowMillis) {
        advanceClock(Math.min(eventMillis, nowMillis + window.maxSkew().toMillis()));
        long start = Math.floorDiv(clock, bucketMillis) * bucketMillis;
        if (bucket(start).ids.add(id.high(), id.low())) {
            added.computeIfAbsent(start, key -> new ArrayList<>()).add(id);
        }
    }

    private void advanceClock(long eventMillis) {
        if (eventMillis <= clock) {
            return;
        }
        clock = eventMillis;
        while (!buckets.isEmpty() && buckets.firstKey() + bucketMillis + lengthMillis <= clock) {
            Map.Entry<Long, Bucket> oldest = buckets.pollFirstEntry();
            dropped.addAll(oldest.getValue().blocks);
            added.remove(oldest.getKey());
        }
    }

    private Bucket bucket(long start) {
        Bucket bucket = buckets.get(start);
        if (bucket == null) {
            int like =
                    buckets.isEmpty() ? 0 : buckets.lastEntry().getValue().ids.size();
            bucket = new Bucket(new FingerprintSet(like));
            buckets.put(start, bucket);
        }
        return bucket;
    }

    /** Event time of this partition in milliseconds, {@link OffsetMetadata#NO_CLOCK} before the first record. */
    long clock() {
        return clock;
    }

    int size() {
        return buckets.values().stream().mapToInt(bucket -> bucket.ids.size()).sum();
    }

    /** Hands over key and value of every changelog record that the commit of this sequence needs; null is a tombstone. */
    void changelog(long sequence, BiConsumer<byte[], byte @Nullable []> records) {
        if (!keyStored) {
            records.accept(DedupChangelog.HASH_KEY, DedupChangelog.hashKeyValue(fingerprints.key()));
        }
        for (BlockKey block : dropped) {
            records.accept(block.toBytes(), null);
        }
        written.clear();
        int index = 0;
        for (Map.Entry<Long, List<Fingerprint>> bucket : added.entrySet()) {
            List<Fingerprint> ids = bucket.getValue();
            for (int from = 0; from < ids.size(); from += DedupChangelog.MAX_IDS_PER_BLOCK) {
                int to = Math.min(ids.size(), from + DedupChangelog.MAX_IDS_PER_BLOCK);
                BlockKey key = new BlockKey(bucket.getKey(), sequence, index++);
                records.accept(key.toBytes(), DedupChangelog.toBytes(ids.subList(from, to)));
                written.add(key);
            }
        }
    }

    /** The commit that {@link #changelog} was last called for is acknowledged. */
    void committed() {
        keyStored = true;
        for (BlockKey block : written) {
            bucket(block.bucketStart()).blocks.add(block);
        }
        written.clear();
        added.clear();
        dropped.clear();
    }

    void restoreHashKey(byte[] key) {
        fingerprints = new Fingerprints(key);
        keyStored = true;
    }

    /** Takes back a block read from the changelog, or, where {@code block} is null, its tombstone. */
    void restore(BlockKey key, @Nullable Block block) {
        if (block == null) {
            return;
        }
        Bucket bucket = bucket(key.bucketStart());
        block.forEach(bucket.ids::add);
        bucket.blocks.add(key);
    }

    /** Whether the changelog holds this window's hash key; it does from the first commit on. */
    boolean isKeyStored() {
        return keyStored;
    }

    /** Ends a restore at the clock that was committed with the offset. */
    void restored(long committedClock) {
        advanceClock(committedClock);
    }

    private record Bucket(FingerprintSet ids, List<BlockKey> blocks) {

        Bucket(FingerprintSet ids) {
            this(ids, new ArrayList<>());
        }
    }
}
