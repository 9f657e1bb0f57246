package io.eventplatform.storage.lake;

import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.storage.WriteBatch;
import io.eventplatform.storage.lake.internal.DataFile;
import io.eventplatform.storage.lake.internal.DataFiles;
import io.eventplatform.storage.lake.internal.Entry;
import io.eventplatform.storage.lake.internal.Mark;
import io.eventplatform.storage.lake.internal.Move;
import io.eventplatform.storage.lake.internal.Step;
import io.eventplatform.storage.lake.internal.TableMeta;
import io.eventplatform.storage.lake.internal.TableState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** One call to commit a batch, from state to state until there is an outcome; its files are written once. */
final class BatchCommit {

    private final String name;
    private final DataFiles files;
    private final InstantSource clock;
    private final SinkId sink;
    private final WriteBatch batch;
    private final List<DataFile> uploaded = new ArrayList<>();

    BatchCommit(String name, DataFiles files, InstantSource clock, SinkId sink, WriteBatch batch) {
        this.name = name;
        this.files = files;
        this.clock = clock;
        this.sink = sink;
        this.batch = batch;
    }

    /** The files this call wrote. */
    List<DataFile> uploaded() {
        return uploaded;
    }

    /** What is to be done on this state; the files are written when that is to publish for the first time. */
    Step<CommitOutcome> plan(TableState base) {
        SortedMap<SourceShard, Mark> marks = new TreeMap<>(base.marksOf(sink));
        Set<SourceShard> shards = batch.expected().next().keySet();
        if (!marks.keySet().containsAll(shards)) {
            throw new StoreException.Configuration(
                    name + ": sink " + sink.name() + " commits " + shards + " but opened " + marks.keySet()
                            + ". Call open before commit.",
                    null);
        }
        marks.keySet().retainAll(shards);
        if (marks.values().stream().allMatch(mark -> batch.id().equals(mark.batchId()))) {
            return Step.done(new CommitOutcome.AlreadyCommitted());
        }
        Position actual = Mark.position(marks);
        if (!actual.equals(batch.expected())) {
            return Step.done(new CommitOutcome.Conflict(actual));
        }
        Instant now = Entry.timeOf(clock);
        for (TableRows rows : batch.tables()) {
            TableMeta meta = tableOf(base, rows.table());
            if (uploaded.isEmpty()) {
                uploaded.addAll(files.write(meta, rows.checked(), batch, now));
            }
        }
        List<Move> moves = batch.next().next().entrySet().stream()
                .map(moved -> new Move(sink, moved.getKey(), moved.getValue()))
                .toList();
        return Step.publish(Entry.ofBatch(batch.id(), now, moves, uploaded), new CommitOutcome.Committed());
    }

    private TableMeta tableOf(TableState base, TableSpec declared) {
        return base.meta()
                .filter(meta -> meta.table().name().equals(declared.name()))
                .filter(meta -> meta.table().lackingFor(declared).isEmpty())
                .orElseThrow(() -> new StoreException.Configuration(
                        name + ": table " + declared.name() + " is missing or lacks columns of the batch. Call"
                                + " ensureTable before commit.",
                        null));
    }
}
