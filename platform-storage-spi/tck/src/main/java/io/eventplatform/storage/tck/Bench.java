package io.eventplatform.storage.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.storage.Capability;
import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.WriteBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;

/** One test's store, and the tables, shards and shorthands the rules are told in. */
final class Bench implements AutoCloseable {

    static final SinkId SINK = new SinkId("orders-sink");
    static final SourceShard A = new SourceShard("topic-id-1", "orders", 0);
    static final SourceShard B = new SourceShard("topic-id-1", "orders", 1);

    /** One row for each offset of a shard, so that a row too many or too few can be seen. */
    static final TableSpec EVENTS = TableSpec.append(
            "events",
            List.of(
                    Column.required("shard", ColumnType.LONG),
                    Column.required("at_offset", ColumnType.LONG),
                    Column.optional("note", ColumnType.STRING)));

    static final TableSpec TOTALS = TableSpec.upsert(
            "totals",
            List.of(
                    Column.required("name", ColumnType.STRING),
                    Column.optional("total", ColumnType.LONG),
                    Column.optional("note", ColumnType.STRING)),
            List.of("name"));

    private final StoreFixture fixture;
    private final Path directory;
    private final List<TableStore> opened = new ArrayList<>();
    private TableStore store;

    private Bench(StoreFixture fixture, Path directory) {
        this.fixture = fixture;
        this.directory = directory;
        this.store = openStore();
    }

    static Bench open(StoreFixture fixture, Path directory) {
        try {
            Files.createDirectories(directory.resolve("home"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Bench(fixture, directory);
    }

    StoreFixture fixture() {
        return fixture;
    }

    /** A place for a test's other files, which the store does not know. */
    Path directory() {
        return directory;
    }

    Path home() {
        return directory.resolve("home");
    }

    TableStore store() {
        return store;
    }

    boolean can(Capability capability) {
        return store.capabilities().contains(capability);
    }

    /** As another process would after this one closed the store in order. */
    void reopen() {
        store.close();
        store = openStore();
    }

    /** The store of a second writer: an instance of its own if the store can be shared, else the same one. */
    TableStore storeOfAnotherWriter() {
        return can(Capability.SHARED) ? openStore() : store;
    }

    private TableStore openStore() {
        TableStore fresh = fixture.open(home());
        opened.add(fresh);
        return fresh;
    }

    @Override
    public void close() {
        opened.forEach(TableStore::close);
    }

    /** Whether the store can have both tables. */
    static boolean hasTotals(TableStore store) {
        return store.capabilities().containsAll(Set.of(Capability.UPSERT, Capability.SEVERAL_TABLES));
    }

    /** The store with both tables (if it can have both) and shards A and B not started. */
    TableStore prepared() {
        store.ensureTable(EVENTS);
        if (hasTotals(store)) {
            store.ensureTable(TOTALS);
        }
        store.open(SINK, Set.of(A, B));
        return store;
    }

    // Batches

    static Position at(SourceShard shard, long next) {
        return Position.of(Map.of(shard, next));
    }

    static Position at(long nextOfA, long nextOfB) {
        return Position.of(Map.of(A, nextOfA, B, nextOfB));
    }

    static WriteBatch batch(Position expected, Position next, TableRows... rows) {
        return new WriteBatch(UUID.randomUUID(), List.of(rows), expected, next);
    }

    /** The events of a shard's offsets {@code from} to before {@code to}, moving the shard there. */
    static WriteBatch events(SourceShard shard, long from, long to) {
        return batch(at(shard, from == 0 ? Position.NOT_STARTED : from), at(shard, to), rowsOf(shard, from, to));
    }

    static TableRows rowsOf(SourceShard shard, long from, long to) {
        return new TableRows(
                EVENTS,
                LongStream.range(from, to)
                        .mapToObj(offset -> event(shard, offset))
                        .toList());
    }

    static Row event(SourceShard shard, long offset) {
        return Row.of((long) shard.partition(), offset, "event " + offset);
    }

    void commit(WriteBatch batch) {
        assertThat(store.commit(SINK, batch))
                .as("outcome of a commit from the right position, %s", batch.expected())
                .isEqualTo(new CommitOutcome.Committed());
    }

    // Reading back

    Position position(SourceShard... shards) {
        return store.open(SINK, Set.of(shards));
    }

    static List<Row> read(TableStore store, Query query) {
        List<Row> rows = new ArrayList<>();
        try (Cursor cursor = store.query(query)) {
            cursor.forEachRemaining(rows::add);
        }
        return rows;
    }

    List<Row> read(Query query) {
        return read(store, query);
    }

    List<Row> read(TableSpec table) {
        return read(Query.of(table.name()));
    }

    /** Rows of the totals table by their key. */
    Map<Object, Row> totals() {
        Map<Object, Row> byName = new LinkedHashMap<>();
        read(TOTALS).forEach(row -> byName.put(String.valueOf(row.get(0)), row));
        return byName;
    }

    /** That the events table has one row for each offset before the shard's position, and no other. */
    void assertRowsMatchPosition(SourceShard shard) {
        long position = position(shard).of(shard);
        List<Long> offsets = read(Query.of(EVENTS.name())
                        .withColumns(List.of("at_offset"))
                        .withFilter(new Query.Filter.Equal("shard", (long) shard.partition())))
                .stream()
                .map(row -> (Long) row.values().get(0))
                .sorted()
                .toList();
        assertThat(offsets)
                .as(
                        "offsets with a row, when the position of %s is %d: look at how rows and position are tied into"
                                + " one transaction (doubled: rows without the position were committed before; missing:"
                                + " the position without the rows)",
                        shard, position)
                .isEqualTo(LongStream.range(0, Math.max(0, position)).boxed().toList());
    }
}
