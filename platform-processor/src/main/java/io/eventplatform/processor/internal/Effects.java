package io.eventplatform.processor.internal;

import io.eventplatform.codec.EncodedEvent;
import io.eventplatform.processor.RecordPosition;
import io.eventplatform.storage.Row;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Everything one record leads to. Collected while the record runs, released to the committer when it
 * succeeded, kept until its commit is acknowledged: after an abort it is sent again without calling user
 * code again.
 */
final class Effects {

    private final ConsumerRecord<byte[], byte[]> record;
    private final List<Output> outputs = new ArrayList<>(1);
    private final List<RowEffect> rows = new ArrayList<>(0);
    private Outcome outcome = Outcome.PROCESSED;

    Effects(ConsumerRecord<byte[], byte[]> record) {
        this.record = record;
    }

    /** The record they come from. */
    ConsumerRecord<byte[], byte[]> record() {
        return record;
    }

    RecordPosition position() {
        return new RecordPosition(record.topic(), record.partition(), record.offset());
    }

    /** Size of the record they come from. */
    int recordBytes() {
        return Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
    }

    /** Records to be produced, dead letters included. */
    List<Output> outputs() {
        return outputs;
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

    void duplicate() {
        outcome = Outcome.DUPLICATE;
    }

    /** Replaces whatever the record did by its dead letter. */
    void deadLetter(Output letter) {
        outputs.clear();
        rows.clear();
        outputs.add(letter);
        outcome = Outcome.DEAD;
    }

    enum Outcome {
        PROCESSED,
        DUPLICATE,
        DEAD
    }

    /** A record for a topic; {@code partition} null means by key. */
    record Output(String topic, @Nullable Integer partition, EncodedEvent record) {}

    /** What an event does to a table or view of a sink. */
    sealed interface RowEffect {

        /** A row for the sink's table of this index. */
        record TableRow(int table, Row row) implements RowEffect {}

        /** An event's part in the sink's view of this index: its group, and one value for each measure. */
        record ViewInput(int view, List<Object> group, List<@Nullable Object> inputs) implements RowEffect {}
    }
}
