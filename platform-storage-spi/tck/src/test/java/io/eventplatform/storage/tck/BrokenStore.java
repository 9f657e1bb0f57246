package io.eventplatform.storage.tck;

import io.eventplatform.storage.Capability;
import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.InMemoryTableStore;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.WriteBatch;
import java.util.Set;

/** The reference store with one promise broken by a subclass. */
class BrokenStore implements TableStore {

    final TableStore sound = new InMemoryTableStore();

    @Override
    public Set<Capability> capabilities() {
        return sound.capabilities();
    }

    @Override
    public void ensureTable(TableSpec table) {
        sound.ensureTable(table);
    }

    @Override
    public Position open(SinkId sink, Set<SourceShard> shards) {
        return sound.open(sink, shards);
    }

    @Override
    public CommitOutcome commit(SinkId sink, WriteBatch batch) {
        return sound.commit(sink, batch);
    }

    @Override
    public Cursor query(Query query) {
        return sound.query(query);
    }

    @Override
    public void close() {
        sound.close();
    }
}
