package io.eventplatform.processor.internal;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.eventplatform.processor.internal.Effects.RowEffect.ViewInput;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.View;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members of a view's distinct measures, each a row of (group, source shard, member).
 *
 * <p>Such a row is always the same, so writing it again changes nothing, and what is not known to be stored
 * is written without asking the store. The cache only saves writes. Confined to the worker thread.
 */
final class ViewMembers {

    private static final long MAX_CACHED = 200_000;

    private final View view;
    private final List<@Nullable Object> nothingCounted;
    private final Cache<ViewKey, Boolean> stored =
            Caffeine.newBuilder().maximumSize(MAX_CACHED).build();
    private Set<ViewKey> added = Set.of();

    ViewMembers(View view) {
        this.view = view;
        this.nothingCounted = new ArrayList<>();
        view.measures().forEach(measure -> nothingCounted.add(measure.countsEvents() ? 0L : null));
    }

    /** The rows these contributions add; nothing is remembered until {@link #committed}. */
    List<Row> rows(Map<SourceShard, List<ViewInput>> contributions) {
        Set<ViewKey> adding = new LinkedHashSet<>();
        for (int i = 0; i < view.measures().size(); i++) {
            if (view.measures().get(i).distinct()) {
                collect(i, contributions, adding);
            }
        }
        added = adding;
        return adding.stream().map(key -> key.row(view, nothingCounted)).toList();
    }

    private void collect(int measure, Map<SourceShard, List<ViewInput>> contributions, Set<ViewKey> adding) {
        contributions.forEach((shard, inputs) -> {
            for (ViewInput input : inputs) {
                if (input.inputs().get(measure) instanceof String member) {
                    ViewKey key = new ViewKey(input.group(), shard, member);
                    if (stored.getIfPresent(key) == null) {
                        adding.add(key);
                    }
                }
            }
        });
    }

    /** The rows are in the store. */
    void committed() {
        added.forEach(key -> stored.put(key, true));
        added = Set.of();
    }

    /** The rows were not written, or nobody knows. */
    void forget() {
        added = Set.of();
    }

    /** The store may have lost what it had of these shards. */
    void forget(Collection<SourceShard> shards) {
        forget();
        stored.asMap().keySet().removeIf(key -> shards.contains(key.shard()));
    }
}
