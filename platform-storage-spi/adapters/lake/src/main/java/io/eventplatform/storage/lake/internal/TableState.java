package io.eventplatform.storage.lake.internal;

import io.eventplatform.storage.Position;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The table as the log tells it up to a version: a snapshot, which never changes.
 *
 * @param version of the newest entry in it; -1 if there is none
 */
public record TableState(
        long version, Optional<TableMeta> meta, List<DataFile> files, Map<SinkId, SortedMap<SourceShard, Mark>> marks) {

    /** Of a log without entries. */
    public static final TableState EMPTY = new TableState(-1, Optional.empty(), List.of(), Map.of());

    public TableState {
        files = List.copyOf(files);
        marks = Map.copyOf(marks);
    }

    /** Where a sink stands, on every shard it ever opened. */
    public SortedMap<SourceShard, Mark> marksOf(SinkId sink) {
        return Collections.unmodifiableSortedMap(marks.getOrDefault(sink, new TreeMap<>()));
    }

    /** Those of the files that are not the table's. */
    public List<DataFile> unnamed(List<DataFile> some) {
        Map<String, DataFile> unnamed = new LinkedHashMap<>();
        some.forEach(file -> unnamed.put(file.path(), file));
        files.forEach(file -> unnamed.remove(file.path()));
        return List.copyOf(unnamed.values());
    }

    /** This state with the next entry of the log. */
    TableState after(Entry entry) {
        return new TableState(
                version + 1,
                entry.meta().or(() -> meta),
                filesAfter(entry),
                entry.moves().isEmpty() ? marks : marksAfter(entry));
    }

    private List<DataFile> filesAfter(Entry entry) {
        if (entry.added().isEmpty() && entry.removed().isEmpty()) {
            return files;
        }
        Set<String> removed = new HashSet<>(entry.removed());
        List<DataFile> all = new ArrayList<>(files);
        all.removeIf(file -> removed.contains(file.path()));
        all.addAll(entry.added());
        return all;
    }

    private Map<SinkId, SortedMap<SourceShard, Mark>> marksAfter(Entry entry) {
        Map<SinkId, SortedMap<SourceShard, Mark>> all = new HashMap<>(marks);
        Set<SinkId> copied = new HashSet<>();
        for (Move move : entry.moves()) {
            if (copied.add(move.sink())) {
                all.put(move.sink(), new TreeMap<>(marksOf(move.sink())));
            }
            Mark mark = move.next() == Position.NOT_STARTED
                    ? new Mark(Position.NOT_STARTED, null, null)
                    : new Mark(move.next(), entry.id(), entry.at());
            all.computeIfAbsent(move.sink(), absent -> new TreeMap<>()).put(move.shard(), mark);
        }
        return all;
    }
}
