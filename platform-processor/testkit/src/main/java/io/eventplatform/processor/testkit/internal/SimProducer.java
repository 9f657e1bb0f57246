package io.eventplatform.processor.testkit.internal;

import io.eventplatform.processor.testkit.internal.SimProcess.Fault;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A producer, behind {@link Modelled}. Sends complete before they return; a failure breaks the transaction and
 * comes out again at the commit, as it does in Kafka's.
 */
final class SimProducer {

    private final SimKafka kafka;
    private final SimProcess process;
    private final @Nullable String transactionalId;
    private final int transactionTimeoutMillis;
    private final long maxBlockMillis;

    private int epoch = -1;
    private boolean begun;
    private boolean closed;
    private @Nullable RuntimeException error;
    private @Nullable Fault unanswered;

    SimProducer(SimKafka kafka, SimProcess process, Map<String, Object> settings) {
        this.kafka = kafka;
        this.process = process;
        this.transactionalId = (String) settings.get(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        this.transactionTimeoutMillis =
                (Integer) settings.getOrDefault(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 60_000);
        this.maxBlockMillis = ((Number) settings.getOrDefault(ProducerConfig.MAX_BLOCK_MS_CONFIG, 60_000)).longValue();
    }

    // ---- transactions

    public void initTransactions() {
        requireOpen();
        epoch = coordinator().init(transactionTimeoutMillis);
    }

    public void beginTransaction() {
        requireOpen();
        throwError();
        if (epoch < 0 || begun || unanswered != null) {
            throw new IllegalStateException("beginTransaction after "
                    + (epoch < 0 ? "no initTransactions" : begun ? "beginTransaction" : "a commit without an answer"));
        }
        begun = true;
    }

    public void sendOffsetsToTransaction(Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata sender) {
        requireBegun("sendOffsetsToTransaction");
        throwError();
        if (offsets.isEmpty()) {
            return;
        }
        requireEpoch();
        if (process.take(false) != null) {
            kafka.pass(maxBlockMillis);
            throw new TimeoutException("the offsets were not added within " + maxBlockMillis + " ms");
        }
        Group group = kafka.group(sender.groupId());
        try {
            group.requireCurrent(sender);
        } catch (KafkaException e) {
            error = e;
            throw e;
        }
        coordinator().open().add(group, offsets);
    }

    public void commitTransaction() {
        if (unanswered != null) {
            repeatCommit(unanswered);
            return;
        }
        requireBegun("commitTransaction");
        throwError();
        if (isIdle()) {
            begun = false;
            return;
        }
        requireEpoch();
        Fault fault = process.take(true);
        if (fault == Fault.COMMIT_ABORTABLE) {
            error = new TransactionAbortableException("abort, please");
            throw error;
        }
        if (fault == Fault.COMMIT_NEVER_ARRIVES) {
            timeOut(fault);
        }
        coordinator().open().end(true, kafka.markersLate());
        kafka.wrote();
        if (fault != null) {
            timeOut(fault);
        }
        begun = false;
    }

    private void repeatCommit(Fault fault) {
        if (fault != Fault.COMMIT_ANSWERED_LATE) {
            timeOut(fault);
        }
        unanswered = null;
        begun = false;
    }

    private void timeOut(Fault fault) {
        unanswered = fault;
        kafka.pass(maxBlockMillis);
        throw new TimeoutException("no answer within " + maxBlockMillis + " ms");
    }

    public void abortTransaction() {
        requireBegun("abortTransaction");
        if (unanswered != null) {
            throw new IllegalStateException(
                    "abortTransaction after commitTransaction timed out, which may have arrived");
        }
        if (error instanceof ProducerFencedException) {
            throwError();
        }
        error = null;
        begun = false;
        if (!isIdle()) {
            requireEpoch();
            coordinator().open().end(false, kafka.markersLate());
        }
    }

    /** Nothing was sent in this transaction, so the coordinator does not know of it. */
    private boolean isIdle() {
        Transaction current = coordinator().current();
        return isCurrentEpoch() && (current == null || current.isDecided());
    }

    // ---- records

    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
        return send(record, (metadata, failure) -> {});
    }

    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
        requireOpen();
        if (transactionalId != null) {
            requireBegun("send");
            throwError();
        }
        try {
            RecordMetadata metadata = append(record);
            callback.onCompletion(metadata, null);
            return CompletableFuture.completedFuture(metadata);
        } catch (KafkaException e) {
            error = transactionalId == null ? null : e;
            callback.onCompletion(null, e);
            return CompletableFuture.failedFuture(e);
        }
    }

    private RecordMetadata append(ProducerRecord<byte[], byte[]> record) {
        Topic topic = topic(record.topic());
        int partition = record.partition() == null ? kafka.partitionOf(topic.name(), record.key()) : record.partition();
        if (partition >= topic.logs().size()) {
            throw new TimeoutException("partition " + partition + " of topic " + topic.name() + " is not among its "
                    + topic.logs().size());
        }
        int bytes = bytes(record);
        if (bytes > topic.maxMessageBytes()) {
            throw new RecordTooLargeException(
                    "a record of " + bytes + " bytes, topic " + topic.name() + " takes " + topic.maxMessageBytes());
        }
        Transaction transaction = null;
        if (transactionalId != null) {
            requireEpoch();
            transaction = coordinator().open();
        }
        TopicPartition to = new TopicPartition(topic.name(), partition);
        long offset = kafka.append(to, record.key(), record.value(), record.headers(), transaction);
        return new RecordMetadata(to, offset, 0, kafka.nowMillis(), size(record.key()), size(record.value()));
    }

    private Topic topic(String name) {
        if (!kafka.hasTopic(name)) {
            throw new TimeoutException("topic " + name + " not present in metadata after " + maxBlockMillis + " ms");
        }
        return kafka.topic(name);
    }

    private static int bytes(ProducerRecord<byte[], byte[]> record) {
        int bytes = Math.max(0, size(record.key())) + Math.max(0, size(record.value()));
        for (Header header : record.headers()) {
            bytes += header.key().length() + Math.max(0, size(header.value()));
        }
        return bytes;
    }

    private static int size(byte @Nullable [] bytes) {
        return bytes == null ? -1 : bytes.length;
    }

    public void flush() {
        // sends are complete when they return
    }

    // ---- state

    private TransactionalId coordinator() {
        String id = transactionalId;
        if (id == null) {
            throw new IllegalStateException("the producer has no transactional.id");
        }
        return kafka.transactionalId(id);
    }

    private boolean isCurrentEpoch() {
        return coordinator().epoch() == epoch;
    }

    private void requireEpoch() {
        if (!isCurrentEpoch()) {
            ProducerFencedException fenced = new ProducerFencedException(
                    transactionalId + " has epoch " + coordinator().epoch() + ", this producer has " + epoch);
            error = fenced;
            throw fenced;
        }
    }

    private void requireBegun(String call) {
        requireOpen();
        if (!begun) {
            throw new IllegalStateException(call + " without beginTransaction");
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the producer is closed");
        }
    }

    private void throwError() {
        RuntimeException broken = error;
        if (broken instanceof ProducerFencedException) {
            throw broken;
        }
        if (broken != null) {
            throw new KafkaException("Cannot execute transactional method because we are in an error state", broken);
        }
    }

    /** Another producer begins under its transactional id. */
    void fence() {
        if (transactionalId != null && !closed) {
            coordinator().init(transactionTimeoutMillis);
        }
    }

    public void close() {
        close(Duration.ofMillis(Long.MAX_VALUE));
    }

    /** With time left an open transaction is aborted, unless its commit is under way. */
    public void close(Duration timeout) {
        if (closed) {
            return;
        }
        if (begun && unanswered == null && !timeout.isZero() && isCurrentEpoch() && !isIdle()) {
            coordinator().open().end(false, false);
        }
        closed = true;
    }
}
