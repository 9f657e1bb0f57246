package io.eventplatform.kafka.testkit;

import io.eventplatform.kafka.testkit.FaultRule.Effect;
import io.eventplatform.kafka.testkit.OpenRequests.OpenRequest;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection and the one to the broker behind it, with a thread for each direction. When one of the two ends,
 * so does the other.
 */
final class ProxiedConnection {

    private static final Logger LOG = LoggerFactory.getLogger(ProxiedConnection.class);

    private static final int BUFFER_BYTES = 64 * 1024;

    private final Socket client;
    private final Socket broker = new Socket();
    private final Traffic traffic;
    private final OpenRequests open = new OpenRequests();
    private final AtomicBoolean closed = new AtomicBoolean();
    /** Empty until the first request tells it. */
    private volatile String clientId = "";

    ProxiedConnection(Socket client, Traffic traffic) {
        this.client = client;
        this.traffic = traffic;
    }

    private interface Direction {
        void forward() throws IOException, InterruptedException;
    }

    /** Forwards in the background until it is closed. */
    void start(@Nullable Address address) {
        inBackground("fault-proxy-requests", () -> {
            if (!traffic.cuts(this)) {
                connect(address);
                inBackground("fault-proxy-responses", this::forwardResponses);
                forwardRequests();
            }
        });
    }

    private void inBackground(String name, Direction direction) {
        Thread thread = new Thread(
                () -> {
                    try {
                        direction.forward();
                    } catch (IOException e) {
                        // The usual end of a connection.
                        LOG.debug("[{}] The connection of client {} has ended", client, clientId, e);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } finally {
                        close();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private void connect(@Nullable Address address) throws IOException {
        if (address == null) {
            throw new ConnectException("No broker is known yet");
        }
        client.setTcpNoDelay(true);
        broker.setTcpNoDelay(true);
        broker.connect(address.resolve());
        // While nobody listens on a port of the ephemeral range, a connection to it can come to start from it too.
        if (broker.getLocalSocketAddress().equals(broker.getRemoteSocketAddress())) {
            throw new ConnectException("The connection to " + address + " met itself");
        }
    }

    private void forwardRequests() throws IOException {
        var in = new DataInputStream(new BufferedInputStream(client.getInputStream(), BUFFER_BYTES));
        var out = new DataOutputStream(new BufferedOutputStream(broker.getOutputStream(), BUFFER_BYTES));
        while (true) {
            RequestHead head = RequestHead.read(in);
            clientId = head.clientId();
            if (traffic.cuts(this)) {
                return;
            }
            Fault drop = traffic.dropping(Effect.DROP_REQUEST, head);
            if (drop != null) {
                drop.struck();
                open.complete();
                break;
            }
            open.add(head);
            head.write(out);
            copy(in, out, head.rest());
            out.flush();
        }
        if (!open.allAnswered()) {
            // What follows the dropped request is dropped with it; the responses' thread closes.
            client.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
    }

    private void forwardResponses() throws IOException, InterruptedException {
        var in = new DataInputStream(new BufferedInputStream(broker.getInputStream(), BUFFER_BYTES));
        var out = new DataOutputStream(new BufferedOutputStream(client.getOutputStream(), BUFFER_BYTES));
        while (!open.allAnswered()) {
            int size = in.readInt();
            if (size < Integer.BYTES) {
                throw new ProtocolException("A response of " + size + " bytes is none of Kafka's");
            }
            int correlationId = in.readInt();
            OpenRequest request = open.answeredBy(correlationId);
            Fault drop = traffic.dropping(Effect.DROP_RESPONSE, request.head());
            if (drop != null) {
                close();
                drop.struck();
                return;
            }
            traffic.holdResponse(request, this);
            out.writeInt(size);
            out.writeInt(correlationId);
            copy(in, out, size - Integer.BYTES);
            out.flush();
            open.remove(correlationId);
        }
    }

    private static void copy(InputStream in, OutputStream out, int bytes) throws IOException {
        byte[] chunk = new byte[Math.min(bytes, BUFFER_BYTES)];
        for (int left = bytes; left > 0; ) {
            int read = in.read(chunk, 0, Math.min(left, chunk.length));
            if (read < 0) {
                throw new EOFException();
            }
            out.write(chunk, 0, read);
            left -= read;
        }
    }

    /** Closes if the fault, a cut, works on this client, which is what it answers. */
    boolean breakBy(Fault cut) {
        boolean concerned = cut.rule().concerns(clientId);
        if (concerned && close()) {
            cut.struck();
        }
        return concerned;
    }

    boolean isClosed() {
        return closed.get();
    }

    /** Answers whether it was open until now. */
    boolean close() {
        boolean first = closed.compareAndSet(false, true);
        if (first) {
            closeSocket(client);
            closeSocket(broker);
            traffic.closed(this);
        }
        return first;
    }

    private static void closeSocket(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("[{}] The socket could not be closed", socket, e);
        }
    }
}
