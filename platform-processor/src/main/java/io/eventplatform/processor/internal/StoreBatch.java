package io.eventplatform.processor.internal;

import io.eventplatform.processor.internal.Effects.Output;
import io.eventplatform.processor.internal.Effects.RowEffect.TableRow;
import io.eventplatform.processor.internal.Effects.RowEffect.ViewInput;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.WriteBatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A store's batch on its way, the same each time it is tried, and which work of which task it holds.
 *
 * @param records what the records in it lead to; empty where only positions move
 */
record StoreBatch(WriteBatch batch, Map<Task, Part> parts, List<Effects> records) {

    /** Dead letters that are not in Kafka yet. */
    List<Output> unwrittenLetters() {
        return records.stream()
                .filter(record -> !record.areOutputsWritten())
                .flatMap(record -> record.outputs().stream())
                .toList();
    }

    void lettersWritten() {
        records.forEach(Effects::outputsWritten);
    }

    /** A task's share: its first {@code effects} uncommitted records, and the offset after them. */
    record Part(SourceShard shard, int effects, long next) {}

    /** Collects the shares of the tasks. */
    static final class Builder {

        private final Map<Task, Part> parts = new LinkedHashMap<>();
        private final Map<SourceShard, List<Effects>> effects = new TreeMap<>();

        void add(Task task, SourceShard shard, List<Effects> taken, long next) {
            parts.put(task, new Part(shard, taken.size(), next));
            effects.put(shard, List.copyOf(taken));
        }

        List<Effects> records() {
            return effects.values().stream().flatMap(List::stream).toList();
        }

        /** The rows for the sink's table of this index. */
        List<Row> tableRows(int table) {
            List<Row> rows = new ArrayList<>();
            effects.values()
                    .forEach(list -> list.forEach(each -> each.rows().forEach(row -> {
                        if (row instanceof TableRow tableRow && tableRow.table() == table) {
                            rows.add(tableRow.row());
                        }
                    })));
            return rows;
        }

        /** What the records add to the sink's view of this index. */
        Map<SourceShard, List<ViewInput>> viewInputs(int view) {
            Map<SourceShard, List<ViewInput>> inputs = new TreeMap<>();
            effects.forEach((shard, list) -> list.forEach(each -> each.rows().forEach(row -> {
                if (row instanceof ViewInput input && input.view() == view) {
                    inputs.computeIfAbsent(shard, key -> new ArrayList<>()).add(input);
                }
            })));
            return inputs;
        }

        /** The batch of these rows, under a new id. */
        StoreBatch build(List<TableRows> rows, Map<SourceShard, Long> expected) {
            TreeMap<SourceShard, Long> from = new TreeMap<>();
            TreeMap<SourceShard, Long> to = new TreeMap<>();
            parts.values().forEach(part -> {
                from.put(part.shard, expected.getOrDefault(part.shard, Position.NOT_STARTED));
                to.put(part.shard, part.next);
            });
            WriteBatch batch = new WriteBatch(UUID.randomUUID(), rows, new Position(from), new Position(to));
            return new StoreBatch(batch, parts, records());
        }
    }
}
