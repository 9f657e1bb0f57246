package io.eventplatform.processor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.processor.internal.Fingerprints.Fingerprint;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FingerprintSetTest {

    @Test
    void behavesLikeAHashSet() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        FingerprintSet set = new FingerprintSet(0);
        Set<Fingerprint> model = new HashSet<>();

        for (int i = 0; i < 200_000; i++) {
            // few distinct high halves and small low halves: long runs of colliding slots, and the zero fingerprint
            Fingerprint id = new Fingerprint(random.nextInt(4), random.nextInt(50_000));

            assertThat(set.contains(id.high(), id.low())).as("seed %d", seed).isEqualTo(model.contains(id));
            assertThat(set.add(id.high(), id.low())).as("seed %d", seed).isEqualTo(model.add(id));
        }

        assertThat(set.size()).isEqualTo(model.size());
    }

    @Test
    void theZeroFingerprintIsAnIdLikeAnyOther() {
        FingerprintSet set = new FingerprintSet(10);

        assertThat(set.contains(0, 0)).isFalse();
        assertThat(set.add(0, 0)).isTrue();
        assertThat(set.add(0, 0)).isFalse();
        assertThat(set.contains(0, 0)).isTrue();
        assertThat(set.size()).isEqualTo(1);
    }
}
