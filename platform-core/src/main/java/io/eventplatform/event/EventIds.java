package io.eventplatform.event;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Makes event ids: new ones, and ones that come out the same for the same input. Thread-safe. */
public final class EventIds {

    private static final int COUNTER_BITS = 12;
    private static final long VERSION_7 = 0x7000L;
    private static final long VERSION_8 = 0x8000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final long VARIANT_REST = 0x3FFF_FFFF_FFFF_FFFFL;

    /** Milliseconds and counter of the last id. More than 4096 ids a millisecond borrow from the next one. */
    private static final AtomicLong LAST = new AtomicLong();

    /** Keeps processes apart that start from the same seed of {@link ThreadLocalRandom}. */
    private static final long PROCESS_SALT = new SecureRandom().nextLong();

    private EventIds() {}

    /**
     * A new UUIDv7 in canonical lower case. The ids of one process increase in the order of the calls, even if the
     * clock steps back.
     */
    public static String next() {
        long now = System.currentTimeMillis() << COUNTER_BITS;
        long ticket = LAST.updateAndGet(last -> Math.max(last + 1, now));
        long counter = ticket & ((1L << COUNTER_BITS) - 1);
        long high = ((ticket >>> COUNTER_BITS) << 16) | VERSION_7 | counter;
        long random = ThreadLocalRandom.current().nextLong() ^ PROCESS_SALT;
        return new UUID(high, (random & VARIANT_REST) | VARIANT).toString();
    }

    /**
     * The id that belongs to these parts: the same parts give the same id on every machine, other parts another one.
     * Where one part ends and the next begins counts: {@code ("a", "bc")} and {@code ("ab", "c")} differ.
     *
     * <p>It is a UUIDv8: the first 16 bytes of the SHA-256 of all parts, each as its length in four bytes and its UTF-8
     * bytes, with the bits of version and variant set.
     *
     * @throws IllegalArgumentException if there are no parts
     */
    public static String derive(String... parts) {
        if (parts.length == 0) {
            throw new IllegalArgumentException("parts must not be empty");
        }
        MessageDigest digest = sha256();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            digest.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
            digest.update(bytes);
        }
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        long high = (hash.getLong() & ~0xF000L) | VERSION_8;
        long low = (hash.getLong() & VARIANT_REST) | VARIANT;
        return new UUID(high, low).toString();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
