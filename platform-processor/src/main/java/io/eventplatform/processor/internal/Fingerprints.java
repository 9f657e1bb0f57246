package io.eventplatform.processor.internal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Ids as 128 bits: a canonical lower-case UUID is its own bits, anything else an HMAC-SHA-256 cut short.
 * The key keeps outsiders from making ids that collide, and stays the same for a window's life. Not
 * thread-safe.
 */
final class Fingerprints {

    static final int KEY_BYTES = 32;
    private static final int UUID_LENGTH = 36;

    private final byte[] key;
    private final Mac mac;

    Fingerprints(byte[] key) {
        this.key = key.clone();
        try {
            mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    static Fingerprints withNewKey() {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return new Fingerprints(key);
    }

    byte[] key() {
        return key.clone();
    }

    Fingerprint of(String id) {
        Fingerprint uuid = id.length() == UUID_LENGTH ? uuidBits(id) : null;
        if (uuid != null) {
            return uuid;
        }
        ByteBuffer hash = ByteBuffer.wrap(mac.doFinal(id.getBytes(StandardCharsets.UTF_8)));
        return new Fingerprint(hash.getLong(), hash.getLong());
    }

    /** The bits of a canonical lower-case UUID, or null: an upper-case one is another string, so another id. */
    private static @org.jspecify.annotations.Nullable Fingerprint uuidBits(String id) {
        long high = 0;
        long low = 0;
        int digits = 0;
        for (int i = 0; i < UUID_LENGTH; i++) {
            char c = id.charAt(i);
            if (i == 8 || i == 13 || i == 18 || i == 23) {
                if (c != '-') {
                    return null;
                }
                continue;
            }
            int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
            if (digit < 0) {
                return null;
            }
            if (digits++ < 16) {
                high = high << 4 | digit;
            } else {
                low = low << 4 | digit;
            }
        }
        return new Fingerprint(high, low);
    }

    /** 128 bits that stand for an id. */
    record Fingerprint(long high, long low) {}
}
