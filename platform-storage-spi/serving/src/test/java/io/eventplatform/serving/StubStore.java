package io.eventplatform.serving;

import io.eventplatform.storage.Capability;
import io.eventplatform.storage.Column;
import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.WriteBatch;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** A store that answers every query with what the test supplies: rows, a failure, or nothing for a while. */
final class StubStore implements TableStore {

    private final Supplier<List<Row>> answer;

    StubStore(Supplier<List<Row>> answer) {
        this.answer = answer;
    }

    @Override
    public Cursor query(Query query) {
        Iterator<Row> rows = answer.get().iterator();
        return new Cursor() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public Row next() {
                return rows.next();
            }

            @Override
            public List<Column> columns() {
                throw new UnsupportedOperationException();
            }

            @Override
            public Position position() {
                return Position.of(Map.of());
            }

            @Override
            public Optional<Instant> asOf() {
                return Optional.empty();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public Set<Capability> capabilities() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void ensureTable(TableSpec table) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Position open(SinkId sink, Set<SourceShard> shards) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CommitOutcome commit(SinkId sink, WriteBatch batch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
