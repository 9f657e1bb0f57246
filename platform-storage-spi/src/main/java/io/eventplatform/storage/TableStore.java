package io.eventplatform.storage;

import java.util.Set;

/**
 * A store of tables whose rows and source positions change together.
 *
 * <p>The heart is {@link #commit}: a compare-and-set on a sink's position in the store's own
 * transaction. It alone makes a sink exactly-once: after a crash the sink continues at the stored
 * position, and a writer that was replaced meanwhile (a zombie) finds its expectation stale.
 *
 * <p>The rules H1 to H14 that {@code platform-storage-tck} verifies are listed in
 * {@code docs/storage-rules.md}.
 *
 * <p>Threads: an owner of a sink calls {@link #ensureTable}, {@link #open} and {@link #commit} from one
 * thread at a time, but several sinks share a store, and an owner that was replaced may still race with its
 * successor (H4). {@link #query} is called by any number of threads at any time,
 * {@link #close} by any thread. Every method blocks and throws a {@link StoreException} subtype that says
 * what the caller may do; after {@code close} that is {@link StoreException.Configuration}.
 */
public interface TableStore extends AutoCloseable {

    /** What this store can do, known once it is open; a call that needs more is refused by name. */
    Set<Capability> capabilities();

    /**
     * Creates the table, or adds the columns it lacks, in which earlier rows have no value; repeating it
     * changes nothing. Optional columns that only the stored table has stay: a writer of an older version
     * may work beside a newer one.
     *
     * @throws StoreException.SchemaIncompatible as {@link TableSpec#lackingFor} does
     * @throws StoreException.UnsupportedCapability if the store cannot have such a table or add columns
     */
    void ensureTable(TableSpec table);

    /**
     * The sink's position on each of these shards. A shard the sink has never committed is recorded
     * durably as {@link Position#NOT_STARTED}, so that first writers race on an existing row.
     */
    Position open(SinkId sink, Set<SourceShard> shards);

    /**
     * Writes the batch's rows and moves the position of each of its shards from {@code expected} to
     * {@code next}, all or nothing. Compares with {@code expected} exactly: offsets have gaps. Columns a
     * batch does not name get no value.
     *
     * <p>On any exception nothing is visible and no position has moved, except after
     * {@link StoreException.AmbiguousCommit}: then the position must be read before anything else.
     *
     * @return {@link CommitOutcome.Committed} if this call wrote the batch; {@link
     *     CommitOutcome.AlreadyCommitted} if every shard's last batch is this one, nothing was written;
     *     {@link CommitOutcome.Conflict} if a shard stands elsewhere, nothing was written
     * @throws StoreException.RowsRejected if the target table refuses rows of the batch
     * @throws StoreException.Configuration if a shard was never opened, a table never ensured with these
     *     columns, or a key occurs twice in a table's rows
     */
    CommitOutcome commit(SinkId sink, WriteBatch batch);

    /**
     * Rows that match, from one consistent snapshot: a batch is visible whole or not at all. The caller
     * closes the cursor. Here or while reading, more than {@link Query#maxRows} rows are a {@link
     * StoreException.Capacity} and a passed deadline is a {@link StoreException.Transient}.
     *
     * @throws StoreException.Configuration if the table or a column does not exist, or a filter value does
     *     not fit its column
     */
    Cursor query(Query query);

    /** Releases files and connections; idempotent. What was not committed is discarded. */
    @Override
    void close();
}
