package io.eventplatform.storage.tck;

import io.eventplatform.storage.Capability;
import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.WriteBatch;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Stores with the faults that adapters are known to have had. */
final class BrokenStores {

    private BrokenStores() {}

    private static WriteBatch of(WriteBatch batch, List<TableRows> tables, Position expected) {
        return new WriteBatch(batch.id(), tables, expected, batch.next());
    }

    /** As a store does that swallows the failure of a bulk load. */
    static final class MovesThePositionWithoutRows extends BrokenStore {
        @Override
        public CommitOutcome commit(SinkId sink, WriteBatch batch) {
            return sound.commit(sink, of(batch, List.of(), batch.expected()));
        }
    }

    static final class IgnoresTheExpectation extends BrokenStore {
        @Override
        public CommitOutcome commit(SinkId sink, WriteBatch batch) {
            Position actual = sound.open(sink, batch.expected().next().keySet());
            try {
                return sound.commit(sink, of(batch, batch.tables(), actual));
            } catch (IllegalArgumentException positionWouldGoBack) {
                return new CommitOutcome.Committed();
            }
        }
    }

    static final class WritesTheSameBatchAgain extends BrokenStore {
        @Override
        public CommitOutcome commit(SinkId sink, WriteBatch batch) {
            CommitOutcome outcome = sound.commit(sink, batch);
            if (outcome instanceof CommitOutcome.AlreadyCommitted) {
                Position here = batch.next();
                return sound.commit(sink, new WriteBatch(UUID.randomUUID(), batch.tables(), here, here));
            }
            return outcome;
        }
    }

    /** Commits rows and position in two transactions; here the second waits until somebody has looked. */
    static final class ShowsHalfABatch extends BrokenStore {
        private final Semaphore looks = new Semaphore(0);
        private boolean shown;

        @Override
        public CommitOutcome commit(SinkId sink, WriteBatch batch) {
            if (show(batch.tables())) {
                awaitOthers(() -> looks.tryAcquire(60, TimeUnit.SECONDS));
                return sound.commit(sink, of(batch, List.of(), batch.expected()));
            }
            return sound.commit(sink, batch);
        }

        private synchronized boolean show(List<TableRows> rows) {
            if (shown) {
                return false;
            }
            shown = true;
            SinkId aside = new SinkId("aside");
            Position start = sound.open(aside, Set.of(Bench.A));
            sound.commit(aside, new WriteBatch(UUID.randomUUID(), rows, start, Bench.at(Bench.A, 0)));
            return true;
        }

        @Override
        public synchronized Cursor query(Query query) {
            Cursor cursor = sound.query(query);
            if (shown && query.table().equals(Bench.EVENTS.name())) {
                looks.release();
            }
            return cursor;
        }
    }

    /** Compares, then locks; here the writers wait for each other in between. */
    static final class ComparesBeforeItLocks extends BrokenStore {
        private final CyclicBarrier all;

        ComparesBeforeItLocks(int writers) {
            this.all = new CyclicBarrier(writers);
        }

        @Override
        public CommitOutcome commit(SinkId sink, WriteBatch batch) {
            Position compared = sound.open(sink, batch.expected().next().keySet());
            awaitOthers(() -> all.await(60, TimeUnit.SECONDS) >= 0);
            if (!compared.equals(batch.expected())) {
                return new CommitOutcome.Conflict(compared);
            }
            synchronized (this) {
                Position late = sound.open(sink, batch.expected().next().keySet());
                return sound.commit(sink, of(batch, batch.tables(), late));
            }
        }
    }

    private static void awaitOthers(Callable<Boolean> other) {
        try {
            if (!other.call()) {
                throw new IllegalStateException("nobody came");
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes row by row and stops at the first it does not like. */
    static final class KeepsRowsOfAFailedBatch extends BrokenStore {
        @Override
        public CommitOutcome commit(SinkId sink, WriteBatch batch) {
            try {
                return sound.commit(sink, batch);
            } catch (StoreException e) {
                TableRows first = batch.tables().get(0);
                List<Row> before = first.rows().subList(0, 1);
                SinkId aside = new SinkId("aside " + UUID.randomUUID());
                Position start = sound.open(aside, Set.of(Bench.A));
                sound.commit(
                        aside,
                        new WriteBatch(
                                UUID.randomUUID(),
                                List.of(new TableRows(first.table(), before)),
                                start,
                                Bench.at(Bench.A, 0)));
                throw e;
            }
        }
    }

    static final class CutsAtMaxRows extends BrokenStore {
        @Override
        public Cursor query(Query query) {
            List<Row> rows = Bench.read(sound, query.withMaxRows(Query.DEFAULT_MAX_ROWS));
            return new ListCursor(sound.query(query), rows.subList(0, (int) Math.min(rows.size(), query.maxRows())));
        }
    }

    static final class IgnoresTheDeadline extends BrokenStore {
        @Override
        public Cursor query(Query query) {
            return sound.query(query.withDeadline(Duration.ofDays(1)));
        }
    }

    /** Stores instants as local times of the JVM's zone, as {@code java.sql.Timestamp} does. */
    static final class StoresLocalTimes extends BrokenStore {
        @Override
        public CommitOutcome commit(SinkId sink, WriteBatch batch) {
            List<TableRows> local = batch.tables().stream()
                    .map(table -> new TableRows(
                            table.table(),
                            table.rows().stream()
                                    .map(StoresLocalTimes::localised)
                                    .toList()))
                    .toList();
            return sound.commit(sink, of(batch, local, batch.expected()));
        }

        private static Row localised(Row row) {
            List<@Nullable Object> values = new ArrayList<>(row.values());
            values.replaceAll(value -> value instanceof Instant instant
                    ? LocalDateTime.ofInstant(instant, ZoneId.systemDefault()).toInstant(ZoneOffset.UTC)
                    : value);
            return new Row(values);
        }
    }

    /** As a store does that keeps its state and logs numbers as JSON has them. */
    static final class KeepsDecimalsAsDoubles extends BrokenStore {
        private boolean restarted;

        @Override
        public Cursor query(Query query) {
            Cursor cursor = sound.query(query);
            if (!restarted) {
                return cursor;
            }
            List<Row> rows = new ArrayList<>();
            cursor.forEachRemaining(row -> rows.add(rounded(row)));
            return new ListCursor(cursor, rows);
        }

        private static Row rounded(Row row) {
            List<@Nullable Object> values = new ArrayList<>(row.values());
            values.replaceAll(value -> value instanceof BigDecimal decimal
                    ? BigDecimal.valueOf(decimal.doubleValue()).setScale(decimal.scale(), RoundingMode.HALF_EVEN)
                    : value);
            return new Row(values);
        }

        @Override
        public void close() {
            restarted = true;
        }
    }

    static final class ReadsOnlyTheFirstColumnOfACombination extends BrokenStore {
        @Override
        public Cursor query(Query query) {
            List<Query.Filter> filters = new ArrayList<>();
            for (Query.Filter filter : query.filters()) {
                filters.add(
                        filter instanceof Query.Filter.AnyOf anyOf
                                        && !anyOf.combinations().isEmpty()
                                ? new Query.Filter.AnyOf(
                                        anyOf.columns().subList(0, 1),
                                        anyOf.combinations().stream()
                                                .map(combination -> combination.subList(0, 1))
                                                .toList())
                                : filter);
            }
            return sound.query(new Query(
                    query.table(), query.columns(), filters, query.positionOf(), query.maxRows(), query.deadline()));
        }
    }

    static final class DoesWhatItSaysItCannot extends BrokenStore {
        @Override
        public Set<Capability> capabilities() {
            return Set.of(Capability.UPSERT, Capability.SEVERAL_TABLES);
        }
    }

    static final class HasTablesItSaysItCannotHave extends BrokenStore {
        @Override
        public Set<Capability> capabilities() {
            return Set.of(Capability.SCHEMA_ADD_COLUMN);
        }
    }

    static final class AcceptsAnyShape extends BrokenStore {
        @Override
        public void ensureTable(TableSpec table) {
            try {
                sound.ensureTable(table);
            } catch (StoreException.SchemaIncompatible e) {
                // takes the table that exists for the declared one
            }
        }
    }

    /** Reads the position after the rows, and not from their snapshot. */
    static final class ReadsThePositionLater extends BrokenStore {
        @Override
        public Cursor query(Query query) {
            Cursor rows = sound.query(query);
            return new ListCursor(rows, Bench.read(sound, query)) {
                @Override
                public Position position() {
                    return sound.open(Bench.SINK, rows.position().next().keySet());
                }
            };
        }
    }
}
