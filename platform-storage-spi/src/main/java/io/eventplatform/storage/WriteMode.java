package io.eventplatform.storage;

/** How rows enter a table. */
public enum WriteMode {
    /** Each row is added; the table has no key. */
    APPEND,
    /** A row replaces the one with the same key; keys are unique within a batch. */
    UPSERT
}
