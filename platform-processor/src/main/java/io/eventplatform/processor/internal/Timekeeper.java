package io.eventplatform.processor.internal;

import io.eventplatform.processor.RetryPolicy;
import io.eventplatform.processor.Timer;
import io.eventplatform.processor.internal.StateFormat.Parsed.SetTimer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Fires the timers of a task, and lets state go whose time is over. Timers of one clock fire in the order of their
 * times; one that failed keeps its task waiting until it is tried again, so that its key stays in order.
 *
 * <p>A timer on the event-time clock sees state as of its own time, however far the watermark has jumped: state that
 * lived until then is still there. So nothing is evicted while such a timer is due. Confined to the worker thread.
 */
final class Timekeeper {

    private static final int MAX_EVICTED_AT_ONCE = 1_000;

    private final int partition;
    private final StateStore store;
    private final int maxEntryBytes;
    private final TimerRunner runner;
    private final RetryPolicy retryPolicy;
    private final InstantSource wallClock;

    private int failedAttempts;
    private long retryAtMillis;
    private long failingSinceMillis;
    private String failingStage = "";

    Timekeeper(
            int partition,
            StateStore store,
            int maxEntryBytes,
            TimerRunner runner,
            RetryPolicy retryPolicy,
            InstantSource wallClock) {
        this.partition = partition;
        this.store = store;
        this.maxEntryBytes = maxEntryBytes;
        this.runner = runner;
        this.retryPolicy = retryPolicy;
        this.wallClock = wallClock;
    }

    /** State as a unit of this event time sees it. */
    StateOverlay stateAt(long eventMillis) {
        return new StateOverlay(store, eventMillis, maxEntryBytes);
    }

    boolean isDue(long watermark) {
        return store.dueTimer(watermark, wallClock.millis()) != null;
    }

    /** Whether the timer that is due does not wait for another attempt. */
    boolean canFire(long nowMillis) {
        return failedAttempts == 0 || nowMillis >= retryAtMillis;
    }

    /** Fires the timer that is due; null if none is, or it failed and waits for its next attempt. */
    @Nullable
    Effects fire(long watermark, long nowMillis, long fencingToken) {
        StateKey key = store.dueTimer(watermark, wallClock.millis());
        if (key == null) {
            return null; // the wall clock was set back since isDue
        }
        SetTimer set = (SetTimer) StateFormat.parse(key);
        Timer timer = StateFormat.timer(set.name(), Objects.requireNonNull(store.get(key)));
        long clock = timer.clock() == Timer.Clock.EVENT_TIME ? timer.time().toEpochMilli() : watermark;

        StateOverlay state = stateAt(clock);
        state.remove(key);
        Effects effects = Effects.ofTimer();
        effects.writeTo(state);
        int attempt = failedAttempts + 1;
        Unit unit = new Unit(attempt, set.recordKey(), state, watermark, fencingToken, effects);
        if (runner.run(partition, set, timer, unit) == null) {
            if (failedAttempts == 0) {
                failingSinceMillis = nowMillis;
            }
            failedAttempts = attempt;
            failingStage = set.stage();
            retryAtMillis = nowMillis + retryPolicy.backoffAfter(attempt).toMillis();
            return null;
        }
        failedAttempts = 0;
        if (effects.outcome() == Effects.Outcome.DEAD) {
            StateOverlay removal = stateAt(clock);
            removal.remove(key);
            effects.writeTo(removal);
        }
        return effects;
    }

    /** What waits to be tried again; null if nothing does. */
    @Nullable
    String retrying(long nowMillis) {
        return failedAttempts == 0
                ? null
                : "a timer in partition " + partition + " failed in stage " + failingStage + ", " + failedAttempts
                        + " failed attempts since " + Duration.ofMillis(nowMillis - failingSinceMillis) + " ago";
    }

    /** Lets state go whose time to live is over, a little at a time. */
    void evict(long watermark) {
        store.evict(watermark, MAX_EVICTED_AT_ONCE);
    }
}
