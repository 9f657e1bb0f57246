package io.eventplatform.processor.internal;

import io.eventplatform.processor.RetryPolicy;
import io.eventplatform.processor.Step;
import io.eventplatform.processor.internal.Effects.RowEffect.ViewInput;
import io.eventplatform.processor.sink.StoreSink;
import io.eventplatform.processor.sink.StoreSink.StartPolicy;
import io.eventplatform.storage.CommitOutcome;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableRows;
import io.eventplatform.storage.TableSpec;
import io.eventplatform.telemetry.internal.MessagingSpans;
import io.opentelemetry.api.trace.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits rows and source positions in one transaction of the store.
 *
 * <p>A batch is built once and keeps its id while it is tried again, so that a commit whose outcome was
 * unknown is recognised by the store. Where the store stands elsewhere than expected, it is right: the
 * shard's work is dropped and read again from there. Rows that the store refuses are found by halving the
 * batch until a single record is left, which becomes a dead letter; letters are written before the position
 * moves past them. Progress is then reported to Kafka, as a lag gauge that nothing relies on.
 */
final class StoreCommitter implements Committer {

    private static final Logger LOG = LoggerFactory.getLogger(StoreCommitter.class);
    private static final RetryPolicy BACKOFF =
            new RetryPolicy(Integer.MAX_VALUE, Duration.ofMillis(100), Duration.ofSeconds(5));

    private final StoreSink sink;
    private final Function<TopicPartition, SourceShard> shards;
    private final Consumer<byte[], byte[]> consumer;
    private final DeadLetters deadLetters;
    private final DeadLetterSender deadLetterSender;
    private final MessagingSpans spans;
    private final Host host;
    private final DeadLetterLog deadLetterLog;
    private final List<TableSpec> tables;
    private final List<ViewAccumulators> views;

    private final Map<SourceShard, Long> expected = new HashMap<>();
    private @Nullable StoreBatch underWay;
    private int maxRecords = Integer.MAX_VALUE;
    private int failures;
    private long retryAtMillis;
    private String lastFailure = "";

    StoreCommitter(
            StoreSink sink,
            Function<TopicPartition, SourceShard> shards,
            Consumer<byte[], byte[]> consumer,
            DeadLetters deadLetters,
            DeadLetterSender deadLetterSender,
            MessagingSpans spans,
            Host host) {
        this.sink = sink;
        this.shards = shards;
        this.consumer = consumer;
        this.deadLetters = deadLetters;
        this.deadLetterSender = deadLetterSender;
        this.spans = spans;
        this.host = host;
        this.deadLetterLog = new DeadLetterLog(host.uptime());
        this.tables = sink.tables().stream().map(table -> table.spec()).toList();
        this.views = sink.views().stream()
                .map(view -> new ViewAccumulators(view, sink.store()))
                .toList();
    }

    @Override
    public void open() {
        tables.forEach(this::ensure);
        sink.views().forEach(view -> ensure(view.table()));
    }

    private void ensure(TableSpec table) {
        patiently("table " + table.name(), () -> {
            sink.store().ensureTable(table);
            return table;
        });
    }

    /** Asks the store until it answers, for what can be asked twice: an outage must not stop a sink, only hold it up. */
    private <T> T patiently(String what, Supplier<T> question) {
        for (int failed = 1; ; failed++) {
            try {
                return question.get();
            } catch (StoreException.Transient | StoreException.Capacity | StoreException.AmbiguousCommit e) {
                String trouble = "sink " + sink.name() + ", " + what + ": " + e.getMessage();
                if (host.closing().getAsBoolean()) {
                    throw new TimeoutException(trouble);
                }
                host.trouble().accept(trouble);
                LOG.warn("{} (tried again)", trouble);
                pause(BACKOFF.backoffAfter(failed));
            }
        }
    }

    private static void pause(Duration length) {
        try {
            Thread.sleep(length.toMillis());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    @Override
    public Collection<Input> placeAtCommitted(Collection<Input> inputs) {
        Map<SourceShard, Input> byShard = new TreeMap<>();
        inputs.forEach(input -> byShard.put(shards.apply(input.partition()), input));
        Position position = patiently("open", () -> sink.store().open(sink.id(), byShard.keySet()));
        List<Input> placed = new ArrayList<>();
        byShard.forEach((shard, input) -> {
            long next = position.of(shard);
            expected.put(shard, next);
            if (next != Position.NOT_STARTED) {
                checkReachable(input.partition(), next);
                input.startAt(next, OffsetMetadata.NONE);
                placed.add(input);
            }
        });
        Map<TopicPartition, Long> positions = new HashMap<>();
        placed.forEach(input -> positions.put(input.partition(), input.committedOffset()));
        report(positions); // the last run may have died before it could
        return placed;
    }

    private void checkReachable(TopicPartition partition, long next) {
        List<TopicPartition> one = List.of(partition);
        long beginning = beginning(partition);
        long end = host.patiently("end of " + partition, () -> consumer.endOffsets(one))
                .getOrDefault(partition, 0L);
        if (next < beginning) {
            throw new StoppedException(
                    "sink " + sink.name() + " stands at offset " + next + " of " + partition
                            + ", but the topic starts at " + beginning
                            + ": records were deleted before they were stored."
                            + " Use a new sink name with StartPolicy.EARLIEST_AVAILABLE to go on without them",
                    null);
        }
        if (next > end) {
            throw new StoppedException(
                    "sink " + sink.name() + " stands at offset " + next + " of " + partition
                            + ", but the topic ends at " + end
                            + ": the topic lost records that are stored. Use a new sink name, or restore the topic",
                    null);
        }
    }

    private long beginning(TopicPartition partition) {
        return host.patiently("beginning of " + partition, () -> consumer.beginningOffsets(List.of(partition)))
                .getOrDefault(partition, 0L);
    }

    @Override
    public long startOffset(TopicPartition partition, long beginning) {
        if (sink.startPolicy() == StartPolicy.COMPLETE && beginning > 0) {
            throw new StoppedException(
                    "sink " + sink.name() + " has nothing of " + partition + " yet, and the topic starts at offset "
                            + beginning + ": the store would be incomplete. If that is accepted, use"
                            + " StartPolicy.EARLIEST_AVAILABLE",
                    null);
        }
        return beginning;
    }

    @Override
    public void release(Effects effects) {
        // Everything waits for the commit: a store sees no part of a batch early.
    }

    @Override
    public boolean commit(Collection<Task> tasks) {
        if (tasks.stream().noneMatch(Task::hasProgress)) {
            failures = 0; // what failed has been taken away
            return true;
        }
        if (host.uptime().millis() < retryAtMillis) {
            return false;
        }
        while (tasks.stream().anyMatch(Task::hasProgress)) {
            try {
                if (!commitOne(tasks)) {
                    return false;
                }
            } catch (StoreException e) {
                if (!recover(e, underWay)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Writes one batch; false if that must wait. */
    private boolean commitOne(Collection<Task> tasks) {
        StoreBatch current = underWay;
        if (current == null) {
            StoreBatch.Builder share = share(tasks);
            List<TableRows> rows;
            try {
                rows = rows(share);
            } catch (UnfitValueException e) {
                refusedByView(share.records(), String.valueOf(e.getMessage()));
                return true;
            } catch (IllegalArgumentException | ArithmeticException | ClassCastException e) {
                // An aggregate cannot take a value, or has no result for it.
                refusedByView(share.records(), DeadLetters.describe(e));
                return true;
            }
            current = share.build(rows, expected);
            underWay = current;
            host.steps().reached(Step.ROWS_BUILT);
        }
        return write(current);
    }

    private void refusedByView(List<Effects> records, String why) {
        views.forEach(ViewAccumulators::forget);
        isolate(records, "view.refused", "a view cannot take it in: " + why);
    }

    private boolean write(StoreBatch current) {
        Span span = spans.startCommit(
                sink.source().topic(), sink.name(), current.records().size());
        try {
            if (!deadLetterSender.sendAll(current.unwrittenLetters())) {
                failed("dead letters could not be written");
                spans.end(span);
                return false;
            }
            current.lettersWritten();
            CommitOutcome outcome = sink.store().commit(sink.id(), current.batch());
            spans.end(span);
            if (outcome instanceof CommitOutcome.Conflict conflict) {
                resolve(conflict.actual(), current);
                return false;
            }
        } catch (RuntimeException e) {
            spans.fail(span, e);
            throw e;
        }
        host.steps().reached(Step.STORE_COMMITTED);
        succeeded(current);
        return true;
    }

    /** The tasks' shares of the next batch, at most {@link #maxRecords} records. */
    private StoreBatch.Builder share(Collection<Task> tasks) {
        StoreBatch.Builder share = new StoreBatch.Builder();
        int room = maxRecords;
        for (Task task : tasks) {
            if (task.hasProgress()) {
                List<Effects> done = task.uncommitted();
                int taken = Math.min(done.size(), room);
                room -= taken;
                Input input = task.onlyInput();
                long next = taken == done.size()
                        ? input.frontier()
                        : done.get(taken).record().offset();
                if (next > input.committedOffset()) {
                    share.add(task, shards.apply(input.partition()), done.subList(0, taken), next);
                }
            }
        }
        return share;
    }

    private List<TableRows> rows(StoreBatch.Builder builder) {
        List<TableRows> all = new ArrayList<>();
        for (int i = 0; i < tables.size(); i++) {
            List<Row> rows = builder.tableRows(i);
            if (!rows.isEmpty()) {
                all.add(new TableRows(tables.get(i), rows));
            }
        }
        for (int i = 0; i < views.size(); i++) {
            Map<SourceShard, List<ViewInput>> inputs = builder.viewInputs(i);
            if (!inputs.isEmpty()) {
                all.add(views.get(i).fold(inputs));
            }
        }
        return all;
    }

    private void succeeded(StoreBatch done) {
        done.parts().forEach((task, part) -> {
            expected.put(part.shard(), part.next());
            task.committed(part.effects(), part.next());
        });
        views.forEach(ViewAccumulators::committed);
        host.counters().commit();
        underWay = null;
        failures = 0;
        retryAtMillis = 0;
        maxRecords = maxRecords > Integer.MAX_VALUE / 2 ? Integer.MAX_VALUE : maxRecords * 2;
        Map<TopicPartition, Long> positions = new HashMap<>();
        done.parts().forEach((task, part) -> positions.put(task.onlyInput().partition(), part.next()));
        report(positions);
        host.steps().reached(Step.PROGRESS_REPORTED);
    }

    private void report(Map<TopicPartition, Long> positions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        positions.forEach((partition, next) -> offsets.put(partition, new OffsetAndMetadata(next)));
        consumer.commitAsync(offsets, (committed, failure) -> {
            if (failure != null) {
                LOG.debug("sink {}: progress could not be reported to Kafka", sink.name(), failure);
            }
        });
    }

    /** The store stands elsewhere: it is right, and what we have of those shards is dropped and read again. */
    private void resolve(Position actual, StoreBatch conflicting) {
        underWay = null;
        List<SourceShard> moved = new ArrayList<>();
        conflicting.parts().forEach((task, part) -> {
            long stands = actual.of(part.shard());
            if (stands != conflicting.batch().expected().of(part.shard())) {
                LOG.warn(
                        "sink {}: {} stands at {} in the store, not at {}; continuing from there",
                        sink.name(),
                        part.shard(),
                        stands,
                        conflicting.batch().expected().of(part.shard()));
                moved.add(part.shard());
                expected.put(part.shard(), stands);
                TopicPartition partition = task.onlyInput().partition();
                long next = stands == Position.NOT_STARTED ? startOffset(partition, beginning(partition)) : stands;
                task.startOverAt(next);
                consumer.seek(partition, next);
            }
        });
        views.forEach(view -> view.forget(moved));
    }

    /** Whether the commit can go on at once. */
    private boolean recover(StoreException failure, @Nullable StoreBatch failed) {
        if (failure instanceof StoreException.Transient
                || failure instanceof StoreException.Capacity
                || failure instanceof StoreException.AmbiguousCommit) {
            // The same batch is tried again under its id: had it arrived, the store would know it.
            failed(failure.toString());
            return false;
        }
        underWay = null;
        views.forEach(ViewAccumulators::forget);
        if (failure instanceof StoreException.RowsRejected rejected
                && failed != null
                && !failed.records().isEmpty()) {
            isolate(failed.records(), "store.rejected", "table " + rejected.table() + " refuses its row");
            return true;
        }
        throw new StoppedException(
                "sink " + sink.name() + ": the store cannot go on (" + failure.getMessage() + ")", failure);
    }

    /** One of these records cannot be stored: the next batch holds half of them, or the one becomes a dead letter. */
    private void isolate(List<Effects> records, String reason, String detail) {
        if (records.size() > 1) {
            maxRecords = records.size() / 2;
            return;
        }
        Effects only = records.get(0);
        only.deadLetter(deadLetters.of(only.record(), reason, detail, null, 1));
        deadLetterLog.deadLetter(only.position(), reason, detail);
    }

    private void failed(String why) {
        failures++;
        lastFailure = why;
        retryAtMillis = host.uptime().millis() + BACKOFF.backoffAfter(failures).toMillis();
        LOG.warn("sink {}: commit failed {} times and is tried again: {}", sink.name(), failures, why);
    }

    @Override
    public Optional<String> retrying() {
        return failures == 0 ? Optional.empty() : Optional.of("store commit failed: " + lastFailure);
    }

    @Override
    public void lost(Collection<Task> tasks) {
        underWay = null;
        views.forEach(view -> view.forget(tasks.stream()
                .map(task -> shards.apply(task.onlyInput().partition()))
                .toList()));
    }

    @Override
    public void close() {
        deadLetterSender.close();
    }
}
