package io.eventplatform.storage;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The views that can be read, and where each lives. Immutable; any number of threads may read at once.
 *
 * <p>The stores belong to the caller and are not closed. The catalog creates no tables: the sink that
 * fills a view does.
 */
public final class Catalog {

    private final Map<String, Source> sources;

    private Catalog(Map<String, Source> sources) {
        this.sources = sources;
    }

    /** The views that one sink keeps in one store. */
    public static Catalog of(TableStore store, SinkId sink, List<View> views) {
        return builder().add(store, sink, views).build();
    }

    /** Starts a catalog of views of several sinks or stores. */
    public static Builder builder() {
        return new Builder();
    }

    /** In the order they were added. */
    public List<View> views() {
        return sources.values().stream().map(Source::view).toList();
    }

    public Optional<View> find(String name) {
        Objects.requireNonNull(name, "name");
        return Optional.ofNullable(sources.get(name)).map(Source::view);
    }

    /**
     * All rows of a view, as {@link #read(ViewQuery)} reads it.
     *
     * @throws UnknownViewException if there is no such view
     * @throws StoreException if the store fails; {@link StoreException.Configuration} also until the view's
     *     sink has created the table
     * @throws IllegalStateException if accumulators cannot be merged, such as sums that overflow together
     */
    public ViewResult read(String name) {
        return read(ViewQuery.of(name));
    }

    /**
     * Rows of a view, the shards of each group merged, from one snapshot of its store.
     *
     * <p>The store decides equality with values of group columns; other conditions, the order and the limit
     * are applied to what it returns.
     *
     * <p>Blocks for at most {@link Query#DEFAULT_DEADLINE} and holds the merged rows in memory; the stored
     * rows, groups and distinct members times shards, are limited to {@link Query#DEFAULT_MAX_ROWS}.
     *
     * @throws UnknownViewException if there is no such view
     * @throws StoreException if the store fails; {@link StoreException.Configuration} also until the view's
     *     sink has created the table
     * @throws IllegalArgumentException if the view cannot be queried so, see {@link ViewQuery#checkedFor}
     * @throws IllegalStateException if accumulators cannot be merged, such as sums that overflow together
     */
    public ViewResult read(ViewQuery query) {
        Source source = source(query.view());
        ViewRead read = new ViewRead(source.view(), query);
        try (Cursor cursor = source.store().query(read.pushedDown(source.query()))) {
            ViewMerge merge = new ViewMerge(source.view(), read.groupIndexes());
            cursor.forEachRemaining(row -> {
                if (read.takes(row)) {
                    merge.add(row);
                }
            });
            return read.result(merge.rows(), cursor.position(), cursor.asOf());
        } catch (StoreException.Capacity e) {
            throw new StoreException.Capacity(
                    "view " + query.view() + ": " + e.getMessage() + " It stores a row for each group"
                            + (source.view().keepsMembers() ? ", each distinct member" : "")
                            + " and shard: group finer and read fewer groups, or split the view.",
                    e);
        }
    }

    private Source source(String name) {
        Objects.requireNonNull(name, "name");
        Source source = sources.get(name);
        if (source == null) {
            throw new UnknownViewException(name, List.copyOf(sources.keySet()));
        }
        return source;
    }

    private record Source(TableStore store, SinkId sink, View view) {

        Query query() {
            return Query.of(view.table().name())
                    .withColumns(ViewMerge.columns(view))
                    .withPositionOf(sink);
        }
    }

    /** Collects views; not safe for several threads. */
    public static final class Builder {

        private final Map<String, Source> sources = new LinkedHashMap<>();

        private Builder() {}

        /**
         * Adds the views that a sink keeps in a store.
         *
         * @throws IllegalArgumentException if a view of one of the names was added before
         */
        public Builder add(TableStore store, SinkId sink, List<View> views) {
            Objects.requireNonNull(store, "store");
            Objects.requireNonNull(sink, "sink");
            for (View view : views) {
                Source before = sources.putIfAbsent(view.name(), new Source(store, sink, view));
                if (before != null) {
                    throw new IllegalArgumentException("view " + view.name() + " was added twice, by sink "
                            + before.sink().name() + " and by sink " + sink.name());
                }
            }
            return this;
        }

        public Catalog build() {
            return new Catalog(new LinkedHashMap<>(sources));
        }
    }
}
