package io.eventplatform.processor.internal;

import java.util.Collection;
import java.util.function.BiConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Keyed state and timers of one task, as they are kept in its changelog. */
final class TaskState implements Snapshotted {

    private final StateStore store;
    private final Collection<Input> inputs;
    private final TopicPartition changelog;
    private final ChangelogEnd end = new ChangelogEnd();

    /** @param inputs those of the task, as they are when the state is restored */
    TaskState(StateStore store, Collection<Input> inputs, TopicPartition changelog) {
        this.store = store;
        this.inputs = inputs;
        this.changelog = changelog;
    }

    @Override
    public TopicPartition changelog() {
        return changelog;
    }

    @Override
    public void restore(byte[] key, byte @Nullable [] value) {
        store.restore(key, value);
    }

    @Override
    public String restored() {
        if (store.isMarked() && inputs.stream().noneMatch(Input::isKnown)) {
            throw new StoppedException(
                    changelog
                            + " holds state, but none of the task's inputs has a committed offset: the group's offsets"
                            + " expired or were deleted. Starting over would count every event a second time."
                            + " Empty the state with Reset, or use another pipeline name",
                    null);
        }
        if (!store.isMarked()
                && inputs.stream().anyMatch(input -> input.placed().state())) {
            throw new StoppedException(
                    changelog + " is empty, but offsets were committed with state: the topic was deleted, its records"
                            + " expired, or a reset left out a source. Going on would start from empty state in the middle of the events."
                            + " Restore the topic, or start over with a Reset of every source",
                    null);
        }
        return "state of " + store.size() + " entries"
                + (store.undeclared() == 0
                        ? ""
                        : " (and " + store.undeclared() + " records of stages or states that are no longer declared,"
                                + " which stay in the topic)");
    }

    @Override
    public void changelog(BiConsumer<byte[], byte @Nullable []> records) {
        store.changelog(records);
    }

    @Override
    public void sent(long offset) {
        end.sent(offset);
    }

    @Override
    public void committed() {
        end.committed();
        store.committed();
    }

    // ---- snapshots

    @Override
    public String shape() {
        return store.shape();
    }

    @Override
    public void contents(BiConsumer<byte[], byte[]> records) {
        store.contents(records);
    }

    @Override
    public ChangelogEnd end() {
        return end;
    }
}
