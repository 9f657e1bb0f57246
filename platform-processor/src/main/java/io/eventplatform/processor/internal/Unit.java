package io.eventplatform.processor.internal;

import org.jspecify.annotations.Nullable;

/**
 * What user code is called for, a record or the firing of a timer, and what it sees meanwhile.
 *
 * @param attempt how often it was tried, this time included
 * @param key of the record or timer, null if there is none
 * @param state of the task with this unit's writes, null if no stage declares any
 * @param watermark of the task, {@link OffsetMetadata#NO_CLOCK} before its first record
 * @param effects where it leaves what it does
 */
@SuppressWarnings("ArrayRecordComponent") // a key on its way to a processor; never compared
record Unit(
        int attempt,
        byte @Nullable [] key,
        @Nullable StateOverlay state,
        long watermark,
        long fencingToken,
        Effects effects) {

    /** Opens the unit of a record whose effects have begun. */
    interface Opener {
        Unit open(Effects effects, int attempt);
    }
}
