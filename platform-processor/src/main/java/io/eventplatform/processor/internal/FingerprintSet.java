package io.eventplatform.processor.internal;

/**
 * A set of 128-bit fingerprints in one primitive array: open addressing, linear probing, at most two
 * thirds full, so 24 to 48 bytes each and about 32 when sized well. Not thread-safe.
 */
final class FingerprintSet {

    private static final int MIN_SLOTS = 64;
    private static final int MAX_SLOTS = 1 << 29;

    /** Two longs a slot; a slot of two zeros is free. */
    private long[] slots;

    private int size;

    /** The one fingerprint that looks like a free slot. */
    private boolean holdsZero;

    FingerprintSet(int expected) {
        slots = new long[2 * slotsFor(expected)];
    }

    boolean contains(long high, long low) {
        if ((high | low) == 0) {
            return holdsZero;
        }
        int slot = find(high, low);
        return (slots[slot] | slots[slot + 1]) != 0;
    }

    /** Whether it was not there before. */
    boolean add(long high, long low) {
        if ((high | low) == 0) {
            boolean added = !holdsZero;
            holdsZero = true;
            return added;
        }
        int slot = find(high, low);
        if ((slots[slot] | slots[slot + 1]) != 0) {
            return false;
        }
        slots[slot] = high;
        slots[slot + 1] = low;
        size++;
        if (size > slots.length / 3) {
            grow();
        }
        return true;
    }

    int size() {
        return size + (holdsZero ? 1 : 0);
    }

    /** Where the fingerprint is, or the free slot where it would go. */
    private int find(long high, long low) {
        int mask = slots.length - 1;
        int slot = (int) mix(high, low) << 1 & mask;
        while ((slots[slot] | slots[slot + 1]) != 0 && (slots[slot] != high || slots[slot + 1] != low)) {
            slot = slot + 2 & mask;
        }
        return slot;
    }

    private void grow() {
        if (slots.length / 2 >= MAX_SLOTS) {
            throw new IllegalStateException("more than " + size + " ids in one bucket of a dedup window;"
                    + " use shorter buckets or more partitions");
        }
        long[] old = slots;
        slots = new long[old.length * 2];
        for (int i = 0; i < old.length; i += 2) {
            if ((old[i] | old[i + 1]) != 0) {
                int slot = find(old[i], old[i + 1]);
                slots[slot] = old[i];
                slots[slot + 1] = old[i + 1];
            }
        }
    }

    private static int slotsFor(int expected) {
        int needed = (int) Math.min(MAX_SLOTS, Math.max(MIN_SLOTS, expected * 3L / 2 + 1));
        return needed == MAX_SLOTS ? MAX_SLOTS : Integer.highestOneBit(needed - 1) << 1;
    }

    /** Spreads ids whose bits are not random, such as time-ordered UUIDs (the finalizer of MurmurHash3). */
    private static long mix(long high, long low) {
        long hash = high * 0x9E3779B97F4A7C15L ^ low;
        hash ^= hash >>> 33;
        hash *= 0xFF51AFD7ED558CCDL;
        hash ^= hash >>> 33;
        hash *= 0xC4CEB9FE1A85EC53L;
        return hash ^ hash >>> 33;
    }
}
