package io.eventplatform.examples.adapter;

import io.eventplatform.storage.Capability;
import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.InMemoryTableStore;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.WriteBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;

/**
 * A store in a directory: every change is a line of a journal there, and the state, which must fit into memory, is made
 * anew from all lines when the store is opened. Nothing ever shortens the journal.
 *
 * <p>The state decides what a call means, then the journal makes that durable, both under one lock, which readers take
 * too. So nobody sees what is not on disk. If the journal cannot be written the state is ahead of it, and the store
 * closes itself; the truth is what the journal says when it is opened again.
 *
 * <p>Thread-safe; private to one process.
 */
public final class JournalStore implements TableStore {

    // region state
    private final Journal journal;
    private final InstantSource clock;
    private Instant now = Instant.EPOCH;
    private final InMemoryTableStore state = new InMemoryTableStore(() -> now);
    private final Set<JournalEntry> declared = new HashSet<>();
    private boolean closed;

    JournalStore(Journal journal, InstantSource clock) {
        this.journal = journal;
        this.clock = clock;
    }
    // endregion

    // region rebuild
    /**
     * Opens the store of a directory, which exists; the caller closes it.
     *
     * @throws StoreException.Configuration if it is open already or the directory cannot be used
     * @throws StoreException.Corruption if its journal cannot be trusted
     */
    public static JournalStore open(Path directory) {
        try {
            JournalStore store = new JournalStore(Journal.open(directory), InstantSource.system());
            store.rebuild();
            return store;
        } catch (IOException e) {
            throw new StoreException.Configuration("directory " + directory + " cannot hold a journal: " + e, e);
        }
    }

    synchronized void rebuild() throws IOException {
        boolean sound = false;
        try {
            journal.replay(line -> repeat(JournalEntry.ofLine(line)));
            sound = true;
        } catch (RuntimeException e) {
            throw e instanceof StoreException
                    ? e
                    : new StoreException.Corruption(journal + " is not understood: " + e, e);
        } finally {
            if (!sound) {
                close();
            }
        }
    }

    private void repeat(JournalEntry entry) {
        if (entry instanceof JournalEntry.Ensured ensured) {
            state.ensureTable(ensured.table());
            declared.add(entry);
        } else if (entry instanceof JournalEntry.Opened opened) {
            state.open(opened.sink(), opened.shards());
            declared.add(entry);
        } else if (entry instanceof JournalEntry.Committed committed) {
            now = committed.at();
            CommitOutcome outcome = state.commit(committed.sink(), committed.toBatch());
            if (!(outcome instanceof CommitOutcome.Committed)) {
                throw new StoreException.Corruption(
                        journal + " lacks a line: batch " + committed.batch() + " now gets " + outcome, null);
            }
        }
    }
    // endregion

    // region capabilities
    @Override
    public Set<Capability> capabilities() {
        return Set.of(
                Capability.UPSERT,
                Capability.SEVERAL_TABLES,
                Capability.SCHEMA_ADD_COLUMN,
                Capability.DURABLE_ON_POWER_LOSS);
    }
    // endregion

    // region tables
    @Override
    public synchronized void ensureTable(TableSpec table) {
        requireOpen();
        state.ensureTable(table); // widens what exists as TableSpec.lackingFor says, or refuses
        declare(new JournalEntry.Ensured(table));
    }
    // endregion

    // region positions
    @Override
    public synchronized Position open(SinkId sink, Set<SourceShard> shards) {
        requireOpen();
        Position position = state.open(sink, shards);
        declare(new JournalEntry.Opened(sink, Set.copyOf(shards)));
        return position;
    }

    /** Repeating such an entry changes nothing, so it is written once. */
    private void declare(JournalEntry entry) {
        if (declared.add(entry)) {
            append(entry.toLine());
        }
    }
    // endregion

    // region commit
    @Override
    public synchronized CommitOutcome commit(SinkId sink, WriteBatch batch) {
        requireOpen();
        now = clock.instant();
        // Made first, so that after the state has changed only the write can fail.
        String line = JournalEntry.Committed.of(now, sink, batch).toLine();
        CommitOutcome outcome = state.commit(sink, batch);
        if (outcome instanceof CommitOutcome.Committed) {
            append(line);
        }
        return outcome;
    }

    private void append(String line) {
        boolean written = false;
        try {
            journal.append(line);
            written = true;
        } catch (IOException e) {
            throw new StoreException.AmbiguousCommit(
                    journal + " could not be written (" + e
                            + "), the store is closed. Open it again: its position tells"
                            + " whether the change is there.",
                    e);
        } finally {
            if (!written) {
                close();
            }
        }
    }
    // endregion

    // region query
    @Override
    public synchronized Cursor query(Query query) {
        requireOpen();
        return state.query(query); // a copy of the rows and the position that belongs to them
    }
    // endregion

    // region close
    @Override
    public synchronized void close() {
        closed = true;
        journal.close();
        state.close();
    }

    private void requireOpen() {
        if (closed) {
            throw new StoreException.Configuration("the store in " + journal + " is closed", null);
        }
    }
    // endregion
}
