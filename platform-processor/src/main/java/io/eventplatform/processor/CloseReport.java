package io.eventplatform.processor;

import java.util.Optional;

/**
 * What a {@link Runner} had done when it was closed. What is not committed is processed again after a restart.
 *
 * @param progress counts since it started, of what is committed
 * @param uncommitted records and timers that were processed, but whose commit is not acknowledged; known when the thread has ended
 * @param unprocessed records that were fetched and not processed; known when the thread has ended
 * @param drained whether everything that was processed is committed and the runner's thread has ended
 * @param stuck the call of user code that did not return in time, if that kept it from draining
 */
public record CloseReport(
        Progress progress, long uncommitted, long unprocessed, boolean drained, Optional<Health.Stuck> stuck) {}
