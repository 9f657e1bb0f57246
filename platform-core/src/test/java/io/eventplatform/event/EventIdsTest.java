package io.eventplatform.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventIdsTest {

    @Test
    void newIdsAreUuidsOfVersion7WithTheTimeOfNow() {
        long before = System.currentTimeMillis();

        UUID id = UUID.fromString(EventIds.next());

        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getMostSignificantBits() >>> 16).isBetween(before, before + 60_000);
    }

    @Test
    void newIdsIncreaseInTheOrderOfTheCalls() {
        List<String> ids =
                IntStream.range(0, 50_000).mapToObj(i -> EventIds.next()).toList();

        assertThat(ids).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void idsOfManyThreadsAreDistinct() {
        List<String> ids = IntStream.range(0, 50_000)
                .parallel()
                .mapToObj(i -> EventIds.next())
                .toList();

        assertThat(new HashSet<>(ids)).hasSize(50_000);
    }

    @Test
    void aDerivedIdIsTheSameOnEveryMachine() {
        assertThat(EventIds.derive("e-1", "split", "0")).isEqualTo("c8bcb544-c160-8536-b4cb-fa56b97d9069");
        assertThat(UUID.fromString(EventIds.derive("e-1", "split", "0")).version())
                .isEqualTo(8);
    }

    @Test
    void otherPartsOrOtherBordersGiveAnotherId() {
        List<String> ids = new ArrayList<>();
        ids.add(EventIds.derive("a", "bc"));
        ids.add(EventIds.derive("ab", "c"));
        ids.add(EventIds.derive("abc"));
        ids.add(EventIds.derive("abc", ""));
        ids.add(EventIds.derive("", "abc"));
        ids.add(EventIds.derive("c", "ab"));
        ids.add(EventIds.derive(""));

        assertThat(Set.copyOf(ids)).hasSize(ids.size());
    }

    @Test
    void nothingGivesNoId() {
        assertThatThrownBy(EventIds::derive)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("parts must not be empty");
    }
}
