package io.eventplatform.processor.internal;

import java.util.function.BiConsumer;

/** State that is also kept in a local file, so that a restart reads only what its changelog got since. */
interface Snapshotted extends LocalState {

    /** What of its changelog it takes in; a snapshot of another shape may lack what this one needs. */
    String shape();

    /** Hands over key and value of every record that its changelog stands for; only right after a commit. */
    void contents(BiConsumer<byte[], byte[]> records);

    /** How far its changelog is known. */
    ChangelogEnd end();
}
