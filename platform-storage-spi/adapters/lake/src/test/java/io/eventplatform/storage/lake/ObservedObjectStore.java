package io.eventplatform.storage.lake;

import io.eventplatform.storage.ObjectInfo;
import io.eventplatform.storage.ObjectKey;
import io.eventplatform.storage.ObjectStore;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A store that tells of every write before and after it, where the listener may fail, or end the process. */
class ObservedObjectStore implements ObjectStore {

    /** Where a commit can be cut off. */
    enum Point {
        BEFORE_DATA,
        AFTER_DATA,
        BEFORE_LOG,
        AFTER_LOG,
        BEFORE_STATE,
        AFTER_STATE
    }

    private final ObjectStore store;
    private final Consumer<Point> listener;

    ObservedObjectStore(ObjectStore store, Consumer<Point> listener) {
        this.store = store;
        this.listener = listener;
    }

    @Override
    public boolean putIfAbsent(ObjectKey key, byte[] content) {
        boolean log = key.value().contains("/_delta_log/");
        listener.accept(log ? Point.BEFORE_LOG : Point.BEFORE_STATE);
        boolean made = store.putIfAbsent(key, content);
        listener.accept(log ? Point.AFTER_LOG : Point.AFTER_STATE);
        return made;
    }

    @Override
    public void put(ObjectKey key, Path content) {
        listener.accept(Point.BEFORE_DATA);
        store.put(key, content);
        listener.accept(Point.AFTER_DATA);
    }

    @Override
    public Optional<InputStream> get(ObjectKey key) {
        return store.get(key);
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) {
        return store.head(key);
    }

    @Override
    public List<ObjectInfo> list(String prefix, String startAfter) {
        return store.list(prefix, startAfter);
    }

    @Override
    public void delete(ObjectKey key) {
        store.delete(key);
    }

    @Override
    public Optional<Path> localPath(ObjectKey key) {
        return store.localPath(key);
    }

    @Override
    public void close() {
        store.close();
    }

    @Override
    public String toString() {
        return store.toString();
    }
}
