package io.eventplatform.storage.tck;

import io.eventplatform.storage.InMemoryTableStore;
import io.eventplatform.storage.TableStore;
import java.nio.file.Path;

public final class InMemoryFixture implements StoreFixture {

    @Override
    public TableStore open(Path home) {
        return new InMemoryTableStore();
    }

    @Override
    public boolean durable() {
        return false;
    }
}
