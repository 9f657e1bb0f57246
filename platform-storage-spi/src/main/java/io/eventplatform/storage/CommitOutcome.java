package io.eventplatform.storage;

/** How a commit ended when it ended without an error. */
public sealed interface CommitOutcome {

    /** The batch was written by this call. */
    record Committed() implements CommitOutcome {}

    /** The batch had been written before; nothing was written now. */
    record AlreadyCommitted() implements CommitOutcome {}

    /** A shard stands at another position than expected; nothing was written. {@code actual} covers the batch's shards. */
    record Conflict(Position actual) implements CommitOutcome {}
}
