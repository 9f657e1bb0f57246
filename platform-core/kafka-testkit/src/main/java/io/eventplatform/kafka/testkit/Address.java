package io.eventplatform.kafka.testkit;

import java.net.InetSocketAddress;

/** A host and a port, as in {@code bootstrap.servers}. */
record Address(String host, int port) {

    static Address parse(String value) {
        int colon = value.lastIndexOf(':');
        try {
            int port = Integer.parseInt(value.substring(colon + 1));
            if (colon > 0 && port > 0 && port <= 65_535) {
                return new Address(value.substring(0, colon), port);
            }
        } catch (NumberFormatException e) {
            // Reported below, like a port out of range.
        }
        throw new IllegalArgumentException(
                "An address must be a host and a port, such as 127.0.0.1:9092, but was \"" + value + "\"");
    }

    InetSocketAddress resolve() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
