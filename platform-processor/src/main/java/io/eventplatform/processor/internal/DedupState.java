package io.eventplatform.processor.internal;

import java.util.function.BiConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The dedup window of one input, as it is kept in its changelog. */
final class DedupState implements LocalState {

    private final Input input;
    private final DedupIndex index;
    private final TopicPartition changelog;

    DedupState(Input input, DedupIndex index, TopicPartition changelog) {
        this.input = input;
        this.index = index;
        this.changelog = changelog;
    }

    @Override
    public TopicPartition changelog() {
        return changelog;
    }

    @Override
    public void restore(byte[] key, byte @Nullable [] value) {
        DedupChangelog.restore(key, value, index);
    }

    @Override
    public String restored() {
        index.restored(
                input.isKnown() ? input.sequence() : Long.MAX_VALUE,
                input.placed().clock());
        if (!input.isKnown() && index.size() > 0) {
            throw new StoppedException(
                    input.partition() + " has no committed offset but a dedup window of " + index.size()
                            + " ids: the group's offsets expired or were deleted. Starting over would drop"
                            + " every event as a duplicate. Delete the dedup topic too, or use another pipeline name",
                    null);
        }
        if (input.sequence() > 0 && !index.isKeyStored()) {
            throw new StoppedException(
                    input.partition() + " has committed offsets, but its dedup changelog is empty: the topic was"
                            + " deleted, or its records expired. Going on would forward events a second time."
                            + " Restore the topic, or use another pipeline name",
                    null);
        }
        return "dedup window of " + index.size() + " ids";
    }

    @Override
    public void changelog(BiConsumer<byte[], byte @Nullable []> records) {
        index.changelog(input.sequence() + 1, records);
    }

    @Override
    public void committed() {
        index.committed();
    }
}
