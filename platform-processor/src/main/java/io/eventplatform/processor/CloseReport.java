package io.eventplatform.processor;

import java.util.Optional;

/**
 * What a {@link Runner} had done when it was closed. What is not committed is processed again after a restart.
 *
 * @param progress counts since it started, of what is committed
 * @param uncommitted records and timers that were processed, but whose commit is not acknowledged; known when the thread has ended
 * @param unprocessed records that were fetched and not processed; known when the thread has ended
 * @param drained whether, within the timeout, everything that was processed was committed and the runner's thread ended. Once a
 *     timeout has passed before, it stays false, also if the interrupted thread ends soon after with nothing uncommitted.
 *     False, too, for a runner that has failed
 * @param stuck the call of user code that was under way when the timeout passed; only in the report of the close that waited for it
 */
public record CloseReport(
        Progress progress, long uncommitted, long unprocessed, boolean drained, Optional<Health.Stuck> stuck) {}
