package io.eventplatform.examples.quickstart.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdCountsTest {

    @Test
    void idsAreCountedApartByPlaceAndScope() {
        IdCounts counts = new IdCounts(2);

        assertThat(counts.add(0, "a", "1")).isEqualTo(1);
        assertThat(counts.add(0, "a", "1")).isEqualTo(2);
        assertThat(counts.add(1, "a", "1")).isEqualTo(1);
        assertThat(counts.add(0, "b", "1")).isEqualTo(1);

        assertThat(counts.of("a", "1")).containsExactly(2, 1);
        assertThat(counts.of("b", "1")).containsExactly(1, 0);
        assertThat(counts.of("a", "2")).containsExactly(0, 0);
    }

    @Test
    void countsSurviveThatTheTableGrows() {
        IdCounts counts = new IdCounts(3);

        for (int place = 0; place < 3; place++) {
            for (int id = 0; id < 50_000; id++) {
                counts.add(place, "a", "id-" + id);
            }
        }

        assertThat(counts.unequal()).isZero();
        assertThat(counts.of("a", "id-49999")).containsExactly(1, 1, 1);
    }

    @Test
    void anIdThatIsMissingOrTwiceInAPlaceIsUnequal() {
        IdCounts counts = new IdCounts(2);
        counts.add(0, "a", "missing");
        counts.add(0, "a", "twice");
        counts.add(1, "a", "twice");
        counts.add(1, "a", "twice");
        counts.add(0, "a", "well");
        counts.add(1, "a", "well");

        assertThat(counts.unequal()).isEqualTo(2);
    }
}
