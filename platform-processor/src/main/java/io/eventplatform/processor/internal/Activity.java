package io.eventplatform.processor.internal;

import io.eventplatform.processor.Health;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which task's user code a worker is in, and since when. Written by the worker's thread, read by any. */
final class Activity {

    private volatile @Nullable Call call;

    void begin(Task task, long nowMillis) {
        call = new Call(task, nowMillis);
    }

    void end() {
        call = null;
    }

    /** The call under way, if it began at least so long ago. */
    Optional<Health.Stuck> longerThan(Duration limit, long nowMillis) {
        Call current = call;
        if (current == null || nowMillis - current.sinceMillis() < limit.toMillis()) {
            return Optional.empty();
        }
        return current.task().describeRunning(Duration.ofMillis(nowMillis - current.sinceMillis()));
    }

    private record Call(Task task, long sinceMillis) {}
}
