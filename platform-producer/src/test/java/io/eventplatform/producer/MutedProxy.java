package io.eventplatform.producer;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.protocol.ApiKeys;

/** Stands before a broker, which must advertise it, and never forwards requests of one kind. */
final class MutedProxy implements AutoCloseable {

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ApiKeys muted;

    private MutedProxy(ApiKeys muted) throws IOException {
        this.muted = muted;
    }

    /** Listens; connections wait until {@link #forwardTo}. */
    static MutedProxy listen(ApiKeys muted) throws IOException {
        return new MutedProxy(muted);
    }

    void forwardTo(String broker) {
        int colon = broker.lastIndexOf(':');
        String host = broker.substring(0, colon);
        int port = Integer.parseInt(broker.substring(colon + 1));
        inBackground(() -> accept(host, port));
    }

    String address() {
        return server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
    }

    private void accept(String host, int port) throws IOException {
        while (true) {
            Socket client = server.accept();
            Socket broker = new Socket(host, port);
            sockets.add(client);
            sockets.add(broker);
            inBackground(() -> forwardRequests(client, broker));
            inBackground(() -> broker.getInputStream().transferTo(client.getOutputStream()));
        }
    }

    private void forwardRequests(Socket client, Socket broker) throws IOException {
        DataInputStream in = new DataInputStream(client.getInputStream());
        DataOutputStream out = new DataOutputStream(broker.getOutputStream());
        while (true) {
            int size = in.readInt();
            short kind = in.readShort();
            byte[] rest = in.readNBytes(size - Short.BYTES);
            if (kind != muted.id) {
                out.writeInt(size);
                out.writeShort(kind);
                out.write(rest);
                out.flush();
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private interface Io {
        void run() throws IOException;
    }

    private static void inBackground(Io work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // One of the two ends has closed.
                    }
                },
                "muted-proxy");
        thread.setDaemon(true);
        thread.start();
    }
}
