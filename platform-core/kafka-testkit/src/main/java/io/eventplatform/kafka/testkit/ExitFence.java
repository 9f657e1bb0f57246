package io.eventplatform.kafka.testkit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Exit;
import org.jspecify.annotations.Nullable;

/**
 * Turns a broker's request to end the JVM into a callback.
 *
 * <p>Kafka asks through {@link Exit}, one static hook for everything in the JVM, and does not say who asks. The fence
 * finds out by the thread group of the calling thread: all threads of a broker descend from the one that started it. A
 * request from elsewhere ends the JVM, as it does without a fence.
 *
 * <p>The hook returns to Kafka normally. A thread that must not continue throws by itself then, and with the real cause.
 */
final class ExitFence {

    private static final List<ExitFence> RAISED = new CopyOnWriteArrayList<>();

    private final ThreadGroup inside;
    private final Consumer<String> onExit;

    private ExitFence(ThreadGroup inside, Consumer<String> onExit) {
        this.inside = inside;
        this.onExit = onExit;
    }

    /** Calls {@code onExit} with a description of each request from a thread in {@code inside}, on that thread. */
    static ExitFence raise(ThreadGroup inside, Consumer<String> onExit) {
        ExitFence fence = new ExitFence(inside, onExit);
        synchronized (RAISED) {
            RAISED.add(fence);
            Exit.setExitProcedure((status, message) -> {
                if (!stopped("exit", status, message)) {
                    Runtime.getRuntime().exit(status);
                }
            });
            Exit.setHaltProcedure((status, message) -> {
                if (!stopped("halt", status, message)) {
                    Runtime.getRuntime().halt(status);
                }
            });
        }
        return fence;
    }

    void lower() {
        synchronized (RAISED) {
            if (RAISED.remove(this) && RAISED.isEmpty()) {
                Exit.resetExitProcedure();
                Exit.resetHaltProcedure();
            }
        }
    }

    private static boolean stopped(String verb, int status, @Nullable String message) {
        ThreadGroup caller = Thread.currentThread().getThreadGroup();
        for (ExitFence fence : RAISED) {
            if (fence.inside.parentOf(caller)) {
                fence.onExit.accept(verb + " " + status + (message == null ? "" : ", " + message));
                return true;
            }
        }
        return false;
    }
}
