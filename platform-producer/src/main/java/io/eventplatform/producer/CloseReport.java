package io.eventplatform.producer;

/**
 * What became of the events that were in flight when a producer was closed.
 *
 * @param sent written and acknowledged
 * @param failed given up while there was still time: their deadline passed, or the broker rejected them
 * @param abandoned not finished when the time to drain was over; whether they were written is unknown
 */
public record CloseReport(long sent, long failed, long abandoned) {

    public CloseReport {
        if (sent < 0 || failed < 0 || abandoned < 0) {
            throw new IllegalArgumentException("counts must not be negative but were " + sent + " sent, " + failed
                    + " failed, " + abandoned + " abandoned");
        }
    }

    /** Whether everything that was in flight is written. */
    public boolean complete() {
        return failed == 0 && abandoned == 0;
    }
}
