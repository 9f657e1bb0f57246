package io.eventplatform.processor.internal;

import io.eventplatform.processor.Progress;
import java.util.Collection;

/** Counts what commits acknowledge. Written by the worker thread, read by any. */
final class Counters {

    private long records;
    private long outputs;
    private long duplicates;
    private long deadLetters;
    private long commits;
    private volatile Progress latest = new Progress(0, 0, 0, 0, 0, -1);

    /** A commit was acknowledged. */
    void commit() {
        commits++;
    }

    /** Effects are acknowledged. */
    void committed(Collection<Effects> acknowledged) {
        for (Effects effects : acknowledged) {
            records += effects.areOfTimer() ? 0 : 1;
            switch (effects.outcome()) {
                case PROCESSED -> outputs += effects.outputs().size() + effects.tableRows();
                case DUPLICATE -> duplicates++;
                case DEAD -> deadLetters++;
            }
        }
    }

    void publish(long lag) {
        latest = new Progress(records, outputs, duplicates, deadLetters, commits, lag);
    }

    long lastLag() {
        return latest.lag();
    }

    Progress latest() {
        return latest;
    }
}
