package io.eventplatform.examples.quickstart;

import io.eventplatform.storage.Capability;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A store that makes a mistake in the rows of one table. */
final class BrokenStore implements TableStore {

    /** The mistake, and what the audit has to say about it. */
    enum Fault {
        ROW_LOST("user_signups", "user_signup: 300 enriched records, but 299 rows in the table"),
        ROW_TWICE("user_signups", "user_signup: 300 enriched records, but 301 rows in the table"),
        /** The counts balance, so only the ids tell. */
        ROW_REPLACED("user_signups", "2 event ids are not processed and stored as often as they should, such as "),
        /** At every commit: rows of views are absolute, so the next one would make up for it. */
        VIEW_GROUP_LOST("signups_per_plan_per_day_g1", "but signups_per_plan_per_day_g1 counts "),
        /** The sum over the view is right. */
        VIEW_GROUP_MISTAKEN("quakes_per_network_g1", "quakes_per_network: 2 rows differ from a recount of its table");

        private final String table;
        private final String complaint;

        Fault(String table, String complaint) {
            this.table = table;
            this.complaint = complaint;
        }

        String complaint() {
            return complaint;
        }

        private List<Row> applyTo(List<Row> rows) {
            List<Row> broken = new ArrayList<>(rows);
            switch (this) {
                case ROW_LOST -> broken.remove(0);
                case ROW_TWICE -> broken.add(rows.get(0));
                case ROW_REPLACED -> broken.set(0, rows.get(rows.size() - 1));
                case VIEW_GROUP_LOST -> broken.removeIf(row -> row.values().contains("pro"));
                case VIEW_GROUP_MISTAKEN -> broken.replaceAll(Fault::underAnotherNetwork);
            }
            return broken;
        }

        private static Row underAnotherNetwork(Row row) {
            List<Object> values = new ArrayList<>(row.values());
            values.replaceAll(value -> "us".equals(value) ? "nobody" : value);
            return new Row(values);
        }
    }

    private static final int ENOUGH_ROWS = 2;

    private final TableStore store;
    private final Fault fault;
    private boolean made;

    BrokenStore(TableStore store, Fault fault) {
        this.store = store;
        this.fault = fault;
    }

    @Override
    public CommitOutcome commit(SinkId sink, WriteBatch batch) {
        List<TableRows> tables = batch.tables().stream().map(this::broken).toList();
        return store.commit(sink, new WriteBatch(batch.id(), tables, batch.expected(), batch.next()));
    }

    private TableRows broken(TableRows rows) {
        boolean always = fault.name().startsWith("VIEW_");
        boolean due = always || (!made && rows.rows().size() >= ENOUGH_ROWS);
        if (!due || !rows.table().name().equals(fault.table)) {
            return rows;
        }
        made = true;
        return new TableRows(rows.table(), fault.applyTo(rows.rows()));
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
    public Cursor query(Query query) {
        return store.query(query);
    }

    @Override
    public void close() {
        store.close();
    }
}
