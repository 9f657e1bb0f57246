package io.eventplatform.storage.lake.internal;

import io.eventplatform.storage.ObjectKey;
import io.eventplatform.storage.ObjectStore;
import io.eventplatform.storage.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects where DuckDB can read them: in place if the store is a directory of this machine, else as copies,
 * of which the ones used longest ago go first when there are too many. Objects of a lake never change, so a
 * copy never is out of date. Thread-safe; downloads take turns.
 */
public final class FileCache {

    private static final Logger LOG = LoggerFactory.getLogger(FileCache.class);

    private final ObjectStore store;
    private final Path directory;
    private final long maxBytes;
    private final Map<ObjectKey, Copy> copies = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /**
     * @param directory of the copies; nothing else is in it
     * @param maxBytes of all copies; those that queries are reading stay even so
     */
    public FileCache(ObjectStore store, Path directory, long maxBytes) {
        this.store = store;
        this.directory = directory;
        this.maxBytes = maxBytes;
    }

    /** Files that stay until they are given back. */
    public interface Lease extends AutoCloseable {

        List<Path> files();

        @Override
        void close();
    }

    /**
     * Fetches what is not here yet.
     *
     * @param keepGoing called before each download, to throw if there is no time for it
     */
    public Lease take(List<ObjectKey> keys, Runnable keepGoing) {
        List<Copy> taken = new ArrayList<>();
        List<Path> files = new ArrayList<>(keys.size());
        try {
            for (ObjectKey key : keys) {
                Optional<Path> inPlace = store.localPath(key);
                if (inPlace.isEmpty()) {
                    taken.add(copy(key, keepGoing));
                }
                files.add(inPlace.orElseGet(() -> taken.get(taken.size() - 1).file));
            }
        } catch (RuntimeException | Error e) {
            giveBack(taken);
            throw e;
        }
        return new Lease() {
            @Override
            public List<Path> files() {
                return files;
            }

            @Override
            public void close() {
                giveBack(taken);
            }
        };
    }

    private synchronized Copy copy(ObjectKey key, Runnable keepGoing) {
        Copy copy = copies.get(key);
        if (copy == null) {
            keepGoing.run();
            copy = download(key);
            copies.put(key, copy);
            bytes += copy.bytes;
        }
        copy.readers++;
        evict();
        return copy;
    }

    private Copy download(ObjectKey key) {
        InputStream content = store.get(key)
                .orElseThrow(() -> new StoreException.Corruption(
                        store + ": the lake's log names " + key + ", but there is no such object", null));
        Path file = directory.resolve(UUID.randomUUID() + ".parquet");
        boolean whole = false;
        try (content) {
            Files.createDirectories(directory);
            Copy copy = new Copy(file, Files.copy(content, file));
            whole = true;
            return copy;
        } catch (IOException e) {
            throw failed(store + ", " + key + " could not be copied to " + directory + ": " + e, e);
        } finally {
            if (!whole) {
                remove(file);
            }
        }
    }

    private static StoreException failed(String message, IOException e) {
        return String.valueOf(e.getMessage()).contains("No space left on device")
                ? new StoreException.Capacity(message + ". Free disk space, or lower cacheBytes.", e)
                : new StoreException.Transient(message + ". Try again.", e);
    }

    private synchronized void giveBack(List<Copy> taken) {
        taken.forEach(copy -> copy.readers--);
        taken.clear();
        evict();
    }

    private void evict() {
        Iterator<Copy> oldestFirst = copies.values().iterator();
        while (bytes > maxBytes && oldestFirst.hasNext()) {
            Copy copy = oldestFirst.next();
            if (copy.readers == 0) {
                oldestFirst.remove();
                bytes -= copy.bytes;
                remove(copy.file);
            }
        }
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} stays", file, e);
        }
    }

    private static final class Copy {
        final Path file;
        final long bytes;
        int readers;

        Copy(Path file, long bytes) {
            this.file = file;
            this.bytes = bytes;
        }
    }
}
