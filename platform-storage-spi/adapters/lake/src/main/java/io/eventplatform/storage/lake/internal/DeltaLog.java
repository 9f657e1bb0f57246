package io.eventplatform.storage.lake.internal;

import io.eventplatform.storage.ObjectInfo;
import io.eventplatform.storage.ObjectKey;
import io.eventplatform.storage.ObjectStore;
import io.eventplatform.storage.StoreException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table's log: entries that are numbered without gaps and never change, so that the next number is what
 * writers race for. Thread-safe.
 *
 * <p>Every hundred entries a writer also keeps the state they add up to, beside the log; who starts reads
 * the newest of these and the entries after it.
 */
public final class DeltaLog {

    private static final Logger LOG = LoggerFactory.getLogger(DeltaLog.class);

    private static final String ENGINE = "event-platform-lake/1";
    private static final int ENTRIES_PER_STATE = 100;
    private static final int ATTEMPTS = 5;

    /** Each lost race is another writer's success, so this many mean that the table has too many writers. */
    private static final int LOST_RACES = 200;

    private static final long LONGEST_PAUSE_MILLIS = 200;

    private final ObjectStore store;
    private final String directory;
    private final String writer;
    private volatile TableState newest = TableState.EMPTY;
    private volatile long storedState = -1;

    /**
     * @param directory of the table
     * @param writer who this is, in the log's history
     */
    public DeltaLog(ObjectStore store, String directory, String writer) {
        this.store = store;
        this.directory = directory;
        this.writer = writer;
    }

    /**
     * Plans on the newest state, again and again until no other writer comes between.
     *
     * @throws StoreException.AmbiguousCommit if it is unknown whether the planned entry was made; any other
     *     exception means that it was not
     */
    public <T> T change(String what, Function<TableState, Step<T>> plan) {
        for (int attempt = 0; attempt < LOST_RACES; attempt++) {
            pause(attempt);
            TableState base = refresh();
            Step<T> step = plan.apply(base);
            if (step.entry().isEmpty() || publish(base, step.entry().get())) {
                return step.answer();
            }
        }
        throw new StoreException.Transient(
                store + ", " + directory + ", " + what + ": other writers came first " + LOST_RACES
                        + " times. Try again, and commit less often.",
                null);
    }

    /** The state up to the newest entry that is known without asking the store. */
    public TableState known() {
        return newest;
    }

    /** The state up to the newest entry there is. */
    public TableState refresh() {
        return refresh(() -> {});
    }

    /**
     * The state up to the newest entry there is. Callers read side by side, so that none waits for an answer to
     * another, and share what they have read.
     *
     * @param keepGoing called before each entry is read, to throw if there is no time for it
     */
    public TableState refresh(Runnable keepGoing) {
        keepGoing.run();
        TableState known = known();
        if (known.version() < 0) {
            known = newer(newestStored());
        }
        while (true) {
            keepGoing.run();
            ObjectKey next = entryKey(known.version() + 1);
            Optional<byte[]> content = store.read(next);
            if (content.isEmpty()) {
                return known;
            }
            known = newer(known.after(LogCodec.readEntry(where(next), content.get())));
        }
    }

    /** The newer of this state and the one that is known, which is then known. */
    private synchronized TableState newer(TableState state) {
        if (newest.version() < state.version()) {
            newest = state;
        }
        return newest;
    }

    private TableState newestStored() {
        ObjectKey last = null;
        List<ObjectInfo> page = store.list(directory + "/_state/", "");
        while (!page.isEmpty()) {
            last = page.get(page.size() - 1).key();
            page = store.list(directory + "/_state/", last.value());
        }
        if (last == null) {
            return TableState.EMPTY;
        }
        ObjectKey key = last;
        TableState stored = store.read(key)
                .map(content -> LogCodec.readState(where(key), content))
                .orElse(TableState.EMPTY);
        storedState = stored.version();
        return stored;
    }

    /** Makes the entry the one after {@code base}; false if another one has that place. */
    private boolean publish(TableState base, Entry entry) {
        Entry standing = make(entryKey(base.version() + 1), entry);
        newer(base.after(standing));
        return standing.id().equals(entry.id());
    }

    /**
     * Makes the entry unless there is one of this key, and tells which stands there.
     *
     * <p>That may be the entry's twin: of this call, if the store's client asked again after a lost answer, or
     * of an earlier call for the same batch, which then names the files of that call. Only the id tells it from
     * another writer's, so a put that answers "there is one" is never taken for "it was not made" unread.
     */
    private Entry make(ObjectKey key, Entry entry) {
        byte[] content = LogCodec.write(entry, ENGINE, writer);
        boolean perhapsMade = false;
        StoreException failure = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            pause(attempt);
            byte[] found;
            try {
                if (store.putIfAbsent(key, content)) {
                    return entry;
                }
                perhapsMade = true;
                found = store.read(key)
                        .orElseThrow(
                                () -> new StoreException.Corruption(where(key) + " is there and is not there", null));
            } catch (StoreException e) {
                perhapsMade |= e instanceof StoreException.AmbiguousCommit;
                if (!perhapsMade) {
                    throw e;
                }
                failure = e; // after a lost answer nothing that fails is known to have failed
                continue;
            }
            return LogCodec.readEntry(where(key), found);
        }
        throw new StoreException.AmbiguousCommit(
                where(key) + ": it is unknown whether the entry was made. Read the position before anything else.",
                failure);
    }

    /** Keeps the state beside the log if it is time; if that fails, a start merely takes longer. Called by one thread. */
    public void keepState() {
        TableState current = known();
        if (current.version() - storedState < ENTRIES_PER_STATE) {
            return;
        }
        ObjectKey key = ObjectKey.of(directory, "_state", numbered(current.version()));
        try {
            store.putIfAbsent(key, LogCodec.write(current));
            storedState = current.version();
        } catch (StoreException e) {
            LOG.warn("{}: the state was not kept; a later commit tries again", where(key), e);
        }
    }

    /** Waits longer from attempt to attempt, a random time, so that writers do not meet again and again. */
    private static void pause(int attempt) {
        if (attempt > 0) {
            long bound = Math.min(LONGEST_PAUSE_MILLIS, 1L << Math.min(attempt, 20));
            LockSupport.parkNanos(
                    TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextLong(bound) + 1));
        }
    }

    private ObjectKey entryKey(long version) {
        return ObjectKey.of(directory, "_delta_log", numbered(version));
    }

    private static String numbered(long version) {
        return String.format(Locale.ROOT, "%020d.json", version);
    }

    private String where(ObjectKey key) {
        return store + ", " + key;
    }
}
