package io.eventplatform.processor.internal;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.eventplatform.processor.internal.Effects.RowEffect.ViewInput;
import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.Measure;
import io.eventplatform.storage.Query;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.View;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The accumulators of one view: what its rows in the store say, and how a batch changes them.
 *
 * <p>A row belongs to (group, source shard) and holds absolute values. {@link #fold} adds a batch's
 * contributions to copies and returns the rows to be written; {@link #committed} makes the copies current.
 * Accumulators that are not in the cache are loaded by key. Whatever is in doubt is forgotten, never
 * guessed. Confined to the worker thread.
 */
final class ViewAccumulators {

    private static final long MAX_CACHED = 200_000;

    private final View view;
    private final TableStore store;
    private final Cache<Key, List<@Nullable Object>> cache =
            Caffeine.newBuilder().maximumSize(MAX_CACHED).build();
    private Map<Key, List<@Nullable Object>> folded = Map.of();

    ViewAccumulators(View view, TableStore store) {
        this.view = view;
        this.store = store;
    }

    /** The rows that result from these contributions; nothing is remembered until {@link #committed}. */
    TableRows fold(Map<SourceShard, List<ViewInput>> contributions) {
        Set<Key> keys = new LinkedHashSet<>();
        contributions.forEach((shard, inputs) -> inputs.forEach(input -> keys.add(new Key(input.group(), shard))));
        Map<Key, List<@Nullable Object>> accumulators = load(keys);
        contributions.forEach((shard, inputs) -> {
            for (ViewInput input : inputs) {
                add(Objects.requireNonNull(accumulators.get(new Key(input.group(), shard))), input.inputs());
            }
        });
        folded = accumulators;
        List<Row> rows = new ArrayList<>(accumulators.size());
        accumulators.forEach((key, values) -> rows.add(key.row(values)));
        return new TableRows(view.table(), rows);
    }

    private void add(List<@Nullable Object> accumulator, List<@Nullable Object> inputs) {
        for (int i = 0; i < accumulator.size(); i++) {
            Measure measure = view.measures().get(i);
            accumulator.set(i, measure.aggregate().add(accumulator.get(i), inputs.get(i)));
        }
    }

    /** Copies of the current accumulators, empty ones for groups that are new. */
    private Map<Key, List<@Nullable Object>> load(Set<Key> keys) {
        Map<Key, List<@Nullable Object>> found = new HashMap<>();
        List<Key> missing = new ArrayList<>();
        for (Key key : keys) {
            List<@Nullable Object> cached = cache.getIfPresent(key);
            if (cached == null) {
                missing.add(key);
            } else {
                found.put(key, new ArrayList<>(cached));
            }
        }
        if (!missing.isEmpty()) {
            read(missing, found);
            for (Key key : missing) {
                found.computeIfAbsent(
                        key,
                        absent -> new ArrayList<>(
                                Collections.nCopies(view.measures().size(), null)));
            }
        }
        return found;
    }

    private void read(List<Key> missing, Map<Key, List<@Nullable Object>> into) {
        Map<List<Object>, Key> byValues = new HashMap<>();
        missing.forEach(key -> byValues.put(key.values(), key));
        Query query = Query.of(view.table().name())
                .withFilter(new Query.Filter.AnyOf(view.table().key(), List.copyOf(byValues.keySet())));
        int keyColumns = view.table().key().size();
        try (Cursor rows = store.query(query)) {
            while (rows.hasNext()) {
                List<@Nullable Object> row = rows.next().values();
                Key key = byValues.get(row.subList(0, keyColumns));
                if (key != null) {
                    into.put(key, new ArrayList<>(row.subList(keyColumns, row.size())));
                }
            }
        }
    }

    /** The rows of the last {@link #fold} are in the store. */
    void committed() {
        cache.putAll(folded);
        folded = Map.of();
    }

    /** The rows of the last {@link #fold} were not written, or nobody knows. */
    void forget() {
        cache.invalidateAll(folded.keySet());
        folded = Map.of();
    }

    /** These shards are read again from another position. */
    void forget(Collection<SourceShard> shards) {
        forget();
        cache.asMap().keySet().removeIf(key -> shards.contains(key.shard()));
    }

    /** {@code group} is in canonical form, as the projection made it and as stores give it back. */
    private record Key(List<Object> group, SourceShard shard) {

        /** In the order of the table's key columns. */
        List<Object> values() {
            List<Object> values = new ArrayList<>(group);
            values.add(shard.topicId());
            values.add((long) shard.partition());
            return values;
        }

        Row row(List<@Nullable Object> measures) {
            List<@Nullable Object> row = new ArrayList<>(values());
            row.addAll(measures);
            return new Row(row);
        }
    }
}
