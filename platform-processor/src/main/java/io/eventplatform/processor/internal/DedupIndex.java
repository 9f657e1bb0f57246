package io.eventplatform.processor.internal;

import io.eventplatform.processor.DedupWindow;
import io.eventplatform.processor.internal.DedupChangelog.Block;
import io.eventplatform.processor.internal.DedupChangelog.BlockKey;
import io.eventplatform.processor.internal.Fingerprints.Fingerprint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /** Read from the changelog, which may hold a block of one key several times, of which the last one counts. */
    private final Map<BlockKey, Block> restoring = new LinkedHashMap<>();

    /** Blocks to be deleted by the next commit: nobody will need them whatever becomes of it. */
    private final Set<BlockKey> dead = new LinkedHashSet<>();

    /** Blocks that the commit under way makes useless: of buckets it drops, and of earlier attempts at it. */
    private final Set<BlockKey> dying = new LinkedHashSet<>();

    /** Blocks written by the commit under way. */
    private final Set<BlockKey> written = new LinkedHashSet<>();

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
            dying.addAll(oldest.getValue().blocks);
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
        for (BlockKey block : dead) {
            records.accept(block.toBytes(), null);
        }
        dying.addAll(written);
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
        dead.clear();
        dying.removeAll(written);
        dead.addAll(dying);
        dying.clear();
        written.clear();
        added.clear();
    }

    void restoreHashKey(byte[] key) {
        fingerprints = new Fingerprints(key);
        keyStored = true;
    }

    /** Takes back a block read from the changelog, or, where {@code block} is null, its tombstone. */
    void restore(BlockKey key, @Nullable Block block) {
        if (block == null) {
            restoring.remove(key);
        } else {
            restoring.put(key, block);
        }
    }

    /** The window was emptied: its ids are hashed by another key from now on. */
    void forgetHashKey() {
        fingerprints = Fingerprints.withNewKey();
        keyStored = false;
    }

    /** Whether the changelog holds this window's hash key; it does from the first commit on. */
    boolean isKeyStored() {
        return keyStored;
    }

    /**
     * Ends a restore at what was committed with the offset. Blocks of a later sequence are of a commit that never
     * arrived: its records are read again, and must not be duplicates of themselves.
     */
    void restored(long committedSequence, long committedClock) {
        restoring.forEach((key, block) -> {
            if (key.sequence() > committedSequence) {
                dead.add(key);
            } else {
                Bucket bucket = bucket(key.bucketStart());
                block.forEach(bucket.ids::add);
                bucket.blocks.add(key);
            }
        });
        restoring.clear();
        advanceClock(committedClock);
    }

    private record Bucket(FingerprintSet ids, List<BlockKey> blocks) {

        Bucket(FingerprintSet ids) {
            this(ids, new ArrayList<>());
        }
    }
}
