package io.eventplatform.processor.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.contract.internal.StoredValues;
import io.eventplatform.processor.RetryPolicy;
import io.eventplatform.processor.StateSpec;
import io.eventplatform.processor.ValueState;
import io.eventplatform.processor.internal.Snapshots.Entry;
import io.eventplatform.processor.internal.Snapshots.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotsTest {

    private static final StateSpec<ValueState<Long>> COUNT = StateSpec.value("count", Long.class);
    private static final TopicPartition CHANGELOG = new TopicPartition("orders.state", 3);
    private static final Uuid TOPIC = Uuid.randomUuid();
    private static final Duration RETENTION = Duration.ofHours(24);

    @TempDir
    private Path directory;

    private long nowMillis = 1_000_000_000_000L;
    private final StateStore store = new StateStore(declared("a"));
    private final TaskState state = new TaskState(store, List.of(), CHANGELOG);

    private static DeclaredStates declared(String stage) {
        return new DeclaredStates().add(stage, List.of(COUNT));
    }

    private Snapshots open(Uuid topic) {
        return Snapshots.open(
                directory, Map.of(CHANGELOG.topic(), topic), RETENTION, () -> Instant.ofEpochMilli(nowMillis));
    }

    /** Commits a count for a key, whose changelog record lies at this offset, and takes a snapshot. */
    private void commitAndKeep(String key, long count, long offset) {
        StateOverlay overlay = new StateOverlay(store, 0, 1000);
        new StageStates("a", key.getBytes(UTF_8), overlay, () -> false)
                .of(COUNT, StoredValues.of(Long.class))
                .set(count);
        overlay.apply();
        state.changelog((stored, value) -> state.sent(offset));
        state.committed();
        try (Snapshots snapshots = open(TOPIC)) {
            snapshots.writeAll(List.of(task()));
        }
    }

    private Task task() {
        RetryPolicy policy = RetryPolicy.DEFAULT;
        Task task = new Task(
                3, new Projections("", List.of(), List.of()), policy, new Counters(), Ownership.unclaimed(), null);
        task.add(state);
        task.restored();
        return task;
    }

    private @Nullable Snapshot read() {
        return read(TOPIC, 0, 100, state);
    }

    private @Nullable Snapshot read(Uuid topic, long beginning, long end, TaskState of) {
        try (Snapshots snapshots = open(topic)) {
            return snapshots.read(of, beginning, end);
        }
    }

    private Path file() {
        return directory.resolve("orders.state-3.snapshot");
    }

    @Test
    void aSnapshotHoldsWhatTheChangelogStandsForAndWhereItEnds() {
        commitAndKeep("ada", 1, 41);
        commitAndKeep("ada", 2, 57);

        Snapshot snapshot = Objects.requireNonNull(read());
        assertThat(snapshot.offset()).isEqualTo(58);
        StateStore again = new StateStore(declared("a"));
        for (Entry entry : snapshot.entries()) {
            again.restore(entry.key(), entry.value());
        }
        assertThat(again.isMarked()).isTrue();
        assertThat(new StageStates("a", "ada".getBytes(UTF_8), new StateOverlay(again, 0, 1000), () -> false)
                        .of(COUNT, StoredValues.of(Long.class))
                        .get())
                .contains(2L);
    }

    @Test
    void aSnapshotThatIsDamagedOrCutShortIsNotUsed() throws IOException {
        commitAndKeep("ada", 1, 41);
        byte[] whole = Files.readAllBytes(file());

        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 0x55;
            Files.write(file(), damaged);
            assertThat(read()).as("byte %d", i).isNull();
            Files.write(file(), Arrays.copyOf(whole, i));
            assertThat(read()).as("cut at %d", i).isNull();
        }
        Files.write(file(), whole);
        assertThat(read()).isNotNull();
    }

    @Test
    void aSnapshotWhoseTombstonesMayBeGoneIsNotUsed() {
        commitAndKeep("ada", 1, 41);

        nowMillis += RETENTION.toMillis() / 2 - 1;
        assertThat(read()).isNotNull();
        nowMillis++;
        assertThat(read()).isNull();
    }

    @Test
    void aSnapshotOfAnotherTopicOrShapeOrOutsideItsChangelogIsNotUsed() {
        commitAndKeep("ada", 1, 41);

        assertThat(read(Uuid.randomUuid(), 0, 100, state)).isNull();
        assertThat(read(TOPIC, 0, 41, state)).isNull();
        assertThat(read(TOPIC, 43, 100, state)).isNull();
        assertThat(read(TOPIC, 42, 42, state)).isNotNull();
        TaskState other = new TaskState(new StateStore(declared("b")), List.of(), CHANGELOG);
        assertThat(read(TOPIC, 0, 100, other)).isNull();
    }

    @Test
    void nothingIsKeptThatIsNotCommitted() {
        StateOverlay overlay = new StateOverlay(store, 0, 1000);
        overlay.put(StateFormat.timer("a", new byte[0], "t"), new byte[10]);
        overlay.apply();

        assertThatThrownBy(() -> state.contents((key, value) -> {}))
                .hasMessage("state that is not committed must not be kept");
    }

    @Test
    void aDirectoryBelongsToOne() {
        try (Snapshots first = open(TOPIC)) {
            assertThatThrownBy(() -> open(TOPIC))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("state directory " + directory + " is used by another runner. Give each its own:"
                            + " RunnerOptions.stateDirectory");
        }
        open(TOPIC).close();
    }
}
