package io.eventplatform.storage.lake.internal;

import io.eventplatform.storage.Position;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.SourceShard;
import io.eventplatform.storage.StoreException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * A sink's new position on a shard. Delta keeps it as a transaction: its application is the sink and the
 * shard, its version the last offset that is in the table, -1 if there is none, -2 ({@link
 * Position#NOT_STARTED}) if nothing was ever committed.
 */
public record Move(SinkId sink, SourceShard shard, long next) {

    /** {@code <sink>/<topic>/<topic id>/<partition>}, each part encoded as in a URL's query. */
    public String applicationId() {
        return encoded(sink.name()) + "/" + encoded(shard.topic()) + "/" + encoded(shard.topicId()) + "/"
                + shard.partition();
    }

    /** The transaction's version. */
    public long version() {
        return next - 1;
    }

    /** The reverse of {@link #applicationId} and {@link #version}. */
    static Move of(String applicationId, long version) {
        String[] parts = applicationId.split("/", -1);
        try {
            return new Move(
                    new SinkId(decoded(parts[0])),
                    new SourceShard(decoded(parts[2]), decoded(parts[1]), Integer.parseInt(parts[3])),
                    version + 1);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new StoreException.Corruption("transaction " + applicationId + " names no sink and shard", e);
        }
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8);
    }

    private static String decoded(String part) {
        return URLDecoder.decode(part, StandardCharsets.UTF_8);
    }
}
