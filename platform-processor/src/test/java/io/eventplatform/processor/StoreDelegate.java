package io.eventplatform.processor;

import io.eventplatform.storage.Capability;
import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.WriteBatch;
import java.util.Set;

/** A store between a sink and a real one, to be made faulty. */
class StoreDelegate implements TableStore {

    private final TableStore store;

    StoreDelegate(TableStore store) {
        this.store = store;
    }

    @Override
    public Set<Capability> capabilities() {
        return store.capabilities();
    }

    @Override
    public void ensureTable(TableSpec table) {
        store.ensureTable(table);
    }

    @Override
    public Position open(SinkId sink, Set<SourceShard> shards) {
        return store.open(sink, shards);
    }

    @Override
    public CommitOutcome commit(SinkId sink, WriteBatch batch) {
        return store.commit(sink, batch);
    }

    @Override
    public Cursor query(Query query) {
        return store.query(query);
    }

    @Override
    public void close() {
        store.close();
    }
}
