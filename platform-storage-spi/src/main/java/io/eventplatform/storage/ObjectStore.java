package io.eventplatform.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Named, immutable pieces of data: a directory, or a bucket of an object store. A lake keeps its files and
 * its log here; the one thing it needs beyond plain reading and writing is {@link #putIfAbsent}.
 *
 * <p>The rules O1 to O9 that {@code platform-storage-tck} verifies are listed in {@code
 * docs/storage-rules.md}.
 *
 * <p>Thread-safe. Every method blocks, and throws a {@link StoreException}: {@link
 * StoreException.Transient} where the same call may succeed later, {@link StoreException.Capacity} where
 * space is used up, {@link StoreException.Configuration} where repeating will not help, also after {@link
 * #close}. What a returning call wrote is seen by every later call of any process.
 */
public interface ObjectStore extends AutoCloseable {

    /** The most objects one {@link #list} returns. */
    int PAGE_SIZE = 1_000;

    /**
     * Makes the object unless there is one of this key; true if this call made it. Of any number of callers
     * at once exactly one gets true, and the object is then whole and durable.
     *
     * @throws StoreException.AmbiguousCommit if the object may have been made, or may still be; any other
     *     exception means that it was not
     */
    boolean putIfAbsent(ObjectKey key, byte[] content);

    /**
     * Makes or replaces the object with what the file holds. Readers see the whole of the earlier or the
     * whole of the new one. After an exception the object may be there or not.
     */
    void put(ObjectKey key, Path content);

    /** The object's content, or empty if there is no such object. The caller closes the stream. */
    Optional<InputStream> get(ObjectKey key);

    /** The object's size and key, or empty if there is no such object. */
    Optional<ObjectInfo> head(ObjectKey key);

    /**
     * The first {@link #PAGE_SIZE} objects, at most, whose keys begin with {@code prefix} and come after
     * {@code startAfter}, in the order of the keys' UTF-8 bytes. Both may be empty. An empty answer means
     * that there are no more; the next page starts after the last key of this one.
     */
    List<ObjectInfo> list(String prefix, String startAfter);

    /** Removes the object; it is no error if there is none. */
    void delete(ObjectKey key);

    /**
     * Where other code of this process may read the object as a file, or would if it existed; empty if the
     * store is not a directory of this machine.
     */
    Optional<Path> localPath(ObjectKey key);

    /** Releases connections; idempotent. Objects stay. */
    @Override
    void close();

    /** The object's whole content in memory, or empty if there is no such object. */
    default Optional<byte[]> read(ObjectKey key) {
        Optional<InputStream> content = get(key);
        if (content.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream stream = content.get()) {
            return Optional.of(stream.readAllBytes());
        } catch (IOException e) {
            throw new StoreException.Transient("object " + key + " could not be read to its end: " + e, e);
        }
    }
}
