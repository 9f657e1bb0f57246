package io.eventplatform.processor.internal;

import io.eventplatform.codec.EncodedEvent;
import io.eventplatform.kafka.internal.KafkaHeaders;
import io.eventplatform.processor.RecordPosition;
import io.eventplatform.storage.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Everything one record, or the firing of one timer, leads to. Collected while it runs, released to the
 * committer when it succeeded, kept until its commit is acknowledged: after an abort it is sent again without
 * calling user code again. What it writes to state is part of it until it succeeded, then of the task's store.
 */
final class Effects {

    private static final int BATCH_OVERHEAD = 120;
    private static final int HEADER_OVERHEAD = 10;

    private final @Nullable ConsumerRecord<byte[], byte[]> record;
    private final List<Output> outputs = new ArrayList<>(1);
    private final List<RowEffect> rows = new ArrayList<>(0);
    private Outcome outcome = Outcome.PROCESSED;
    private boolean outputsWritten;
    private long eventMillis = OffsetMetadata.NO_CLOCK;
    private @Nullable StateOverlay writes;
    private int outputBytes;
    private int stateBytes;

    private Effects(@Nullable ConsumerRecord<byte[], byte[]> record) {
        this.record = record;
    }

    static Effects of(ConsumerRecord<byte[], byte[]> record) {
        return new Effects(record);
    }

    static Effects ofTimer() {
        return new Effects(null);
    }

    boolean areOfTimer() {
        return record == null;
    }

    /** The record they come from. */
    ConsumerRecord<byte[], byte[]> record() {
        return Objects.requireNonNull(record, "a timer has no record");
    }

    RecordPosition position() {
        return new RecordPosition(record().topic(), record().partition(), record().offset());
    }

    /** How much waits for the commit with them: the record they come from, its outputs, what it wrote to state. */
    int bytes() {
        return (record == null ? 0 : bytes(record)) + outputBytes + stateBytes;
    }

    static int bytes(ConsumerRecord<byte[], byte[]> record) {
        return Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
    }

    /** Records to be produced, dead letters included. */
    List<Output> outputs() {
        return outputs;
    }

    /** A sink's dead letters are acknowledged; a batch that is tried again does not write them again. */
    void outputsWritten() {
        outputsWritten = true;
    }

    boolean areOutputsWritten() {
        return outputsWritten;
    }

    /** What a sink writes. */
    List<RowEffect> rows() {
        return rows;
    }

    long tableRows() {
        return rows.stream().filter(row -> row instanceof RowEffect.TableRow).count();
    }

    Outcome outcome() {
        return outcome;
    }

    void output(Output output) {
        outputs.add(output);
    }

    void row(RowEffect row) {
        rows.add(row);
    }

    /** The event time that the record stands for. */
    void at(long eventMillis) {
        this.eventMillis = eventMillis;
    }

    /** {@link OffsetMetadata#NO_CLOCK} if it stands for none. */
    long eventMillis() {
        return eventMillis;
    }

    /** Where it writes to state. */
    void writeTo(StateOverlay state) {
        writes = state;
    }

    /** It succeeded, or is a dead letter: its writes, if any are left, are the task's now, and {@link #bytes} is final. */
    void applyWrites() {
        for (Output output : outputs) {
            outputBytes += output.payloadBytes();
        }
        StateOverlay done = writes;
        if (done != null) {
            stateBytes = done.bytes();
            done.apply();
            writes = null;
        }
    }

    void duplicate() {
        outcome = Outcome.DUPLICATE;
    }

    /** Replaces whatever the record did by its dead letter. */
    void deadLetter(Output letter) {
        outputs.clear();
        rows.clear();
        outputs.add(letter);
        writes = null;
        eventMillis = OffsetMetadata.NO_CLOCK;
        outputsWritten = false;
        outcome = Outcome.DEAD;
    }

    enum Outcome {
        PROCESSED,
        DUPLICATE,
        DEAD
    }

    /** A record to be produced; {@code partition} null means by key, {@code value} null a tombstone. */
    @SuppressWarnings("ArrayRecordComponent") // bytes on their way to Kafka; never compared
    record Output(
            String topic,
            @Nullable Integer partition,
            byte @Nullable [] key,
            byte @Nullable [] value,
            Headers headers) {

        static Output of(String topic, byte @Nullable [] key, EncodedEvent event) {
            return new Output(topic, null, key, event.value(), KafkaHeaders.fromMap(event.headers()));
        }

        @SuppressWarnings("NullAway") // Kafka takes null for partition, key and value; its types do not say so
        ProducerRecord<byte[], byte[]> toRecord() {
            return new ProducerRecord<>(topic, partition, key, value, headers);
        }

        /** Size of key and value. */
        int payloadBytes() {
            byte[] knownKey = key;
            byte[] knownValue = value;
            return (knownKey == null ? 0 : knownKey.length) + (knownValue == null ? 0 : knownValue.length);
        }

        /** Size in a batch of its own, rounded up. */
        int bytes() {
            int bytes = BATCH_OVERHEAD + payloadBytes();
            for (Header header : headers) {
                bytes += header.key().length() + (header.value() == null ? 0 : header.value().length) + HEADER_OVERHEAD;
            }
            return bytes;
        }
    }

    /** What an event does to a table or view of a sink. */
    sealed interface RowEffect {

        /** A row for the sink's table of this index. */
        record TableRow(int table, Row row) implements RowEffect {}

        /** An event's part in the sink's view of this index: its group, and one value for each measure. */
        record ViewInput(int view, List<Object> group, List<@Nullable Object> inputs) implements RowEffect {}
    }
}
