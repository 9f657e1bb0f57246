package io.eventplatform.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
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

        LocalObjectStore.open(directory, InstantSource.offset(InstantSource.system(), Duration.ofHours(25)))
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
}
