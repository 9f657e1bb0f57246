package io.eventplatform.kafka.testkit;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;

/** How every request begins, whatever its kind and version; written as it was read. */
final class RequestHead {

    /** Kind, version, correlation id and the length of the client id. */
    private static final int FIXED_BYTES = 2 + 2 + 4 + 2;

    /** What a broker accepts, unless {@code socket.request.max.bytes} says otherwise. */
    private static final int MAX_BYTES = 100 * 1024 * 1024;

    private final int size;
    private final short kind;
    private final short version;
    private final int correlationId;
    private final short clientIdLength;
    private final byte[] clientId;

    private RequestHead(DataInputStream in) throws IOException {
        size = in.readInt();
        if (size < FIXED_BYTES || size > MAX_BYTES) {
            throw new ProtocolException("A request must have " + FIXED_BYTES + " to " + MAX_BYTES + " bytes but has "
                    + size + ". Check that the client speaks Kafka's protocol, without TLS.");
        }
        kind = in.readShort();
        version = in.readShort();
        correlationId = in.readInt();
        // -1 stands for no client id.
        clientIdLength = in.readShort();
        int length = Math.max(0, clientIdLength);
        if (size < FIXED_BYTES + length) {
            throw new ProtocolException("A client id of " + length + " bytes exceeds its request of " + size);
        }
        clientId = new byte[length];
        in.readFully(clientId);
    }

    static RequestHead read(DataInputStream in) throws IOException {
        return new RequestHead(in);
    }

    void write(DataOutputStream out) throws IOException {
        out.writeInt(size);
        out.writeShort(kind);
        out.writeShort(version);
        out.writeInt(correlationId);
        out.writeShort(clientIdLength);
        out.write(clientId);
    }

    short kind() {
        return kind;
    }

    int correlationId() {
        return correlationId;
    }

    /** Empty when the request has none. */
    String clientId() {
        return new String(clientId, StandardCharsets.UTF_8);
    }

    /** How many bytes of the request follow. */
    int rest() {
        return size - FIXED_BYTES - clientId.length;
    }
}
