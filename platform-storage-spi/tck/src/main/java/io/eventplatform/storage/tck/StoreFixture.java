package io.eventplatform.storage.tck;

import io.eventplatform.storage.TableStore;
import java.nio.file.Path;

/**
 * What the kit needs of an adapter. H1 uses it in another process too, so it is a public class with a
 * public constructor without arguments and takes what it needs from {@code home} or the environment.
 */
public interface StoreFixture {

    /**
     * Opens the store that belongs to {@code home}, an existing directory of one test. The first call for a
     * directory makes a fresh store; a later one opens the same data, also in another process. A store on a
     * server derives a schema's or a database's name from the directory.
     */
    TableStore open(Path home);

    /** Whether the data is there again when the store of a directory is opened after a close or a crash. */
    boolean durable();
}
