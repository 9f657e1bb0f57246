package io.eventplatform.kafka.testkit;

import io.eventplatform.kafka.testkit.FaultRule.Effect;
import io.eventplatform.kafka.testkit.OpenRequests.OpenRequest;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections through a proxy and the faults that work on them.
 *
 * <p>Whoever breaks a connection may meet one that is just coming. So a cut is first made known and then looks for
 * connections, while a connection first makes itself known and then looks for cuts.
 */
final class Traffic {

    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Fault place(FaultRule rule) {
        Fault fault = new Fault(this, rule);
        faults.add(fault);
        if (rule.effect() == Effect.CUT) {
            connections.forEach(connection -> connection.breakBy(fault));
        }
        return fault;
    }

    void ended(Fault fault) {
        faults.remove(fault);
        releaseHeld();
    }

    void restore(String clientIdPrefix) {
        for (Fault fault : faults) {
            if (fault.rule().clientIdPrefix().startsWith(clientIdPrefix)) {
                fault.end();
            }
        }
    }

    void open(Socket client, @Nullable Address broker) {
        ProxiedConnection connection = new ProxiedConnection(client, this);
        connections.add(connection);
        connection.start(broker);
        if (closed) {
            connection.close();
        }
    }

    void closed(ProxiedConnection connection) {
        connections.remove(connection);
        releaseHeld();
    }

    void close() {
        closed = true;
        restore("");
        connections.forEach(ProxiedConnection::close);
    }

    /** Whether the connection is one that must not be, and has been closed therefore. */
    boolean cuts(ProxiedConnection connection) {
        return faults.stream()
                .filter(fault -> fault.rule().effect() == Effect.CUT)
                .anyMatch(connection::breakBy);
    }

    /** The fault that drops this request or the response to it, with one strike reserved. */
    @Nullable
    Fault dropping(Effect effect, RequestHead request) {
        for (Fault fault : faults) {
            if (fault.rule().effect() == effect && fault.rule().concerns(request) && fault.claim()) {
                return fault;
            }
        }
        return null;
    }

    /** Returns when no delay holds the response to this request any more, or its connection is closed. */
    void holdResponse(OpenRequest request, ProxiedConnection connection) throws InterruptedException {
        for (Fault fault : faults) {
            if (fault.rule().effect() == Effect.DELAY && fault.rule().concerns(request.head())) {
                hold(fault, request.passedNanos(), connection);
            }
        }
    }

    private synchronized void hold(Fault fault, long sinceNanos, ProxiedConnection connection)
            throws InterruptedException {
        boolean struck = false;
        while (!fault.hasEnded() && !connection.isClosed()) {
            long restNanos = fault.rule().delayNanos() - (System.nanoTime() - sinceNanos);
            if (restNanos <= 0) {
                return;
            }
            if (!struck) {
                fault.struck();
                struck = true;
            }
            TimeUnit.NANOSECONDS.timedWait(this, restNanos);
        }
    }

    private synchronized void releaseHeld() {
        notifyAll();
    }
}
