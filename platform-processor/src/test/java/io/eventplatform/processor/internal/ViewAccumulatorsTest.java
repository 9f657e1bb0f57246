package io.eventplatform.processor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.processor.internal.Effects.RowEffect.ViewInput;
import io.eventplatform.storage.Catalog;
import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.InMemoryTableStore;
import io.eventplatform.storage.Measure;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.View;
import io.eventplatform.storage.WriteBatch;
import io.eventplatform.storage.duckdb.DuckDbTableStore;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewAccumulatorsTest {

    private static final SinkId SINK = new SinkId("sink");
    private static final List<SourceShard> SHARDS = List.of(shard(0), shard(1), shard(2));
    private static final Measure USERS = Measure.distinct("users", ColumnType.STRING);
    private static final Measure LEVELS = Measure.distinct("levels", ColumnType.LONG);
    private static final View DAILY = View.named("daily")
            .groupBy(Column.required("day", ColumnType.STRING))
            .measure(Measure.count("visits"), USERS, Measure.sum("spent", ColumnType.DECIMAL), LEVELS)
            .build();

    private TableStore store = new InMemoryTableStore();
    private ViewAccumulators view = new ViewAccumulators(DAILY, store);

    ViewAccumulatorsTest() {
        prepare();
    }

    private void prepare() {
        store.ensureTable(DAILY.table());
        store.open(SINK, Set.copyOf(SHARDS));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aMemberIsWrittenOnceForItsGroupAndShardAndThenNoMore() {
        Visit visit = new Visit("mon", "ann", BigDecimal.ONE, 1);

        TableRows first = view.fold(Map.of(shard(0), List.of(visit.input(), visit.input())));
        view.committed();
        TableRows second = view.fold(Map.of(shard(0), List.of(visit.input())));

        assertThat(members(first)).containsExactlyInAnyOrder("", "users:ann", "levels:1");
        assertThat(members(second)).containsExactly("");
    }

    @Test
    void inTheRowOfAMemberNothingElseIsCounted() {
        TableRows rows = view.fold(Map.of(shard(0), List.of(new Visit("mon", "ann", BigDecimal.ONE, 1).input())));

        assertThat(rows.rows())
                .containsExactlyInAnyOrder(
                        Row.of("mon", "id", 0L, "", 1L, null, new BigDecimal("1.000000000"), null),
                        Row.of("mon", "id", 0L, "users:ann", 0L, null, null, null),
                        Row.of("mon", "id", 0L, "levels:1", 0L, null, null, null));
    }

    @Test
    void aMemberThatMayNotBeStoredIsWrittenAgain() {
        Map<SourceShard, List<ViewInput>> visit =
                Map.of(shard(0), List.of(new Visit("mon", "ann", BigDecimal.ONE, 1).input()));

        view.fold(visit);
        view.forget();
        assertThat(members(view.fold(visit))).contains("users:ann");

        view.committed();
        view.forget(List.of(shard(1)));
        assertThat(members(view.fold(visit))).doesNotContain("users:ann");

        view.committed();
        view.forget(List.of(shard(0)));
        assertThat(members(view.fold(visit))).contains("users:ann");
    }

    private static List<Object> members(TableRows rows) {
        int place = rows.table().indexOf(View.MEMBER_COLUMN);
        return rows.rows().stream().<Object>map(row -> row.get(place)).toList();
    }

    @RepeatedTest(50)
    void whateverHappensToBatchesTheViewSaysWhatAPlainCountSays() {
        runAgainstModel(System.nanoTime());
    }

    @RepeatedTest(3)
    void inDuckDbTheViewSaysWhatAPlainCountSays(@TempDir Path directory) {
        store = DuckDbTableStore.open(directory.resolve("views.duckdb"));
        view = new ViewAccumulators(DAILY, store);
        prepare();

        runAgainstModel(System.nanoTime());
    }

    private void runAgainstModel(long seed) {
        Random random = new Random(seed);
        Model model = new Model();
        long audited = 0;
        for (int step = 0; step < 60; step++) {
            Map<SourceShard, List<Visit>> batch = new TreeMap<>();
            for (int i = random.nextInt(20); i >= 0; i--) {
                batch.computeIfAbsent(SHARDS.get(random.nextInt(SHARDS.size())), shard -> new ArrayList<>())
                        .add(Visit.random(random));
            }

            boolean stored = attempt(random.nextInt(6), batch);

            if (stored) {
                batch.values().forEach(visits -> visits.forEach(model::add));
                audited += batch.values().stream().mapToInt(List::size).sum();
            }
            assertThat(Catalog.of(store, SINK, List.of(DAILY)).read("daily").rows())
                    .as("seed %d, step %d", seed, step)
                    .containsExactlyElementsOf(model.rows());
            assertThat(sumOfVisits()).as("seed %d, step %d", seed, step).isEqualTo(audited);
        }
    }

    /** Folds the batch and lets something happen to it; whether it is in the store in the end. */
    private boolean attempt(int fate, Map<SourceShard, List<Visit>> batch) {
        Map<SourceShard, List<ViewInput>> inputs = new TreeMap<>();
        batch.forEach((shard, visits) ->
                inputs.put(shard, visits.stream().map(Visit::input).toList()));
        TableRows rows = view.fold(inputs);
        switch (fate) {
            case 0 -> {
                view.forget();
                return false;
            }
            case 1 -> {
                view.forget(batch.keySet());
                return false;
            }
            case 2 -> {
                view = new ViewAccumulators(DAILY, store); // died before the commit
                return false;
            }
            case 3 -> {
                commit(rows, batch);
                view = new ViewAccumulators(DAILY, store); // died after it
                return true;
            }
            default -> {
                commit(rows, batch);
                view.committed();
                return true;
            }
        }
    }

    private void commit(TableRows rows, Map<SourceShard, List<Visit>> batch) {
        Position from = store.open(SINK, batch.keySet());
        Map<SourceShard, Long> to = new TreeMap<>();
        batch.forEach((shard, visits) -> to.put(shard, Math.max(0, from.of(shard)) + visits.size()));
        WriteBatch write = new WriteBatch(UUID.randomUUID(), List.of(rows), from, Position.of(to));
        assertThat(store.commit(SINK, write)).isInstanceOf(CommitOutcome.Committed.class);
    }

    /** As an audit does that knows only the table. */
    private long sumOfVisits() {
        try (Cursor rows = store.query(Query.of(DAILY.table().name()).withColumns(List.of("visits")))) {
            long sum = 0;
            while (rows.hasNext()) {
                sum += rows.next().get(0) instanceof Long visits ? visits : 0;
            }
            return sum;
        }
    }

    private static SourceShard shard(int partition) {
        return new SourceShard("id", "visits", partition);
    }

    private record Visit(String day, @Nullable String user, BigDecimal spent, long level) {

        static Visit random(Random random) {
            return new Visit(
                    "day-" + random.nextInt(4),
                    random.nextInt(8) == 0 ? null : "user-" + random.nextInt(30),
                    BigDecimal.valueOf(random.nextLong(-1_000_000, 1_000_000), random.nextInt(10)),
                    random.nextInt(3));
        }

        ViewInput input() {
            List<@Nullable Object> inputs = new ArrayList<>();
            inputs.add(null);
            inputs.add(user == null ? null : USERS.member(user));
            inputs.add(ColumnType.DECIMAL.canonical("spent", spent));
            inputs.add(LEVELS.member(level));
            return new ViewInput(0, List.of(day), inputs);
        }
    }

    private static final class Model {

        private final Map<String, Totals> byDay = new TreeMap<>();

        void add(Visit visit) {
            Totals totals = byDay.computeIfAbsent(visit.day(), day -> new Totals());
            totals.visits++;
            totals.spent = totals.spent.add(visit.spent());
            totals.levels.add(visit.level());
            if (visit.user() != null) {
                totals.users.add(visit.user());
            }
        }

        List<Row> rows() {
            List<Row> rows = new ArrayList<>();
            byDay.forEach((day, totals) ->
                    rows.add(Row.of(day, totals.visits, (long) totals.users.size(), totals.spent.setScale(9), (long)
                            totals.levels.size())));
            return rows;
        }
    }

    private static final class Totals {

        private long visits;
        private BigDecimal spent = BigDecimal.ZERO;
        private final Set<String> users = new HashSet<>();
        private final Set<Long> levels = new HashSet<>();
    }
}
