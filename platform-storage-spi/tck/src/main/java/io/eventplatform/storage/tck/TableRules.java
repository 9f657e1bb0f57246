package io.eventplatform.storage.tck;

import static io.eventplatform.storage.tck.Bench.A;
import static io.eventplatform.storage.tck.Bench.EVENTS;
import static io.eventplatform.storage.tck.Bench.SINK;
import static io.eventplatform.storage.tck.Bench.TOTALS;
import static io.eventplatform.storage.tck.Bench.at;
import static io.eventplatform.storage.tck.Bench.batch;
import static io.eventplatform.storage.tck.Bench.events;
import static io.eventplatform.storage.tck.Bench.rowsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.eventplatform.storage.Capability;
import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.Query.Filter;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableSpec;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tables are made and widened, and a store does what it declares. */
abstract class TableRules extends Rules {

    private static final TableSpec WIDER = EVENTS.withColumns(
            List.of(Column.optional("amount", ColumnType.DECIMAL), Column.optional("seen", ColumnType.TIMESTAMP)));

    @Test
    void h10_aColumnIsAddedWhileRowsExist() {
        assumeColumnsCanBeAdded();
        bench().prepared();
        bench().commit(events(A, 0, 2));

        bench().store().ensureTable(WIDER);

        assertThat(bench().read(EVENTS))
                .as("rows written before the column: no value in it")
                .containsExactlyInAnyOrder(
                        Row.of(0L, 0L, "event 0", null, null), Row.of(0L, 1L, "event 1", null, null));
        bench().commit(batch(
                at(A, 2),
                at(A, 3),
                new TableRows(WIDER, List.of(Row.of(0L, 2L, "new", new BigDecimal("1.500000000"), null)))));
        assertThat(bench().read(Query.of(EVENTS.name()).withFilter(new Filter.Equal("at_offset", 2L))))
                .containsExactly(Row.of(0L, 2L, "new", new BigDecimal("1.500000000"), null));
    }

    @Test
    void h10_aColumnIsAddedToATableWithAKey() {
        assumeColumnsCanBeAdded();
        assumeUpsert();
        bench().prepared();
        bench().commit(batch(at(A, -1), at(A, 1), new TableRows(TOTALS, List.of(Row.of("a", 1L, "old")))));
        TableSpec wider = TOTALS.withColumns(List.of(Column.optional("share", ColumnType.DOUBLE)));

        bench().store().ensureTable(wider);
        bench().commit(batch(
                at(A, 1),
                at(A, 2),
                new TableRows(wider, List.of(Row.of("a", 2L, "new", 0.5), Row.of("b", 3L, "new", 0.25)))));

        assertThat(bench().read(wider))
                .containsExactlyInAnyOrder(Row.of("a", 2L, "new", 0.5), Row.of("b", 3L, "new", 0.25));
    }

    @Test
    void h10_aWriterOfTheOlderShapeGoesOn() {
        assumeColumnsCanBeAdded();
        assumeUpsert();
        TableSpec wider = TOTALS.withColumns(List.of(Column.optional("share", ColumnType.DOUBLE)));
        bench().prepared();
        bench().store().ensureTable(wider);
        bench().commit(batch(at(A, -1), at(A, 1), new TableRows(wider, List.of(Row.of("a", 1L, "new", 0.5)))));

        bench().store().ensureTable(TOTALS);
        bench().commit(batch(
                at(A, 1), at(A, 2), new TableRows(TOTALS, List.of(Row.of("a", 2L, "old"), Row.of("b", 3L, "old")))));

        assertThat(bench().read(wider))
                .as("rows by a writer that does not know the column: no value in it, also where there was one")
                .containsExactlyInAnyOrder(Row.of("a", 2L, "old", null), Row.of("b", 3L, "old", null));
    }

    @Test
    void h10_aCursorThatIsOpenMeanwhileIsNotDisturbed() {
        assumeColumnsCanBeAdded();
        bench().prepared();
        bench().commit(events(A, 0, 5_000));

        List<Row> rows = new ArrayList<>();
        try (Cursor cursor = bench().store().query(Query.of(EVENTS.name()))) {
            rows.add(cursor.next());
            bench().store().ensureTable(WIDER);
            cursor.forEachRemaining(rows::add);
        }

        assertThat(rows).hasSize(5_000).allMatch(row -> row.values().size() == 3);
    }

    @Test
    void table_ensuringItAgainChangesNothing() {
        bench().prepared();
        bench().commit(events(A, 0, 10));

        bench().store().ensureTable(EVENTS);

        bench().assertRowsMatchPosition(A);
    }

    @Test
    void table_columnsMayBeDeclaredInAnotherOrder() {
        bench().prepared();
        TableSpec reordered = TableSpec.append(
                EVENTS.name(),
                List.of(
                        EVENTS.columns().get(2),
                        EVENTS.columns().get(1),
                        EVENTS.columns().get(0)));
        bench().store().ensureTable(reordered);

        bench().commit(batch(at(A, -1), at(A, 1), new TableRows(reordered, List.of(Row.of("note", 7L, 0L)))));

        assertThat(bench().read(EVENTS))
                .as("a row of a writer with another order of columns, in the table's order")
                .containsExactly(Row.of(0L, 7L, "note"));
    }

    @Test
    void table_namesMayBeWordsOfSql() {
        TableSpec words = TableSpec.append(
                "order",
                List.of(
                        Column.required("select", ColumnType.LONG),
                        Column.optional("group", ColumnType.STRING),
                        Column.optional("timestamp", ColumnType.TIMESTAMP),
                        Column.optional("_", ColumnType.LONG)));
        bench().store().ensureTable(words);
        bench().store().open(SINK, Set.of(A));

        bench().commit(batch(at(A, -1), at(A, 1), new TableRows(words, List.of(Row.of(1L, "g", null, 4L)))));

        assertThat(bench().read(Query.of("order")
                        .withColumns(List.of("group", "_"))
                        .withFilter(new Filter.Equal("select", 1L))))
                .containsExactly(Row.of("g", 4L));
    }

    @Test
    void table_anotherShapeIsIncompatible() {
        bench().prepared();
        Column shard = EVENTS.columns().get(0);
        Column offset = EVENTS.columns().get(1);
        Column note = EVENTS.columns().get(2);

        Map<String, TableSpec> wrong = Map.of(
                "another type",
                TableSpec.append(EVENTS.name(), List.of(shard, offset, Column.optional("note", ColumnType.LONG))),
                "a required column that was optional",
                TableSpec.append(EVENTS.name(), List.of(shard, offset, Column.required("note", ColumnType.STRING))),
                "an optional column that was required",
                TableSpec.append(EVENTS.name(), List.of(shard, Column.optional("at_offset", ColumnType.LONG), note)),
                "a required column less",
                TableSpec.append(EVENTS.name(), List.of(shard, note)),
                "a required column more",
                TableSpec.append(
                        EVENTS.name(), List.of(shard, offset, note, Column.required("more", ColumnType.LONG))));

        wrong.forEach((difference, spec) -> assertRefused(
                StoreException.SchemaIncompatible.class, "a table declared with " + difference, () -> bench().store()
                        .ensureTable(spec)));
        bench().commit(events(A, 0, 10));
        bench().assertRowsMatchPosition(A);
    }

    @Test
    void table_anotherKeyOrModeIsIncompatible() {
        assumeUpsert();
        TableSpec table = TableSpec.upsert(
                "keyed",
                List.of(Column.required("a", ColumnType.STRING), Column.required("b", ColumnType.STRING)),
                List.of("a", "b"));
        bench().store().ensureTable(table);

        for (TableSpec wrong : List.of(
                TableSpec.append("keyed", table.columns()),
                TableSpec.upsert("keyed", table.columns(), List.of("a")),
                TableSpec.upsert("keyed", table.columns(), List.of("b", "a")))) {
            assertRefused(StoreException.SchemaIncompatible.class, wrong.toString(), () -> bench().store()
                    .ensureTable(wrong));
        }
    }

    // What a store declares

    @Test
    void capability_upsertIsDoneOrRefusedByName() {
        if (bench().can(Capability.UPSERT)) {
            bench().store().ensureTable(TOTALS);
            assertThat(bench().read(TOTALS)).isEmpty();
        } else {
            StoreException refusal = assertRefused(
                    StoreException.UnsupportedCapability.class, "a table with a key", () -> bench().store()
                            .ensureTable(TOTALS));
            assertThat(refusal).hasMessageContaining("UPSERT");
        }
    }

    @Test
    void capability_severalTablesAreWrittenTogetherOrRefusedByName() {
        TableSpec second = TableSpec.append("second", EVENTS.columns());
        bench().prepared();
        if (bench().can(Capability.SEVERAL_TABLES)) {
            bench().store().ensureTable(second);
            TableRows rows = rowsOf(A, 0, 2);
            bench().commit(batch(at(A, -1), at(A, 2), rows, new TableRows(second, rows.rows())));
            assertThat(bench().read(second)).containsExactlyInAnyOrderElementsOf(bench().read(EVENTS));
        } else {
            StoreException refusal = assertRefused(
                    StoreException.UnsupportedCapability.class,
                    "a second table, by a store that does not declare SEVERAL_TABLES,",
                    () -> bench().store().ensureTable(second));
            assertThat(refusal).hasMessageContaining("SEVERAL_TABLES").hasMessageContaining(second.name());
        }
    }

    @Test
    void capability_addingColumnsIsDoneOrRefusedByName() {
        bench().store().ensureTable(EVENTS);
        if (bench().can(Capability.SCHEMA_ADD_COLUMN)) {
            bench().store().ensureTable(WIDER);
            assertThat(bench().read(WIDER)).isEmpty();
        } else {
            StoreException refusal = assertRefused(
                    StoreException.UnsupportedCapability.class,
                    "a table with more columns, by a store that does not declare SCHEMA_ADD_COLUMN,",
                    () -> bench().store().ensureTable(WIDER));
            assertThat(refusal).hasMessageContaining("SCHEMA_ADD_COLUMN");
        }
    }

    @Test
    void capability_instancesOfASharedStoreSeeEachOther() {
        assumeTrue(bench().can(Capability.SHARED), "the store does not declare SHARED");
        bench().prepared();
        bench().commit(events(A, 0, 10));

        assertThat(bench().storeOfAnotherWriter().open(SINK, Set.of(A))).isEqualTo(at(A, 10));
        assertThat(Bench.read(bench().storeOfAnotherWriter(), Query.of(EVENTS.name())))
                .containsExactlyInAnyOrderElementsOf(rowsOf(A, 0, 10).rows());
    }

    @Test
    void capability_aPrivateStoreIsOpenedOnce() {
        assumeTrue(!bench().can(Capability.SHARED), "the store declares SHARED");
        assumeTrue(bench().fixture().durable(), "the fixture says the store is not durable: nothing to share");

        assertRefused(
                StoreException.Configuration.class,
                "opening a store that is open already and not SHARED, in the same process,",
                () -> bench().fixture().open(bench().home()).close());
    }

    private void assumeColumnsCanBeAdded() {
        assumeTrue(bench().can(Capability.SCHEMA_ADD_COLUMN), "the store does not declare SCHEMA_ADD_COLUMN");
    }
}
