package io.eventplatform.processor.internal;

import java.util.Collection;

/** Reads the state of newly assigned tasks back, a little at each step, so that the worker keeps polling. */
interface Restorer extends AutoCloseable {

    /** Begins with these tasks, each placed at its committed offset. */
    void begin(Collection<Task> tasks);

    /** Reads on; tasks whose state is complete are marked restored. */
    void step();

    /** Forgets tasks that were taken away. */
    void abandon(Collection<Task> tasks);

    @Override
    void close();

    /** For tasks without state. */
    Restorer NOTHING_TO_RESTORE = new Restorer() {
        @Override
        public void begin(Collection<Task> tasks) {
            tasks.forEach(Task::restored);
        }

        @Override
        public void step() {}

        @Override
        public void abandon(Collection<Task> tasks) {}

        @Override
        public void close() {}
    };
}
