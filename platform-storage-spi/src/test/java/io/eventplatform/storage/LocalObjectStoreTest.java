package io.eventplatform.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalObjectStoreTest {

    @TempDir
    private Path directory;

    @Test
    void whatAKilledWriterLeftBehindIsRemovedADayLater() throws IOException {
        Path left = Files.createDirectories(directory.resolve(".tmp")).resolve("left");
        Files.writeString(left, "half");

        LocalObjectStore.open(directory).close();
        assertThat(left).as("it may belong to a writer that is at work").exists();

        LocalObjectStore.open(
                        directory,
                        InstantSource.offset(InstantSource.system(), Duration.ofHours(25)),
                        new Disk(directory))
                .close();
        assertThat(left).doesNotExist();
    }

    @Test
    void nothingIsLeftAside() throws IOException {
        try (LocalObjectStore store = LocalObjectStore.open(directory)) {
            ObjectKey key = ObjectKey.of("a", "b");
            store.putIfAbsent(key, new byte[] {1});
            store.putIfAbsent(key, new byte[] {2});
            store.put(key, Files.write(directory.resolve("file"), new byte[] {3}));
        }

        assertThat(directory.resolve(".tmp")).isEmptyDirectory();
    }

    @Test
    void aFileInPlaceOfADirectoryIsRefused() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> LocalObjectStore.open(file))
                .isInstanceOf(StoreException.Configuration.class)
                .hasMessageStartingWith(file + " cannot be used as an object store");
    }

    @Test
    void aKeyBelowAnObjectIsRefused() throws IOException {
        try (LocalObjectStore store = LocalObjectStore.open(directory)) {
            Path content = Files.createFile(directory.resolve("content"));
            store.putIfAbsent(ObjectKey.of("a", "b"), new byte[] {1});

            for (ObjectKey key : new ObjectKey[] {ObjectKey.of("a"), ObjectKey.of("a", "b", "c")}) {
                assertThatThrownBy(() -> store.putIfAbsent(key, new byte[] {2}))
                        .isInstanceOf(StoreException.Configuration.class)
                        .hasMessageContaining("object " + key + ": there are a directory and an object of one name");
                assertThatThrownBy(() -> store.put(key, content)).isInstanceOf(StoreException.Configuration.class);
            }
        }
    }

    @Test
    void whatIsNoObjectIsNotListed() throws IOException {
        try (LocalObjectStore store = LocalObjectStore.open(directory)) {
            store.putIfAbsent(ObjectKey.of("a", "b"), new byte[] {1});
            Files.createFile(directory.resolve("a/.DS_Store"));
            Files.createFile(directory.resolve("a/" + "n".repeat(201)));
            Files.createFile(
                    Files.createDirectories(directory.resolve("a/.hidden")).resolve("file"));

            assertThat(store.list("a/", "")).containsExactly(new ObjectInfo(ObjectKey.of("a", "b"), 1));
        }
    }

    // Answers that tell whether the object was made

    private LocalObjectStore open(Disk disk) {
        return LocalObjectStore.open(directory, InstantSource.system(), disk);
    }

    @Test
    void aLinkThatIsMadeThoughItIsSaidToExistIsTheCallersOwn() {
        ObjectKey key = ObjectKey.of("a", "b");
        try (LocalObjectStore store = open(new Disk(directory) {
            @Override
            void createLink(Path name, Path file) throws IOException {
                super.createLink(name, file);
                super.createLink(name, file); // asks again, as if the first answer were lost
            }
        })) {
            assertThat(store.putIfAbsent(key, new byte[] {1})).isTrue();
            assertThat(store.putIfAbsent(key, new byte[] {1})).isFalse();
        }
    }

    @Test
    void aLinkThatFailsLeavesTheOutcomeUnknown() {
        ObjectKey key = ObjectKey.of("a", "b");
        try (LocalObjectStore store = open(new Disk(directory) {
            @Override
            void createLink(Path name, Path file) throws IOException {
                super.createLink(name, file);
                if (name.endsWith("b")) {
                    throw new IOException("Stale file handle");
                }
            }
        })) {
            assertThatThrownBy(() -> store.putIfAbsent(key, new byte[] {1}))
                    .isInstanceOf(StoreException.AmbiguousCommit.class)
                    .hasMessage(directory + ", object a/b: perhaps written, perhaps not for good:"
                            + " java.io.IOException: Stale file handle. Read it before anything else.");
            assertThat(store.read(key)).hasValue(new byte[] {1});
        }
    }

    // What is on disk when a call returns, also of others that ended before they could see to it

    /** Tells which directories were synced, and does not sync them. */
    private final class Syncs extends Disk {
        private final List<String> synced = new ArrayList<>();

        Syncs() {
            super(directory);
        }

        @Override
        void sync(Path which) {
            synced.add(directory.relativize(which).toString());
        }
    }

    @Test
    void aDirectoryThatIsThereIsNamedDurablyBeforeAnObjectIsMadeInIt() throws IOException {
        Files.createDirectories(directory.resolve("a/b"));
        Syncs disk = new Syncs();
        try (LocalObjectStore store = open(disk)) {
            assertThat(disk.synced).as("for the root and the files aside").containsExactly("..", "");
            disk.synced.clear();

            store.putIfAbsent(ObjectKey.of("a", "b", "c"), new byte[] {1});
            assertThat(disk.synced).containsExactly("", "a", "a/b");
            disk.synced.clear();

            store.put(ObjectKey.of("a", "b", "d"), Files.createFile(directory.resolve("content")));
            assertThat(disk.synced).as("once for each directory").containsExactly("a/b");
        }
    }

    @Test
    void anObjectThatIsThereIsDurableBeforeACallerHearsSo() {
        ObjectKey key = ObjectKey.of("a", "b");
        LocalObjectStore.open(directory).putIfAbsent(key, new byte[] {1});
        Syncs disk = new Syncs();
        try (LocalObjectStore store = open(disk)) {
            disk.synced.clear();

            assertThat(store.putIfAbsent(key, new byte[] {2})).isFalse();

            assertThat(disk.synced).containsExactly("", "a");
        }
    }

    @Test
    void aRootInADirectoryThatCannotBeSyncedIsUsed() throws IOException {
        try (LocalObjectStore store = open(new Disk(directory) {
            @Override
            void sync(Path which) throws IOException {
                if (!which.startsWith(directory)) {
                    throw new AccessDeniedException(which.toString());
                }
                super.sync(which);
            }
        })) {
            assertThat(store.putIfAbsent(ObjectKey.of("a"), new byte[] {1})).isTrue();
        }
    }
}
