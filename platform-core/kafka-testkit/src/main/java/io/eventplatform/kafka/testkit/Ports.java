package io.eventplatform.kafka.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** The ports of a node, one of them for a proxy; free when found, although another process may be faster to take them. */
record Ports(int broker, int controller, int proxied) {

    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final int BACKLOG = 50;

    /** Finds free ports, where 0 as the wanted broker port means any. */
    static Ports find(int wantedBrokerPort) {
        // All sockets are open at the same time, so that the ports differ.
        try (ServerSocket broker = new ServerSocket();
                ServerSocket controller = new ServerSocket();
                ServerSocket proxied = new ServerSocket()) {
            bind(broker, wantedBrokerPort);
            bind(controller, 0);
            bind(proxied, 0);
            return new Ports(broker.getLocalPort(), controller.getLocalPort(), proxied.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Listens on a free port. */
    static ServerSocket listen() throws IOException {
        return new ServerSocket(0, BACKLOG, InetAddress.getByAddress(LOOPBACK));
    }

    private static void bind(ServerSocket socket, int port) throws IOException {
        try {
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port));
        } catch (BindException e) {
            throw new IllegalStateException(
                    "[" + BrokerSettings.HOST + ":" + port + "] The port is in use or not allowed. "
                            + "Stop its owner, or start the broker with port(0).",
                    e);
        }
    }

    /** Whether a server failed to start because one of its ports was not free any more. */
    static boolean wereTaken(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return true;
            }
        }
        return false;
    }
}
