package io.eventplatform.processor.internal;

import io.eventplatform.processor.Step;
import io.eventplatform.processor.internal.KafkaFailures.Action;
import io.eventplatform.processor.internal.KafkaFailures.Call;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits offsets when outputs and state are acknowledged: at least once.
 *
 * <p>Between the two a process may die. Its successor then reads records again whose outputs are there, and
 * writes them a second time, under the same ids. Their ids in the dedup changelog do not stop it: every commit
 * has a sequence, its blocks carry it, and blocks above the committed sequence do not count. So that this holds
 * after a commit whose outcome is unknown, too, the next attempt takes another sequence.
 */
final class OffsetsCommitter implements Committer {

    private static final Logger LOG = LoggerFactory.getLogger(OffsetsCommitter.class);
    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final String group;
    private final Consumer<byte[], byte[]> consumer;
    private final Producer<byte[], byte[]> producer;
    private final Host host;
    private final CommittedOffsets committedOffsets;

    private boolean resend;
    private @Nullable String retryReason;
    private final AtomicReference<@Nullable Exception> sendFailure = new AtomicReference<>();

    OffsetsCommitter(String group, Consumer<byte[], byte[]> consumer, Producer<byte[], byte[]> producer, Host host) {
        this.group = group;
        this.consumer = consumer;
        this.producer = producer;
        this.host = host;
        this.committedOffsets = new CommittedOffsets(group, consumer, host);
    }

    @Override
    public void open() {
        // Nothing fences a predecessor; what it still writes, it writes a second time.
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
        resend |= sendFailure.get() != null; // nothing may overtake what has failed
        if (resend) {
            return; // the tasks hold it; the next commit sends everything
        }
        try {
            send(effects);
        } catch (KafkaException e) {
            failed(e, Call.SEND);
            return;
        }
        host.steps().reached(Step.OUTPUTS_SENT);
    }

    @Override
    public boolean commit(Collection<Task> tasks) {
        if (tasks.stream().noneMatch(Task::hasProgress)) {
            retryReason = null; // what failed has been taken away
            return true;
        }
        if (!claimUnknown(tasks) || !flush(tasks)) {
            return false;
        }
        host.steps().reached(Step.OUTPUTS_ACKNOWLEDGED);
        try {
            consumer.commitSync(CommittedOffsets.next(tasks), COMMIT_TIMEOUT);
        } catch (KafkaException e) {
            tasks.forEach(task -> task.inputs().forEach(Input::skipSequence));
            return failed(e, Call.OFFSETS);
        }
        retryReason = null;
        tasks.forEach(Task::committed);
        host.counters().commit();
        host.steps().reached(Step.OFFSETS_COMMITTED);
        return true;
    }

    /** Gives inputs an offset before state is written for them: state without one tells that offsets were lost. */
    private boolean claimUnknown(Collection<Task> tasks) {
        Map<TopicPartition, OffsetAndMetadata> claims = new HashMap<>();
        for (Task task : tasks) {
            for (Input input : task.inputs()) {
                if (!input.isKnown()) {
                    claims.put(
                            input.partition(),
                            new OffsetAndMetadata(input.committedOffset(), OffsetMetadata.NONE.toString()));
                }
            }
        }
        if (claims.isEmpty()) {
            return true;
        }
        try {
            consumer.commitSync(claims, COMMIT_TIMEOUT);
        } catch (KafkaException e) {
            return failed(e, Call.OFFSETS);
        }
        tasks.forEach(task -> task.inputs().forEach(Input::known));
        return true;
    }

    /** Whether outputs and state are acknowledged. */
    private boolean flush(Collection<Task> tasks) {
        try {
            if (resend) {
                sendFailure.set(null);
                tasks.forEach(task -> task.uncommitted().forEach(this::send));
                resend = false;
            }
            tasks.forEach(task -> task.states().forEach(this::sendChangelog));
            producer.flush();
        } catch (KafkaException e) {
            return failed(e, Call.SEND);
        }
        Exception failure = sendFailure.get();
        return failure == null || failed(failure, Call.SEND);
    }

    private void send(Effects effects) {
        effects.outputs().forEach(output -> send(output.toRecord()));
    }

    private void sendChangelog(LocalState state) {
        TopicPartition to = state.changelog();
        state.changelog((key, value) ->
                send(new ProducerRecord<byte[], byte @Nullable []>(to.topic(), to.partition(), key, value)));
    }

    @SuppressWarnings({"unchecked", "FutureReturnValueIgnored"}) // the callback keeps the failure; null is a tombstone
    private void send(ProducerRecord<byte[], ? extends byte @Nullable []> record) {
        producer.send((ProducerRecord<byte[], byte[]>) record, (metadata, failure) -> {
            if (failure != null) {
                sendFailure.compareAndSet(null, failure);
            }
        });
    }

    /** Always false: nothing is committed this time. */
    private boolean failed(Exception failure, Call call) {
        if (KafkaFailures.actionFor(failure, call) == Action.STOP) {
            throw new StoppedException(
                    group + ": cannot commit (" + failure.getMessage()
                            + "). What was processed since the last commit is" + " processed again after a restart. "
                            + KafkaFailures.fix(failure),
                    failure);
        }
        resend |= call == Call.SEND;
        retryReason = "commit failed: " + failure;
        LOG.warn("{}: commit failed and is tried again: {}", group, failure.toString());
        return false;
    }

    @Override
    public Optional<String> retrying() {
        return Optional.ofNullable(retryReason);
    }

    @Override
    public void lost(Collection<Task> tasks) {
        // What was sent stays; their next owner sends it again.
    }

    @Override
    public void close() {
        producer.close(CLOSE_TIMEOUT);
    }
}
