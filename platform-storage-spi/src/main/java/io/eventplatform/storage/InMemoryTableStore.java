package io.eventplatform.storage;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A store in this process's memory: the reference for adapters, and for tests. What it holds is gone when
 * it is closed.
 *
 * <p>Thread-safe; calls take turns, and a cursor holds a copy of the rows it returns.
 */
public final class InMemoryTableStore implements TableStore {

    private final InstantSource clock;
    private final Map<String, InMemoryTable> tables = new HashMap<>();
    private final Map<SinkId, SortedMap<SourceShard, Mark>> marks = new HashMap<>();
    private boolean closed;

    /** A store that stamps commits by the system's clock. */
    public InMemoryTableStore() {
        this(InstantSource.system());
    }

    /** @param clock the wall time of {@link Cursor#asOf} */
    public InMemoryTableStore(InstantSource clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.UPSERT, Capability.SEVERAL_TABLES, Capability.SCHEMA_ADD_COLUMN);
    }

    @Override
    public synchronized void ensureTable(TableSpec declared) {
        Objects.requireNonNull(declared, "declared");
        requireOpen();

        InMemoryTable existing = tables.get(declared.name());
        if (existing == null) {
            tables.put(declared.name(), new InMemoryTable(declared));
        } else {
            existing.widen(existing.spec().lackingFor(declared));
        }
    }

    @Override
    public synchronized Position open(SinkId sink, Set<SourceShard> shards) {
        Objects.requireNonNull(sink, "sink");
        requireOpen();

        Map<SourceShard, Mark> ofSink = marks.computeIfAbsent(sink, unknown -> new TreeMap<>());
        shards.forEach(shard -> ofSink.putIfAbsent(shard, Mark.NOT_STARTED));
        return positionOf(opened(sink, shards));
    }

    @Override
    public synchronized CommitOutcome commit(SinkId sink, WriteBatch batch) {
        Objects.requireNonNull(sink, "sink");
        requireOpen();
        Map<SourceShard, Mark> current = opened(sink, batch.expected().next().keySet());

        if (current.values().stream().allMatch(mark -> batch.id().equals(mark.batchId()))) {
            return new CommitOutcome.AlreadyCommitted();
        }
        Position actual = positionOf(current);
        if (!actual.equals(batch.expected())) {
            return new CommitOutcome.Conflict(actual);
        }
        List<Runnable> writes = prepare(batch);
        Instant now = clock.instant();
        // H5: whatever can fail has failed by now.
        writes.forEach(Runnable::run);
        Map<SourceShard, Mark> ofSink = marks.computeIfAbsent(sink, unknown -> new TreeMap<>());
        batch.next().next().forEach((shard, next) -> ofSink.put(shard, new Mark(next, batch.id(), now)));
        return new CommitOutcome.Committed();
    }

    private Map<SourceShard, Mark> opened(SinkId sink, Set<SourceShard> shards) {
        SortedMap<SourceShard, Mark> ofSink = marks.getOrDefault(sink, new TreeMap<>());
        if (!ofSink.keySet().containsAll(shards)) {
            throw new StoreException.Configuration(
                    "sink " + sink.name() + " commits " + shards + " but opened " + ofSink.keySet()
                            + ". Call open before commit.",
                    null);
        }
        Map<SourceShard, Mark> opened = new TreeMap<>(ofSink);
        opened.keySet().retainAll(shards);
        return opened;
    }

    private List<Runnable> prepare(WriteBatch batch) {
        List<Runnable> writes = new ArrayList<>();
        for (TableRows rows : batch.tables()) {
            InMemoryTable table = tables.get(rows.table().name());
            if (table == null || !table.spec().lackingFor(rows.table()).isEmpty()) {
                throw new StoreException.Configuration(
                        "table " + rows.table().name() + " is missing or lacks columns of the batch. Call ensureTable"
                                + " before commit.",
                        null);
            }
            TableRows kept = rows.checked();
            writes.add(() -> table.add(kept));
        }
        return writes;
    }

    @Override
    public synchronized Cursor query(Query query) {
        long startNanos = System.nanoTime();
        requireOpen();
        InMemoryTable table = tables.get(query.table());
        if (table == null) {
            throw new StoreException.Configuration(
                    "query of table " + query.table() + ": there is no such table, only " + tables.keySet(), null);
        }

        Query checked = query.checkedFor(table.spec());
        SortedMap<SourceShard, Mark> ofSink = query.positionOf().map(marks::get).orElseGet(TreeMap::new);
        return new InMemoryCursor(
                query,
                table.columns(checked),
                table.select(checked),
                positionOf(ofSink),
                newestCommit(ofSink),
                startNanos);
    }

    private static Position positionOf(Map<SourceShard, Mark> current) {
        SortedMap<SourceShard, Long> next = new TreeMap<>();
        current.forEach((shard, mark) -> next.put(shard, mark.next()));
        return new Position(next);
    }

    private static Optional<Instant> newestCommit(Map<SourceShard, Mark> ofSink) {
        return ofSink.values().stream()
                .flatMap(mark -> Optional.ofNullable(mark.committedAt()).stream())
                .max(Instant::compareTo);
    }

    @Override
    public synchronized void close() {
        closed = true;
        tables.clear();
        marks.clear();
    }

    private void requireOpen() {
        if (closed) {
            throw new StoreException.Configuration("the in-memory store is closed", null);
        }
    }

    /** Where a shard stands, and which batch brought it there when. */
    private record Mark(
            long next, @Nullable UUID batchId, @Nullable Instant committedAt) {
        static final Mark NOT_STARTED = new Mark(Position.NOT_STARTED, null, null);
    }
}
