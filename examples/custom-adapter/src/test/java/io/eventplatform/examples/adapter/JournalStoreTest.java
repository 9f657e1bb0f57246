package io.eventplatform.examples.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.WriteBatch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kit cannot know: how a journal looks that a crash or a fault has left. */
class JournalStoreTest {

    private static final SinkId SINK = new SinkId("sink");
    private static final SourceShard SHARD = new SourceShard("topic-id", "topic", 0);
    private static final TableSpec TABLE = TableSpec.append("t", List.of(Column.required("n", ColumnType.LONG)));

    @TempDir
    Path directory;

    @Test
    void aCommitThatACrashCutOffIsGoneAndTheNextOneCounts() throws Exception {
        commitTwice();
        byte[] whole = Files.readAllBytes(journal());

        for (int cut : new int[] {1, 20, 60}) {
            try (RandomAccessFile file = new RandomAccessFile(journal().toFile(), "rw")) {
                file.write(whole);
                file.setLength(whole.length - cut);
            }
            try (JournalStore store = JournalStore.open(directory)) {
                assertThat(position(store)).isEqualTo(1);
                store.commit(SINK, batch(1, 2));
            }
            assertThat(Files.readAllLines(journal())).hasSize(4);
        }
    }

    @Test
    void aLastLineThatIsWholeButWrongWasNeverAcknowledged() throws Exception {
        commitTwice();
        Files.writeString(journal(), "00000000 {}\n", StandardOpenOption.APPEND);

        try (JournalStore store = JournalStore.open(directory)) {
            assertThat(position(store)).isEqualTo(2);
        }
    }

    @Test
    void aDamagedLineBeforeTheLastIsRefusedAndTheFileLeftAsItIs() throws Exception {
        commitTwice();
        String damaged = Files.readString(journal()).replace("\"next\":1", "\"next\":7");
        Files.writeString(journal(), damaged);

        assertThatThrownBy(() -> JournalStore.open(directory))
                .isInstanceOf(StoreException.Corruption.class)
                .hasMessageMatching(".*journal is damaged in the line that begins at byte \\d+\\. Restore the file, or"
                        + " start with an empty directory\\.");
        assertThat(journal()).hasContent(damaged);
    }

    @Test
    void anEntryOfALaterVersionIsRefused() throws Exception {
        try (Journal later = Journal.open(directory)) {
            later.append("{\"entry\":\"committed.v2\"}");
        }

        assertThatThrownBy(() -> JournalStore.open(directory))
                .isInstanceOf(StoreException.Corruption.class)
                .hasMessageContaining("journal is not understood: ")
                .hasMessageContaining("committed.v2");
    }

    @Test
    void aSecondStoreInThisProcessIsRefusedAndLeavesTheFirstItsLock() throws Exception {
        try (JournalStore store = JournalStore.open(directory)) {
            assertThatThrownBy(() -> JournalStore.open(directory))
                    .isInstanceOf(StoreException.Configuration.class)
                    .hasMessage(journal().toRealPath()
                            + " is in use; a journal belongs to one process. Close the other store, or use another"
                            + " directory.");
        }

        commitTwice();
    }

    // region ambiguous
    @Test
    void afterAWriteThatFailedTheJournalTellsWhatHappened() throws Exception {
        commitTwice();
        Journal failing = Journal.open(directory);
        JournalStore store = new JournalStore(failing, InstantSource.system());
        store.rebuild();
        failing.close(); // as a disk that goes away

        assertThatThrownBy(() -> store.commit(SINK, batch(2, 3)))
                .isInstanceOf(StoreException.AmbiguousCommit.class)
                .hasMessageContaining("Open it again: its position tells whether the change is there.");
        assertThatThrownBy(() -> position(store)).isInstanceOf(StoreException.Configuration.class);

        try (JournalStore again = JournalStore.open(directory)) {
            assertThat(position(again)).isEqualTo(2);
        }
    }
    // endregion

    private void commitTwice() {
        try (JournalStore store = JournalStore.open(directory)) {
            store.ensureTable(TABLE);
            store.open(SINK, Set.of(SHARD));
            store.commit(SINK, batch(Position.NOT_STARTED, 1));
            store.commit(SINK, batch(1, 2));
        }
    }

    private static WriteBatch batch(long expected, long next) {
        return new WriteBatch(
                UUID.randomUUID(),
                List.of(new TableRows(TABLE, List.of(Row.of(next)))),
                Position.of(Map.of(SHARD, expected)),
                Position.of(Map.of(SHARD, next)));
    }

    private static long position(JournalStore store) {
        return store.open(SINK, Set.of(SHARD)).of(SHARD);
    }

    private Path journal() throws IOException {
        return directory.toRealPath().resolve("journal");
    }
}
