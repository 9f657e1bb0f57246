package io.eventplatform.processor.testkit.internal;

import io.eventplatform.processor.internal.Clients;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/** The clients of one process, what goes wrong with them, and its death. */
public final class SimProcess implements Clients {

    /** What happens to the next transaction of this process, once. */
    public enum Fault {
        /** The commit arrives, its answer never does, whenever it is repeated. */
        COMMIT_ARRIVES_UNANSWERED,
        /** The commit never arrives, nor does an answer. */
        COMMIT_NEVER_ARRIVES,
        /** The commit arrives and is answered when it is repeated. */
        COMMIT_ANSWERED_LATE,
        /** The commit is refused; the transaction is to be aborted. */
        COMMIT_ABORTABLE,
        /** The offsets are not added in time. */
        OFFSETS_TIME_OUT
    }

    private final SimKafka kafka;
    private final List<SimConsumer> consumers = new ArrayList<>();
    private final List<SimProducer> producers = new ArrayList<>();
    private final Deque<Fault> faults = new ArrayDeque<>();
    private boolean dead;

    public SimProcess(SimKafka kafka) {
        this.kafka = kafka;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        SimConsumer consumer = new SimConsumer(kafka, this, settings);
        consumers.add(consumer);
        return Modelled.as(Consumer.class, consumer);
    }

    @Override
    @SuppressWarnings("unchecked")
    public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
        SimProducer producer = new SimProducer(kafka, this, settings);
        producers.add(producer);
        return Modelled.as(Producer.class, producer);
    }

    @Override
    public Admin admin(Map<String, Object> settings) {
        return Modelled.as(Admin.class, new SimAdmin(kafka));
    }

    public void next(Fault fault) {
        faults.add(fault);
    }

    public boolean hasFaults() {
        return !faults.isEmpty();
    }

    public void noMoreFaults() {
        faults.clear();
    }

    /** The fault that comes next, if it is one of those that meet the caller. */
    @Nullable
    Fault take(boolean atCommit) {
        Fault next = faults.peek();
        if (next == null || (next == Fault.OFFSETS_TIME_OUT) == atCommit) {
            return null;
        }
        return faults.remove();
    }

    /** Another producer begins under the transactional id of each of its producers. */
    public void fence() {
        producers.forEach(SimProducer::fence);
    }

    /** Its groups go on without it, as after a long time without heartbeats; it learns that with its next poll. */
    public void expel() {
        consumers.forEach(SimConsumer::expel);
    }

    /** Nothing is heard of it any more; its groups wait for the session timeout, its transactions for theirs. */
    public void die() {
        dead = true;
        consumers.forEach(SimConsumer::silent);
    }

    public boolean isDead() {
        return dead;
    }
}
