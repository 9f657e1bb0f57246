package io.eventplatform.storage;

/** Something a store may or may not be able to do. */
public enum Capability {
    /** Several processes may write and read it at once; without it the store is private to one process. */
    SHARED,
    /** Tables of {@link WriteMode#UPSERT} are supported; views need it. */
    UPSERT,
    /** It has any number of tables, and one batch may write several of them; without it, one table. */
    SEVERAL_TABLES,
    /** {@link TableStore#ensureTable} can add columns to a table that exists. */
    SCHEMA_ADD_COLUMN,
    /** A committed batch survives loss of power, not only the death of the process. */
    DURABLE_ON_POWER_LOSS
}
