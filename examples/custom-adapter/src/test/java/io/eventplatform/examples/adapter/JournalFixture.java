package io.eventplatform.examples.adapter;

import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.tck.StoreFixture;
import java.nio.file.Path;

/** Gives the kit a store. */
// region fixture
public final class JournalFixture implements StoreFixture {

    @Override
    public TableStore open(Path home) {
        return JournalStore.open(home);
    }

    @Override
    public boolean durable() {
        return true;
    }
}
// endregion
