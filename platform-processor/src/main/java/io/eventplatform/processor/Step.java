package io.eventplatform.processor;

/** The named steps of the runtime, in the order in which a record meets them. */
public enum Step {
    /** Records were fetched, none of them touched yet. */
    POLLED,
    /** A record ran through all processors; its effects are still in memory. */
    PROCESSED,
    /** A record's outputs were handed to the producer, inside the open transaction if there is one. */
    OUTPUTS_SENT,
    /** Changelog and offsets were added to the transaction; it is about to be committed. */
    OFFSETS_SENT,
    /** Kafka acknowledged the transaction. */
    TRANSACTION_COMMITTED,
    /** Without a transaction: outputs and changelog are acknowledged, the offsets are about to be committed. */
    OUTPUTS_ACKNOWLEDGED,
    /** Without a transaction: Kafka acknowledged the offsets. */
    OFFSETS_COMMITTED,
    /** A sink's rows are built; the store's commit is about to be called. */
    ROWS_BUILT,
    /** The store acknowledged the commit; Kafka does not know of it yet. */
    STORE_COMMITTED,
    /** The sink's progress was reported to Kafka, as a lag gauge only. */
    PROGRESS_REPORTED
}
