package io.eventplatform.examples.quickstart;

import io.eventplatform.processor.Step;
import io.eventplatform.processor.StepListener;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Kills this process at a chosen step of a worker, as {@code kill -9} would: nothing is closed or flushed. For crash
 * tests; in effect only if the system property {@link #PROPERTY} is set, to {@code <worker>:<step>:<n>}. With
 * {@code -Dquickstart.haltAt=pipeline:OUTPUTS_SENT:37} the process ends when the pipeline hands the outputs of a record
 * to its producer for the 37th time.
 *
 * @param worker {@link #ROUTER}, {@link #PIPELINE}, which is any of the enrichments, {@link #SINK}, which fills the hot
 *     store, or {@link #LAKE}, which is any of those into the lake
 * @param times how often the step is reached, from 1
 */
record CrashPoint(String worker, Step step, long times) {

    static final String PROPERTY = "quickstart.haltAt";
    static final String ROUTER = "router";
    static final String PIPELINE = "pipeline";
    static final String SINK = "sink";
    static final String LAKE = "lake";

    /** What the shell shows for a process that was ended by SIGKILL. */
    static final int EXIT_CODE = 137;

    private static final int COMMIT_RECORDS = 250;

    private static final List<String> WORKERS = List.of(ROUTER, PIPELINE, SINK, LAKE);

    /**
     * Reads the system property's value.
     *
     * @throws UsageException if it is not such a place
     */
    static Optional<CrashPoint> parse(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        String[] parts = text.split(":", -1);
        try {
            if (parts.length == 3 && WORKERS.contains(parts[0])) {
                CrashPoint point = new CrashPoint(parts[0], Step.valueOf(parts[1]), Long.parseLong(parts[2]));
                if (point.times() >= 1) {
                    return Optional.of(point);
                }
            }
        } catch (IllegalArgumentException e) {
            // falls through to the message that names the form
        }
        throw new UsageException("-D" + PROPERTY + " must be one of " + WORKERS + ", a step of "
                + Arrays.toString(Step.values()) + " and a number from 1, as in pipeline:OUTPUTS_SENT:37, but was \""
                + text + "\".");
    }

    /** Ends the process here, if this is the worker. The listener may be shared: it counts for all who have it. */
    StepListener listenerOf(String which) {
        if (!worker.equals(which)) {
            return StepListener.NONE;
        }
        AtomicLong reached = new AtomicLong();
        return at -> {
            if (at == step && reached.incrementAndGet() == times) {
                Runtime.getRuntime().halt(EXIT_CODE);
            }
        };
    }

    /**
     * How many records this worker commits at once: few where it is to die, so that the number of its commits follows
     * from its records and not from how fast the machine is.
     */
    int mostCommitRecords(String which, int usual) {
        return worker.equals(which) ? COMMIT_RECORDS : usual;
    }

    @Override
    public String toString() {
        return worker + ":" + step + ":" + times;
    }
}
