package io.eventplatform.examples.quickstart;

import io.eventplatform.processor.sink.StoreSink;
import io.eventplatform.processor.sink.TableProjection;
import io.eventplatform.storage.Catalog;
import io.eventplatform.storage.LocalObjectStore;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.duckdb.DuckDbOptions;
import io.eventplatform.storage.duckdb.DuckDbTableStore;
import io.eventplatform.storage.lake.LakeTableStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The stores, hot and cold, and the sinks that fill them. */
final class Storing implements AutoCloseable {

    /** Of each lake table: it writes a few thousand rows at a time. */
    private static final DuckDbOptions LAKE_ENGINE =
            DuckDbOptions.builder().memoryLimitBytes(256L << 20).threads(1).build();

    private final Deque<TableStore> opened = new ArrayDeque<>();
    private final Catalog catalog;
    private final StoreSink hot;
    private final List<StoreSink> lake = new ArrayList<>();

    private Storing(Workspace workspace, UnaryOperator<TableStore> decorator) {
        try {
            TableStore hotStore = opened(decorator.apply(DuckDbTableStore.open(workspace.database())));
            hot = Topology.hot(hotStore);
            catalog = Catalog.of(hotStore, hot.id(), hot.views());
            LocalObjectStore objects = LocalObjectStore.open(workspace.lake());
            for (TableProjection<?> table : Tables.all()) {
                lake.add(Topology.lake(
                        table,
                        opened(LakeTableStore.builder(objects, Topology.lakeDirectory(table))
                                .partitionByDay(Tables.TIMESTAMP)
                                .duckDb(LAKE_ENGINE)
                                .open())));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Opens the files.
     *
     * @param decorator what the hot sink sees of its store, for tests
     */
    static Storing open(Workspace workspace, UnaryOperator<TableStore> decorator) {
        return new Storing(workspace, decorator);
    }

    /** Fills tables and views. */
    StoreSink hot() {
        return hot;
    }

    /** Fill a lake table each. */
    List<StoreSink> lake() {
        return lake;
    }

    List<StoreSink> sinks() {
        return Stream.concat(Stream.of(hot), lake.stream()).toList();
    }

    /** The views that can be read. */
    Catalog catalog() {
        return catalog;
    }

    private <T extends TableStore> T opened(T store) {
        opened.push(store);
        return store;
    }

    /** Idempotent; the sinks' runners must be closed. */
    @Override
    public void close() {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }
}
