package io.eventplatform.processor.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.processor.DedupWindow;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DedupIndexTest {

    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final DedupWindow DAY = DedupWindow.of(Duration.ofDays(1));
    private static final long FAR_FUTURE = Long.MAX_VALUE / 4;

    @Test
    void anIdIsRememberedForTheWholeWindowFromItsArrival() {
        DedupIndex index = new DedupIndex(DAY);
        index.add(index.fingerprint("late"), -100 * HOUR, FAR_FUTURE); // late events are remembered from arrival too
        index.add(index.fingerprint("tick"), 0, FAR_FUTURE);
        index.add(index.fingerprint("a"), -50 * HOUR, FAR_FUTURE);

        index.add(index.fingerprint("tick-2"), 24 * HOUR, FAR_FUTURE);

        assertThat(index.contains(index.fingerprint("a"))).isTrue();

        index.add(index.fingerprint("tick-3"), 27 * HOUR, FAR_FUTURE);

        assertThat(index.contains(index.fingerprint("a"))).isFalse();
    }

    @Test
    void aTimestampBeyondTheWallClockDoesNotEmptyTheWindow() {
        DedupIndex index = new DedupIndex(DAY);
        index.add(index.fingerprint("a"), 0, 0);

        index.add(index.fingerprint("from the year 3000"), 9000L * 365 * 24 * HOUR, 1);

        assertThat(index.contains(index.fingerprint("a"))).isTrue();
        assertThat(index.clock()).isEqualTo(1 + DedupWindow.DEFAULT_MAX_SKEW.toMillis());
    }

    @Test
    void upperCaseUuidsAndLookAlikesAreOtherIds() {
        Fingerprints fingerprints = Fingerprints.withNewKey();

        assertThat(fingerprints.of("01890a5d-ac96-774b-bcce-b302099a8057"))
                .isNotEqualTo(fingerprints.of("01890A5D-AC96-774B-BCCE-B302099A8057"))
                .isNotEqualTo(fingerprints.of("01890a5dac96774bbcceb302099a8057"))
                .isEqualTo(fingerprints.of("01890a5d-ac96-774b-bcce-b302099a8057"));
    }

    /** Random adds, commits, aborts and restarts; a map with arrival clocks is the model. */
    @Test
    void aRestoredWindowDecidesAsTheOneThatWasLost() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Changelog changelog = new Changelog();
        DedupIndex index = new DedupIndex(DAY);
        Map<String, Long> arrivals = new HashMap<>();
        long clock = Long.MIN_VALUE;
        long sequence = 0;
        long time = 0;

        for (int round = 0; round < 300; round++) {
            Map<String, Long> arrivalsBefore = new HashMap<>(arrivals);
            long clockBefore = clock;
            for (int i = 0; i < random.nextInt(40); i++) {
                String id = "id-" + random.nextInt(400);
                long arrived = arrivals.getOrDefault(id, Long.MIN_VALUE);
                boolean seen = index.contains(index.fingerprint(id));
                if (arrivals.containsKey(id) && clock - arrived < 24 * HOUR) {
                    assertThat(seen)
                            .as("seed %d: %s is within the window", seed, id)
                            .isTrue();
                }
                if (!arrivals.containsKey(id) || clock - arrived >= 27 * HOUR) {
                    assertThat(seen)
                            .as("seed %d: %s is new or past the window", seed, id)
                            .isFalse();
                }
                if (!seen) {
                    time += random.nextInt(30) * HOUR / 10;
                    long eventTime = time - random.nextInt(5) * HOUR;
                    index.add(index.fingerprint(id), eventTime, FAR_FUTURE);
                    clock = Math.max(clock, eventTime);
                    arrivals.put(id, clock);
                }
            }
            int fate = random.nextInt(4);
            if (fate == 0) { // the process dies: what was not committed is gone
                index = changelog.restore();
                arrivals = arrivalsBefore;
                clock = clockBefore;
            } else {
                if (fate == 1) { // a commit is aborted and repeated
                    index.changelog(sequence + 1, (key, value) -> {});
                }
                sequence++;
                changelog.write(index, sequence);
                index.committed();
            }
        }
    }

    @Test
    void aBucketThatIsDroppedLeavesNoBlocksBehind() {
        Changelog changelog = new Changelog();
        DedupIndex index = new DedupIndex(DAY);
        index.add(index.fingerprint("a"), 0, FAR_FUTURE);
        changelog.write(index, 1);
        index.committed();

        index.add(index.fingerprint("b"), 100 * HOUR, FAR_FUTURE);
        changelog.write(index, 2);
        index.committed();
        assertThat(changelog.restore().size()).isEqualTo(1);

        changelog.write(index, 3); // not before the commit that drops it has arrived
        index.committed();
        assertThat(changelog.records).hasSize(2); // the hash key and the block of "b"
        assertThat(changelog.restore().size()).isEqualTo(1);
    }

    /** At least once: blocks are there at once, the commit they belong to is not. */
    @Test
    void blocksOfACommitThatNeverArrivedAreIgnoredAndDeletedBeforeAnyOtherIsWritten() {
        Changelog changelog = new Changelog();
        DedupIndex index = new DedupIndex(DAY);
        index.add(index.fingerprint("a"), 0, FAR_FUTURE);
        changelog.write(index, 1);
        index.committed();
        index.add(index.fingerprint("b"), 5 * HOUR, FAR_FUTURE);
        index.add(index.fingerprint("c"), 10 * HOUR, FAR_FUTURE);
        changelog.write(index, 2);
        changelog.sequence = 1;
        changelog.clock = 0;

        DedupIndex next = changelog.restore();
        assertThat(next.contains(next.fingerprint("a"))).isTrue();
        assertThat(next.contains(next.fingerprint("b"))).isFalse();
        next.add(next.fingerprint("c"), 10 * HOUR, FAR_FUTURE);
        changelog.write(next, 2);
        next.committed();

        DedupIndex last = changelog.restore();
        assertThat(last.contains(last.fingerprint("b"))).isFalse();
        assertThat(last.contains(last.fingerprint("c"))).isTrue();
        assertThat(last.size()).isEqualTo(2);
    }

    /** At least once: a commit that may have arrived is followed by one of another sequence. */
    @Test
    void blocksOfAnEarlierAttemptStayUntilTheCommitThatReplacesThemHasArrived() {
        Changelog changelog = new Changelog();
        DedupIndex index = new DedupIndex(DAY);
        index.add(index.fingerprint("a"), 0, FAR_FUTURE);
        changelog.write(index, 1);
        index.add(index.fingerprint("b"), 0, FAR_FUTURE);
        changelog.write(index, 2);

        changelog.sequence = 1; // the first had arrived, the second did not
        assertThat(changelog.restore().size()).isEqualTo(1);

        changelog.sequence = 2;
        assertThat(changelog.restore().size()).isEqualTo(2);
        index.committed();
        changelog.write(index, 3);
        assertThat(changelog.records).hasSize(2); // the hash key and the block of both
    }

    @Test
    void manyIdsInOneCommitAreSplitIntoBlocks() {
        Changelog changelog = new Changelog();
        DedupIndex index = new DedupIndex(DAY);
        for (int i = 0; i < 2 * DedupChangelog.MAX_IDS_PER_BLOCK + 1; i++) {
            index.add(index.fingerprint("id-" + i), 0, FAR_FUTURE);
        }

        changelog.write(index, 1);
        index.committed();

        assertThat(changelog.records).hasSize(1 + 3);
        assertThat(changelog.restore().size()).isEqualTo(2 * DedupChangelog.MAX_IDS_PER_BLOCK + 1);
    }

    @Test
    void stateOfANewerVersionIsRefused() {
        DedupIndex index = new DedupIndex(DAY);
        byte[] newer = {2, 'b', 0, 0};

        assertThatThrownBy(() -> DedupChangelog.restore(newer, new byte[] {1}, index))
                .isInstanceOf(UnreadableStateException.class)
                .hasMessage("a record of a version this library does not know");
        assertThatThrownBy(() -> DedupChangelog.restore(DedupChangelog.HASH_KEY, new byte[] {2}, index))
                .isInstanceOf(UnreadableStateException.class);
        assertThatThrownBy(() -> DedupChangelog.restore(new byte[] {1, 'x'}, new byte[] {1}, index))
                .isInstanceOf(UnreadableStateException.class)
                .hasMessage("a record that is neither a block of ids nor the hash key");
    }

    /** A compacted topic. */
    private static final class Changelog {

        private final Map<ByteBuffer, byte[]> records = new LinkedHashMap<>();
        private long clock = OffsetMetadata.NO_CLOCK;
        private long sequence;

        void write(DedupIndex index, long sequence) {
            index.changelog(sequence, (byte[] key, byte @Nullable [] value) -> {
                if (value == null) {
                    records.remove(ByteBuffer.wrap(key));
                } else {
                    records.put(ByteBuffer.wrap(key), value);
                }
            });
            clock = index.clock();
            this.sequence = sequence;
        }

        private static byte[] bytes(ByteBuffer key) {
            byte[] bytes = new byte[key.remaining()];
            key.duplicate().get(bytes);
            return bytes;
        }

        DedupIndex restore() {
            DedupIndex index = new DedupIndex(DAY);
            records.forEach((key, value) -> DedupChangelog.restore(bytes(key), value, index));
            index.restored(sequence, clock);
            return index;
        }
    }
}
