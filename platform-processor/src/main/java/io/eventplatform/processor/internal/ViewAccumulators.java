package io.eventplatform.processor.internal;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.eventplatform.processor.internal.Effects.RowEffect.ViewInput;
import io.eventplatform.storage.Column;
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
 * The rows of one view: what its accumulators in the store say, and how a batch changes them; the members
 * of its distinct measures are left to {@link ViewMembers}.
 *
 * <p>A row of accumulators belongs to (group, source shard) and holds absolute values. {@link #fold} adds a batch's
 * contributions to copies and returns the rows to be written; {@link #committed} makes the copies current.
 * Accumulators that are not in the cache are loaded by key. Whatever is in doubt is forgotten, never
 * guessed. Confined to the worker thread.
 */
final class ViewAccumulators {

    private static final long MAX_CACHED = 200_000;

    private final View view;
    private final TableStore store;
    private final ViewMembers members;
    private final Cache<ViewKey, List<@Nullable Object>> cache =
            Caffeine.newBuilder().maximumSize(MAX_CACHED).build();
    private Map<ViewKey, List<@Nullable Object>> folded = Map.of();

    ViewAccumulators(View view, TableStore store) {
        this.view = view;
        this.store = store;
        this.members = new ViewMembers(view);
    }

    /** The rows that result from these contributions; nothing is remembered until {@link #committed}. */
    TableRows fold(Map<SourceShard, List<ViewInput>> contributions) {
        Set<ViewKey> keys = new LinkedHashSet<>();
        contributions.forEach(
                (shard, inputs) -> inputs.forEach(input -> keys.add(ViewKey.ofAccumulators(input.group(), shard))));
        Map<ViewKey, List<@Nullable Object>> accumulators = load(keys);
        contributions.forEach((shard, inputs) -> {
            for (ViewInput input : inputs) {
                ViewKey key = ViewKey.ofAccumulators(input.group(), shard);
                add(Objects.requireNonNull(accumulators.get(key)), input.inputs());
            }
        });
        folded = accumulators;
        List<Row> rows = new ArrayList<>(accumulators.size());
        accumulators.forEach((key, values) -> rows.add(key.row(view, values)));
        rows.addAll(members.rows(contributions));
        return new TableRows(view.table(), rows);
    }

    private void add(List<@Nullable Object> accumulator, List<@Nullable Object> inputs) {
        for (int i = 0; i < accumulator.size(); i++) {
            Measure measure = view.measures().get(i);
            if (!measure.distinct()) {
                accumulator.set(i, added(measure, accumulator.get(i), inputs.get(i)));
            }
        }
    }

    /** In the form the store keeps, checked after each event: what fits must not depend on where batches end. */
    private @Nullable Object added(Measure measure, @Nullable Object accumulator, @Nullable Object input) {
        Object result = measure.aggregate().add(accumulator, input);
        return result == null ? null : UnfitValueException.checkedInView(view, measure.name(), measure.type(), result);
    }

    /** Copies of the current accumulators, empty ones for groups that are new. */
    private Map<ViewKey, List<@Nullable Object>> load(Set<ViewKey> keys) {
        Map<ViewKey, List<@Nullable Object>> found = new HashMap<>();
        List<ViewKey> missing = new ArrayList<>();
        for (ViewKey key : keys) {
            List<@Nullable Object> cached = cache.getIfPresent(key);
            if (cached == null) {
                missing.add(key);
            } else {
                found.put(key, new ArrayList<>(cached));
            }
        }
        if (!missing.isEmpty()) {
            read(missing, found);
            for (ViewKey key : missing) {
                found.computeIfAbsent(
                        key,
                        absent -> new ArrayList<>(
                                Collections.nCopies(view.measures().size(), null)));
            }
        }
        return found;
    }

    private void read(List<ViewKey> missing, Map<ViewKey, List<@Nullable Object>> into) {
        Map<List<Object>, ViewKey> byValues = new HashMap<>();
        missing.forEach(key -> byValues.put(key.values(view), key));
        Query query = Query.of(view.table().name())
                .withColumns(view.table().columns().stream().map(Column::name).toList())
                .withFilter(new Query.Filter.AnyOf(view.table().key(), List.copyOf(byValues.keySet())));
        int keyColumns = view.table().key().size();
        try (Cursor rows = store.query(query)) {
            while (rows.hasNext()) {
                List<@Nullable Object> row = rows.next().values();
                ViewKey key = byValues.get(row.subList(0, keyColumns));
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
        members.committed();
    }

    /** The rows of the last {@link #fold} were not written, or nobody knows. */
    void forget() {
        cache.invalidateAll(folded.keySet());
        folded = Map.of();
        members.forget();
    }

    /** These shards are read again from another position. */
    void forget(Collection<SourceShard> shards) {
        forget();
        cache.asMap().keySet().removeIf(key -> shards.contains(key.shard()));
        members.forget(shards);
    }
}
