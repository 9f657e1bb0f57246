package io.eventplatform.examples.quickstart.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Counts how often ids occur in several places. An id is kept as 128 bits of its SHA-256 in flat arrays, so a million of
 * them in three places take some 60 MB and not the half gigabyte of a map of strings.
 */
final class IdCounts {

    private static final int FIRST_CAPACITY = 1 << 12;
    private static final int LONGS = 2;

    private final int places;
    private final MessageDigest digest = sha256();
    private long[] hashes = new long[FIRST_CAPACITY * LONGS];
    private int[] counts;
    private int size;

    /** @param places how many places are counted apart */
    IdCounts(int places) {
        this.places = places;
        this.counts = new int[FIRST_CAPACITY * places];
    }

    /** Counts the id once more in this place; returns how often that makes. */
    int add(int place, String scope, String id) {
        if (size * 2 >= capacity()) {
            grow();
        }
        ByteBuffer hash = hash(scope, id);
        int slot = insert(hash.getLong(), hash.getLong());
        return ++counts[slot * places + place];
    }

    /** How often the id was counted in each place. */
    int[] of(String scope, String id) {
        ByteBuffer hash = hash(scope, id);
        int slot = find(hash.getLong(), hash.getLong());
        return Arrays.copyOfRange(counts, slot * places, (slot + 1) * places);
    }

    /** How many ids were not counted equally often in all places. */
    long unequal() {
        long unequal = 0;
        for (int slot = 0; slot < capacity(); slot++) {
            int first = counts[slot * places];
            for (int place = 1; place < places; place++) {
                if (counts[slot * places + place] != first) {
                    unequal++;
                    break;
                }
            }
        }
        return unequal;
    }

    private int insert(long high, long low) {
        int slot = find(high, low);
        if (isFree(slot)) {
            hashes[slot * LONGS] = high;
            hashes[slot * LONGS + 1] = low;
            size++;
        }
        return slot;
    }

    /** The slot of this hash, or the free one where it belongs. */
    private int find(long high, long low) {
        int mask = capacity() - 1;
        int slot = (int) low & mask;
        while (!isFree(slot) && (hashes[slot * LONGS] != high || hashes[slot * LONGS + 1] != low)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    /** No hash is all zeros, with a certainty that is enough here. */
    private boolean isFree(int slot) {
        return hashes[slot * LONGS] == 0 && hashes[slot * LONGS + 1] == 0;
    }

    private int capacity() {
        return hashes.length / LONGS;
    }

    private void grow() {
        long[] oldHashes = hashes;
        int[] oldCounts = counts;
        hashes = new long[oldHashes.length * 2];
        counts = new int[oldCounts.length * 2];
        size = 0;
        for (int slot = 0; slot < oldHashes.length / LONGS; slot++) {
            long high = oldHashes[slot * LONGS];
            long low = oldHashes[slot * LONGS + 1];
            if (high != 0 || low != 0) {
                System.arraycopy(oldCounts, slot * places, counts, insert(high, low) * places, places);
            }
        }
    }

    private ByteBuffer hash(String scope, String id) {
        digest.update(scope.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        return ByteBuffer.wrap(digest.digest(id.getBytes(StandardCharsets.UTF_8)));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
