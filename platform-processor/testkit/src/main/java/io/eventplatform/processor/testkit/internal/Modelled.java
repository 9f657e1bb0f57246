package io.eventplatform.processor.testkit.internal;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives an object the type of one of Kafka's clients: a call goes to the object's method of that name and those
 * parameters. What the object lacks is refused by name, so that nothing answers by accident.
 */
final class Modelled {

    private record Call(Class<?> model, Method method) {}

    private static final Map<Call, Method> CALLS = new ConcurrentHashMap<>();

    private Modelled() {}

    static <T> T as(Class<T> client, Object model) {
        InvocationHandler toModel = (proxy, method, arguments) -> call(model, method, proxy, arguments);
        return client.cast(Proxy.newProxyInstance(Modelled.class.getClassLoader(), new Class<?>[] {client}, toModel));
    }

    private static @Nullable Object call(Object model, Method method, Object proxy, Object @Nullable [] arguments)
            throws Throwable {
        Method known = CALLS.computeIfAbsent(new Call(model.getClass(), method), Modelled::find);
        try {
            if (known.getDeclaringClass().isInterface()) {
                return InvocationHandler.invokeDefault(proxy, known, arguments);
            }
            return known.invoke(model, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Method find(Call call) {
        Method wanted = call.method();
        try {
            Method found = call.model().getDeclaredMethod(wanted.getName(), wanted.getParameterTypes());
            if (Modifier.isPublic(found.getModifiers())) {
                found.setAccessible(true);
                return found;
            }
        } catch (NoSuchMethodException e) {
            // it may be a method of Object, or one that the interface puts down to another
        }
        if (wanted.getDeclaringClass() == Object.class || wanted.isDefault()) {
            return wanted;
        }
        throw new UnsupportedOperationException("the in-memory Kafka does not model "
                + wanted.getDeclaringClass().getSimpleName() + "." + wanted.getName()
                + ". Use a real broker for what needs it: platform-kafka-testkit");
    }
}
