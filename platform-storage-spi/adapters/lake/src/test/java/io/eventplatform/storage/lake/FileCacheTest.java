package io.eventplatform.storage.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.storage.LocalObjectStore;
import io.eventplatform.storage.ObjectKey;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.lake.internal.FileCache;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCacheTest {

    private static final ObjectKey KEY = ObjectKey.of("orders", "file.parquet");

    @TempDir
    private Path directory;

    /** A cache of a store that is elsewhere, whose objects break off after some bytes. */
    private FileCache cacheOfObjectsThatBreakOff(String failure) {
        ObservedObjectStore store =
                new ObservedObjectStore(LocalObjectStore.open(directory.resolve("home")), point -> {}) {
                    @Override
                    public Optional<Path> localPath(ObjectKey key) {
                        return Optional.empty();
                    }

                    @Override
                    public Optional<InputStream> get(ObjectKey key) {
                        return Optional.of(new SequenceInputStream(
                                new ByteArrayInputStream(new byte[100_000]), new Broken(failure)));
                    }
                };
        return new FileCache(store, directory.resolve("cache"), Long.MAX_VALUE);
    }

    private static final class Broken extends InputStream {
        private final String failure;

        Broken(String failure) {
            this.failure = failure;
        }

        @Override
        public int read() throws IOException {
            throw new IOException(failure);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return read();
        }
    }

    @Test
    void aCopyThatBreaksOffIsTransientAndLeavesNothing() {
        FileCache cache = cacheOfObjectsThatBreakOff("Connection reset");

        assertThatThrownBy(() -> cache.take(List.of(KEY), () -> {}))
                .isInstanceOf(StoreException.Transient.class)
                .hasMessage(directory.resolve("home") + ", orders/file.parquet could not be copied to "
                        + directory.resolve("cache") + ": java.io.IOException: Connection reset. Try again.");

        assertThat(directory.resolve("cache")).isEmptyDirectory();
    }

    @Test
    void aFullDiskIsAMatterOfCapacity() {
        FileCache cache = cacheOfObjectsThatBreakOff("No space left on device");

        assertThatThrownBy(() -> cache.take(List.of(KEY), () -> {}))
                .isInstanceOf(StoreException.Capacity.class)
                .hasMessageEndingWith("No space left on device. Free disk space, or lower cacheBytes.");

        assertThat(directory.resolve("cache")).isEmptyDirectory();
    }
}
