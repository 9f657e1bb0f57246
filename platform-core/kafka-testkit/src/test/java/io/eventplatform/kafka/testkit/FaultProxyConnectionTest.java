package io.eventplatform.kafka.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The bytes of a connection, between a client and a broker that are plain sockets. */
@Timeout(30)
class FaultProxyConnectionTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final FaultProxy proxy = FaultProxy.listen();
    private final ServerSocket broker = Ports.listen();

    FaultProxyConnectionTest() throws IOException {
        proxy.forwardTo("127.0.0.1:" + broker.getLocalPort());
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        broker.close();
    }

    @Test
    void requestsAndResponsesPassAsTheyAre() throws IOException {
        try (Peer client = connect();
                Peer server = accept()) {
            client.write(request(ApiKind.PRODUCE, 1, "ada", 100_000));
            client.write(request(ApiKind.FETCH, 2, null, 0));

            assertThat(server.read()).isEqualTo(request(ApiKind.PRODUCE, 1, "ada", 100_000));
            assertThat(server.read()).isEqualTo(request(ApiKind.FETCH, 2, null, 0));

            server.write(response(1, 0));
            server.write(response(2, 100_000));

            assertThat(client.read()).isEqualTo(response(1, 0));
            assertThat(client.read()).isEqualTo(response(2, 100_000));
        }
    }

    @Test
    void aDroppedResponseIsToldByItsRequestAlsoBehindOneThatIsNotAnswered() throws Exception {
        Fault lost = proxy.dropResponses(ApiKind.FETCH, 1);
        Fault unasked = proxy.dropResponses(ApiKind.PRODUCE, 1);
        try (Peer client = connect();
                Peer server = accept()) {
            client.write(request(ApiKind.PRODUCE, 1, "ada", 10));
            client.write(request(ApiKind.METADATA, 2, "ada", 10));
            client.write(request(ApiKind.FETCH, 3, "ada", 10));
            for (int request = 1; request <= 3; request++) {
                server.read();
            }

            server.write(response(2, 10));
            server.write(response(3, 10));

            assertThat(client.read()).isEqualTo(response(2, 10));
            client.assertEnd();
            lost.awaitStrikes(1, PATIENCE);
            assertThat(unasked.strikes()).isZero();
        }
    }

    @Test
    void responsesToRequestsBeforeADroppedOneStillArriveAndWhatFollowsIsDroppedToo() throws Exception {
        Fault lost = proxy.dropRequests(ApiKind.HEARTBEAT);
        try (Peer client = connect();
                Peer server = accept()) {
            client.write(request(ApiKind.FETCH, 1, "ada", 10));
            client.write(request(ApiKind.HEARTBEAT, 2, "ada", 10));
            client.write(request(ApiKind.FETCH, 3, "ada", 10));
            assertThat(server.read()).isEqualTo(request(ApiKind.FETCH, 1, "ada", 10));
            lost.awaitStrikes(1, PATIENCE);

            server.write(response(1, 10));

            assertThat(client.read()).isEqualTo(response(1, 10));
            client.assertEnd();
            server.assertEnd();
            assertThat(lost.strikes()).isEqualTo(1);
        }
    }

    @Test
    void aConnectionEndsWithTheBrokersAndWithTheClients() throws IOException {
        try (Peer client = connect()) {
            accept().close();
            client.assertEnd();
        }
        Peer client = connect();
        try (Peer server = accept()) {
            client.close();
            server.assertEnd();
        }
    }

    @Test
    void withoutABrokerAConnectionEndsAtOnce() throws IOException {
        broker.close();
        try (Peer client = connect()) {
            client.assertEnd();
        }
        try (FaultProxy early = FaultProxy.listen();
                Peer client = Peer.of(connectTo(early))) {
            client.assertEnd();
        }
    }

    @Test
    void aConnectionThatDoesNotSpeakKafkasProtocolIsClosed() throws IOException {
        try (Peer client = connect();
                Peer server = accept()) {
            client.out.write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            client.assertEnd();
            server.assertEnd();
        }
    }

    @Test
    void aClosedProxyHasNoConnectionAndNoThread() throws Exception {
        Set<Thread> before = proxyThreads();
        FaultProxy closed = FaultProxy.listen();
        closed.forwardTo("127.0.0.1:" + broker.getLocalPort());
        try (Peer client = Peer.of(connectTo(closed));
                Peer server = accept()) {
            Set<Thread> threads = proxyThreads();
            threads.removeAll(before);

            closed.close();
            closed.close();

            client.assertEnd();
            server.assertEnd();
            assertThat(threads).hasSizeGreaterThan(1);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertThatThrownBy(() -> connectTo(closed)).isInstanceOf(ConnectException.class);
    }

    private static Set<Thread> proxyThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("fault-proxy"))
                .collect(Collectors.toSet());
    }

    private Peer connect() throws IOException {
        return Peer.of(connectTo(proxy));
    }

    private static Socket connectTo(FaultProxy proxy) throws IOException {
        Address address = Address.parse(proxy.bootstrapServers());
        return new Socket(InetAddress.getByName(address.host()), address.port());
    }

    private Peer accept() throws IOException {
        return Peer.of(broker.accept());
    }

    private static byte[] request(ApiKind kind, int correlationId, @Nullable String clientId, int restBytes) {
        byte[] client = clientId == null ? new byte[0] : clientId.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(10 + client.length + restBytes)
                .putShort(kind.id())
                .putShort((short) 3)
                .putInt(correlationId)
                .putShort((short) (clientId == null ? -1 : client.length))
                .put(client)
                .put(noise(restBytes))
                .array();
    }

    private static byte[] response(int correlationId, int restBytes) {
        return ByteBuffer.allocate(4 + restBytes)
                .putInt(correlationId)
                .put(noise(restBytes))
                .array();
    }

    private static byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        new Random(bytes).nextBytes(noise);
        return noise;
    }

    /** One end of a connection. */
    private record Peer(Socket socket, DataInputStream in, DataOutputStream out) implements AutoCloseable {

        static Peer of(Socket socket) throws IOException {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            return new Peer(
                    socket,
                    new DataInputStream(socket.getInputStream()),
                    new DataOutputStream(socket.getOutputStream()));
        }

        void write(byte[] frame) throws IOException {
            out.writeInt(frame.length);
            out.write(frame);
        }

        byte[] read() throws IOException {
            byte[] frame = new byte[in.readInt()];
            in.readFully(frame);
            return frame;
        }

        void assertEnd() {
            assertThatThrownBy(in::readByte).isInstanceOfAny(EOFException.class, SocketException.class);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
