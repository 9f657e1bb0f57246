package io.eventplatform.storage.lake;

import io.eventplatform.storage.ObjectKey;
import io.eventplatform.storage.ObjectStore;
import io.eventplatform.storage.duckdb.DuckDbOptions;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/** What a builder collected. */
record LakeOptions(
        ObjectStore store,
        String directory,
        Optional<String> dayColumn,
        InstantSource clock,
        String writer,
        DuckDbOptions engine,
        Optional<Path> spool,
        long cacheBytes) {

    /** Where the table is, if that is a directory of this machine. */
    Optional<Path> localHome() {
        return store.localPath(new ObjectKey(directory));
    }

    /** The engine's options, which spill there unless they say where. */
    DuckDbOptions duckDb(Path spill) {
        return DuckDbOptions.builder()
                .memoryLimitBytes(engine.memoryLimitBytes())
                .threads(engine.threads())
                .tempDirectory(engine.tempDirectory().orElse(spill))
                .build();
    }
}
