package io.eventplatform.examples.quickstart;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;

/**
 * Ends a program well at Ctrl-C. A shutdown hook cannot: the JVM exits with 130 after it, and one that halts with
 * another code keeps files from being deleted at exit, such as the native library DuckDB unpacks, 70 MB each time.
 *
 * <p>The class that does this, {@code sun.misc.Signal}, is in every JDK but not part of Java; javac cannot be told to
 * compile it without a warning, so it is called by reflection.
 */
final class Signals {

    private static final List<String> STOP = List.of("INT", "TERM", "HUP");

    private Signals() {}

    /**
     * Runs the action at the first SIGINT, SIGTERM or SIGHUP; the second does what it does by default. Where a signal
     * does not exist, or is kept by the JVM, nothing changes.
     */
    static void onStop(Runnable action) {
        STOP.forEach(name -> {
            try {
                handle(name, action);
            } catch (ReflectiveOperationException e) {
                // then the process ends at once, which it must survive anyway
            }
        });
    }

    private static void handle(String name, Runnable action) throws ReflectiveOperationException {
        Class<?> type = Class.forName("sun.misc.Signal");
        Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
        Object signal = type.getConstructor(String.class).newInstance(name);
        Object byDefault = handlerType.getField("SIG_DFL").get(null);
        Object handler = Proxy.newProxyInstance(
                Signals.class.getClassLoader(), new Class<?>[] {handlerType}, (proxy, method, arguments) -> {
                    if (method.getName().equals("handle")) {
                        install(signal, byDefault);
                        action.run();
                    }
                    return null;
                });
        install(signal, handler);
    }

    private static void install(Object signal, Object handler) throws ReflectiveOperationException {
        try {
            signal.getClass()
                    .getMethod("handle", signal.getClass(), Class.forName("sun.misc.SignalHandler"))
                    .invoke(null, signal, handler);
        } catch (InvocationTargetException e) {
            throw new ReflectiveOperationException("the JVM keeps this signal to itself", e);
        }
    }
}
