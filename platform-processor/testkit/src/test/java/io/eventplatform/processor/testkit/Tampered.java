package io.eventplatform.processor.testkit;

import io.eventplatform.processor.internal.Clients;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/** Clients of which some calls do something else. */
final class Tampered implements Clients {

    /** A call on its way to a client. */
    interface Call {

        String name();

        @Nullable
        Object[] arguments();

        /** A setting that its client was made of. */
        String setting(String name);

        /** Puts a new producer, which settles the transaction of the one before, in its place. */
        void renewProducer();

        /** Carries it out, with these arguments as they are by now. */
        @Nullable
        Object proceed() throws Throwable;
    }

    /** What becomes of a call; its answer. */
    interface Tampering {
        @Nullable
        Object answer(Call call) throws Throwable;
    }

    private final Clients real;
    private final Tampering tampering;

    Tampered(Clients real, Tampering tampering) {
        this.real = real;
        this.tampering = tampering;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        return around(Consumer.class, real.consumer(settings), settings);
    }

    @Override
    @SuppressWarnings("unchecked")
    public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
        return around(Producer.class, real.producer(settings), settings);
    }

    @Override
    public Admin admin(Map<String, Object> settings) {
        return around(Admin.class, real.admin(settings), settings);
    }

    private <T> T around(Class<T> type, T first, Map<String, Object> settings) {
        AtomicReference<Object> client = new AtomicReference<>(first);
        InvocationHandler handler = (proxy, method, arguments) -> tampering.answer(new Call() {
            @Override
            public String name() {
                return method.getName();
            }

            @Override
            @SuppressWarnings("NullAway") // a proxy hands over null where there are no arguments
            public @Nullable Object[] arguments() {
                return arguments;
            }

            @Override
            public String setting(String name) {
                return String.valueOf(settings.get(name));
            }

            @Override
            public void renewProducer() {
                Producer<byte[], byte[]> fresh = real.producer(settings);
                fresh.initTransactions();
                client.set(fresh);
            }

            @Override
            public @Nullable Object proceed() throws Throwable {
                try {
                    return method.invoke(client.get(), arguments);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            }
        });
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
