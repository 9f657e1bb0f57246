package io.eventplatform.processor.internal;

import io.eventplatform.processor.Step;
import io.eventplatform.processor.internal.KafkaFailures.Action;
import io.eventplatform.processor.internal.KafkaFailures.Call;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits outputs, state and offsets in one Kafka transaction.
 *
 * <p>A transaction begins with the first released effect and takes outputs along as records succeed. At the
 * commit it gets the changelog and the offsets of every task, moved or not, and ends. After an abort the
 * effects, which the tasks still hold, go into the next transaction from the start ({@code resend}).
 *
 * <p>A commit whose outcome is unknown is never aborted. It is repeated up to the transaction timeout; then
 * a new producer with the same id settles it, and the sequence number in the committed offsets' metadata
 * tells whether it arrived.
 */
final class TransactionCommitter implements Committer {

    private static final Logger LOG = LoggerFactory.getLogger(TransactionCommitter.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /** Longer than it takes a consumer to notice that its partitions have gone. */
    private static final Duration DOUBT_LIMIT = Duration.ofSeconds(30);

    private final String group;
    private final Consumer<byte[], byte[]> consumer;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private final Duration transactionTimeout;
    private final Host host;
    private final CommittedOffsets committedOffsets;

    private @Nullable Producer<byte[], byte[]> producer;
    private boolean begun;
    private boolean resend;
    private boolean commitAttempted;
    private final Set<TopicPartition> doubtful = new HashSet<>();
    private long doubtfulSinceMillis;
    private @Nullable String retryReason;
    private final AtomicReference<@Nullable Exception> sendFailure = new AtomicReference<>();

    TransactionCommitter(
            String group,
            Consumer<byte[], byte[]> consumer,
            Supplier<Producer<byte[], byte[]>> producers,
            Duration transactionTimeout,
            Host host) {
        this.group = group;
        this.consumer = consumer;
        this.producers = producers;
        this.transactionTimeout = transactionTimeout;
        this.host = host;
        this.committedOffsets = new CommittedOffsets(group, consumer, host);
    }

    @Override
    public void open() {
        newProducer();
    }

    /** A producer whose predecessor's open transaction, if there is one, is settled. */
    private void newProducer() {
        Producer<byte[], byte[]> old = producer;
        if (old != null) {
            old.close(Duration.ZERO);
        }
        begun = false;
        resend = true;
        sendFailure.set(null);
        Producer<byte[], byte[]> fresh = producers.get();
        producer = fresh;
        host.patiently("settling the last transaction of " + group, () -> {
            fresh.initTransactions();
            return fresh;
        });
        commitAttempted = false;
    }

    @Override
    public Collection<Input> placeAtCommitted(Collection<Input> inputs) {
        return committedOffsets.place(inputs);
    }

    @Override
    public long startOffset(TopicPartition partition, long beginning) {
        return beginning;
    }

    @Override
    public void release(Effects effects) {
        if (resend) {
            return; // the tasks hold it; the next commit sends everything
        }
        try {
            begin();
            send(effects);
        } catch (KafkaException e) {
            recover(e, Call.TRANSACTION, List.of());
            return;
        }
        host.steps().reached(Step.OUTPUTS_SENT);
    }

    @Override
    public boolean commit(Collection<Task> tasks) {
        if (tasks.stream().noneMatch(Task::hasProgress)) {
            retryReason = null; // what failed was taken away, or had arrived
            return true;
        }
        if (inDoubt(tasks)) {
            return false;
        }
        try {
            fillTransaction(tasks);
        } catch (KafkaException e) {
            return recover(e, Call.TRANSACTION, tasks);
        }
        host.steps().reached(Step.OFFSETS_SENT);
        try {
            commitTransaction();
        } catch (KafkaException e) {
            return recover(e, Call.COMMIT, tasks);
        }
        begun = false;
        commitAttempted = false;
        retryReason = null;
        tasks.forEach(Task::committed);
        host.counters().commit();
        host.steps().reached(Step.TRANSACTION_COMMITTED);
        return true;
    }

    private void fillTransaction(Collection<Task> tasks) {
        if (resend) {
            begin();
            tasks.forEach(task -> task.uncommitted().forEach(this::send));
            resend = false;
        }
        begin();
        tasks.forEach(task -> task.states().forEach(this::sendChangelog));
        producer().sendOffsetsToTransaction(CommittedOffsets.next(tasks), consumer.groupMetadata());
    }

    /** Repeats the commit while its outcome is unknown, up to the transaction timeout. */
    private void commitTransaction() {
        commitAttempted = true;
        long deadline = host.uptime().millis() + transactionTimeout.toMillis();
        while (true) {
            try {
                producer().commitTransaction();
                return;
            } catch (TimeoutException e) {
                if (host.uptime().millis() >= deadline) {
                    throw e;
                }
                host.trouble().accept("the outcome of a commit is unknown, repeating it");
                LOG.warn("{}: outcome of a commit is unknown, repeating it", group);
            }
        }
    }

    private void begin() {
        if (!begun) {
            sendFailure.set(null);
            producer().beginTransaction();
            begun = true;
        }
    }

    private void send(Effects effects) {
        effects.outputs().forEach(output -> send(output.toRecord()));
    }

    private static List<Input> inputsOf(Collection<Task> tasks) {
        return tasks.stream().flatMap(task -> task.inputs().stream()).toList();
    }

    private void sendChangelog(LocalState state) {
        TopicPartition to = state.changelog();
        state.changelog((key, value) -> send(
                new ProducerRecord<byte[], byte @Nullable []>(to.topic(), to.partition(), key, value), state::sent));
    }

    private void send(ProducerRecord<byte[], ? extends byte @Nullable []> record) {
        send(record, offset -> {});
    }

    @SuppressWarnings({"unchecked", "FutureReturnValueIgnored"}) // the callback keeps the failure; null is a tombstone
    private void send(ProducerRecord<byte[], ? extends byte @Nullable []> record, LongConsumer sent) {
        producer().send((ProducerRecord<byte[], byte[]>) record, (metadata, failure) -> {
            if (failure == null) {
                sent.accept(metadata.offset());
            } else {
                sendFailure.compareAndSet(null, failure);
            }
        });
    }

    /**
     * Takes the one action that the failure calls for.
     *
     * @return whether the commit turned out to have arrived
     */
    private boolean recover(KafkaException failure, Call call, Collection<Task> tasks) {
        Exception sending = sendFailure.get();
        Throwable cause = sending == null ? failure : sending;
        Action action = KafkaFailures.actionFor(cause, sending == null ? call : Call.TRANSACTION);
        retryReason = "transaction failed: " + cause;
        LOG.warn("{}: transaction failed, action {}: {}", group, action, cause.toString());
        switch (action) {
            case ABORT -> abort();
            case UNKNOWN_OUTCOME, REPLACE_PRODUCER -> {
                boolean attempted = commitAttempted;
                newProducer();
                return attempted && settle(tasks);
            }
            case AGAIN, STOP ->
                throw new StoppedException(
                        group + ": the transaction cannot go on (" + cause.getMessage() + "). "
                                + (commitAttempted
                                        ? "Whether its commit arrived is unknown; a restart settles it. "
                                        : "Nothing of it is visible. ")
                                + KafkaFailures.fix(cause),
                        cause);
        }
        return false;
    }

    private void abort() {
        resend = true;
        commitAttempted = false; // refused by Kafka, so the outcome is known
        sendFailure.set(null);
        if (!begun) {
            return;
        }
        begun = false;
        try {
            producer().abortTransaction();
        } catch (KafkaException e) {
            LOG.warn("{}: abort failed, replacing the producer: {}", group, e.toString());
            newProducer();
        }
    }

    /** After the transaction was settled by a new producer: did it arrive? */
    private boolean settle(Collection<Task> tasks) {
        if (tasks.isEmpty()) {
            return false;
        }
        List<Input> inputs = inputsOf(tasks);
        Map<TopicPartition, OffsetAndMetadata> offsets = committedOffsets.fetch(inputs);
        boolean arrived = true;
        for (Input input : inputs) {
            OffsetAndMetadata offset = offsets.get(input.partition());
            long sequence = offset == null
                    ? 0
                    : committedOffsets.metadata(input.partition(), offset).sequence();
            if (sequence == input.sequence() + 1 && offset != null && offset.offset() == input.frontier()) {
                continue;
            }
            arrived = false;
            if (sequence != input.sequence()) {
                doubtful.add(input.partition());
                doubtfulSinceMillis = host.uptime().millis();
            }
        }
        if (arrived) {
            retryReason = null;
            tasks.forEach(Task::settled);
            host.counters().commit();
        }
        LOG.info(
                "{}: the transaction in doubt {}",
                group,
                arrived ? "had arrived" : "had not arrived and is sent again");
        return arrived;
    }

    /**
     * Whether someone else has committed for a partition of ours. Then it is no longer ours, and the next
     * polls will say so; if they do not, an operator must look.
     */
    private boolean inDoubt(Collection<Task> tasks) {
        doubtful.retainAll(inputsOf(tasks).stream().map(Input::partition).toList());
        if (doubtful.isEmpty()) {
            return false;
        }
        if (host.uptime().millis() - doubtfulSinceMillis > DOUBT_LIMIT.toMillis()) {
            throw new StoppedException(
                    doubtful + ": another process has committed for group " + group + ", but the partitions are still"
                            + " ours. Stop that process, then restart to continue after its commit",
                    null);
        }
        return true;
    }

    @Override
    public Optional<String> retrying() {
        return resend && retryReason != null ? Optional.of(retryReason) : Optional.empty();
    }

    @Override
    public void lost(Collection<Task> tasks) {
        inputsOf(tasks).forEach(input -> doubtful.remove(input.partition()));
        if (tasks.stream().anyMatch(Task::hasProgress)) {
            abort();
        }
    }

    private Producer<byte[], byte[]> producer() {
        Producer<byte[], byte[]> current = producer;
        if (current == null) {
            throw new IllegalStateException("not open");
        }
        return current;
    }

    @Override
    public void close() {
        Producer<byte[], byte[]> current = producer;
        if (current == null) {
            return;
        }
        try {
            if (begun && !commitAttempted) { // never abort after an unknown commit
                current.abortTransaction();
            }
        } catch (RuntimeException e) {
            LOG.debug("{}: abort at close failed; the coordinator times the transaction out", group, e);
        } finally {
            current.close(CLOSE_TIMEOUT);
        }
    }
}
