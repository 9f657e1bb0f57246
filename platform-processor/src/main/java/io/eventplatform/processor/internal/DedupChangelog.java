package io.eventplatform.processor.internal;

import io.eventplatform.processor.internal.Fingerprints.Fingerprint;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of a dedup window, version 1, big-endian.
 *
 * <pre>
 * block     key    version 1 | 'b' | bucket start (ms, 8) | commit sequence (8) | index in the commit (4)
 *           value  version 1 | count (4) | count fingerprints of 16
 * hash key  key    version 1 | 'k'
 *           value  version 1 | 32 bytes
 * </pre>
 *
 * A tombstone deletes; the hash key goes only when the window is emptied. Versions it does not know are refused,
 * never skipped: ids would be forgotten.
 */
final class DedupChangelog {

    private static final byte VERSION = 1;
    private static final byte BLOCK = 'b';
    private static final byte KEY = 'k';
    private static final int BLOCK_KEY_BYTES = 2 + Long.BYTES + Long.BYTES + Integer.BYTES;
    private static final int FINGERPRINT_BYTES = 16;

    /** Keeps a block below half a megabyte, well under Kafka's default record limit. */
    static final int MAX_IDS_PER_BLOCK = 30_000;

    static final byte[] HASH_KEY = {VERSION, KEY};

    private DedupChangelog() {}

    static byte[] hashKeyValue(byte[] key) {
        return ByteBuffer.allocate(1 + key.length).put(VERSION).put(key).array();
    }

    static byte[] toBytes(List<Fingerprint> ids) {
        ByteBuffer bytes = ByteBuffer.allocate(1 + Integer.BYTES + ids.size() * FINGERPRINT_BYTES);
        bytes.put(VERSION).putInt(ids.size());
        for (Fingerprint id : ids) {
            bytes.putLong(id.high()).putLong(id.low());
        }
        return bytes.array();
    }

    /**
     * Puts one changelog record back into an index.
     *
     * @throws UnreadableStateException if it was written by a version this one does not know
     */
    static void restore(byte[] key, byte @Nullable [] value, DedupIndex index) {
        boolean unknownValue = value != null && (value.length < 1 || value[0] != VERSION);
        if (key.length < 2 || key[0] != VERSION || unknownValue) {
            throw new UnreadableStateException("a record of a version this library does not know");
        }
        if (key[1] == KEY && value == null) {
            index.forgetHashKey();
        } else if (key[1] == KEY && value != null && value.length == 1 + Fingerprints.KEY_BYTES) {
            byte[] hashKey = new byte[Fingerprints.KEY_BYTES];
            System.arraycopy(value, 1, hashKey, 0, hashKey.length);
            index.restoreHashKey(hashKey);
        } else if (key[1] == BLOCK && key.length == BLOCK_KEY_BYTES) {
            index.restore(BlockKey.parse(key), value == null ? null : new Block(value));
        } else {
            throw new UnreadableStateException("a record that is neither a block of ids nor the hash key");
        }
    }

    /** Names a block: one per bucket and commit, or several where it would grow too large. */
    record BlockKey(long bucketStart, long sequence, int index) {

        static BlockKey parse(byte[] bytes) {
            ByteBuffer key = ByteBuffer.wrap(bytes, 2, bytes.length - 2);
            return new BlockKey(key.getLong(), key.getLong(), key.getInt());
        }

        byte[] toBytes() {
            return ByteBuffer.allocate(BLOCK_KEY_BYTES)
                    .put(VERSION)
                    .put(BLOCK)
                    .putLong(bucketStart)
                    .putLong(sequence)
                    .putInt(index)
                    .array();
        }
    }

    /** The ids of a block, read in place. */
    static final class Block {

        private final ByteBuffer bytes;
        private final int count;

        private Block(byte[] value) {
            bytes = ByteBuffer.wrap(value, 1, value.length - 1);
            count = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt();
            if (count < 0 || bytes.remaining() != (long) count * FINGERPRINT_BYTES) {
                throw new UnreadableStateException("a block of ids that is cut short");
            }
        }

        void forEach(FingerprintConsumer consumer) {
            for (int i = 0; i < count; i++) {
                consumer.accept(bytes.getLong(), bytes.getLong());
            }
        }
    }

    @FunctionalInterface
    interface FingerprintConsumer {
        @SuppressWarnings("UnusedReturnValue")
        boolean accept(long high, long low);
    }
}
