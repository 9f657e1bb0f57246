package io.eventplatform.processor.internal;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Up to which event time a task has come: that of the input that is behind, of those that have seen a record. It
 * never goes back, also not when an input joins. Confined to the worker thread.
 */
final class Watermark {

    private long millis = OffsetMetadata.NO_CLOCK;

    /** {@link OffsetMetadata#NO_CLOCK} before the first record. */
    long millis() {
        return millis;
    }

    /** What it would be if this input were done with a record of this time. */
    long with(Collection<Input> inputs, Input moving, long eventMillis) {
        return Math.max(millis, least(inputs, moving, eventMillis));
    }

    void advance(Collection<Input> inputs) {
        millis = Math.max(millis, least(inputs, null, OffsetMetadata.NO_CLOCK));
    }

    /** As it was committed with the offsets of these inputs. */
    void restore(Collection<Input> inputs) {
        inputs.forEach(input -> millis = Math.max(millis, input.placed().watermark()));
        advance(inputs);
    }

    private static long least(Collection<Input> inputs, @Nullable Input moving, long eventMillis) {
        long least = Long.MAX_VALUE;
        for (Input input : inputs) {
            long clock = input == moving ? Math.max(input.clock(), eventMillis) : input.clock();
            if (clock != OffsetMetadata.NO_CLOCK) {
                least = Math.min(least, input.watermarkAt(clock));
            }
        }
        return least == Long.MAX_VALUE ? OffsetMetadata.NO_CLOCK : least;
    }
}
