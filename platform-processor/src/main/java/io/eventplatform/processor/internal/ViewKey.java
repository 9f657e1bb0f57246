package io.eventplatform.processor.internal;

import io.eventplatform.storage.Row;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.View;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What identifies a row of a view's table. Group and member are in canonical form, as the projection made
 * them and as stores give them back.
 *
 * @param member of a distinct measure; empty for the row of accumulators
 */
record ViewKey(List<Object> group, SourceShard shard, String member) {

    static ViewKey ofAccumulators(List<Object> group, SourceShard shard) {
        return new ViewKey(group, shard, "");
    }

    /** In the order of the table's key columns. */
    List<Object> values(View view) {
        List<Object> values = new ArrayList<>(group);
        values.add(shard.topicId());
        values.add((long) shard.partition());
        if (view.keepsMembers()) {
            values.add(member);
        }
        return values;
    }

    Row row(View view, List<@Nullable Object> measures) {
        List<@Nullable Object> row = new ArrayList<>(values(view));
        row.addAll(measures);
        return new Row(row);
    }
}
