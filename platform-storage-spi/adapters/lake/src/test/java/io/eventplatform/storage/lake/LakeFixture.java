package io.eventplatform.storage.lake;

import io.eventplatform.storage.LocalObjectStore;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.tck.StoreFixture;
import java.nio.file.Path;

public final class LakeFixture implements StoreFixture {

    @Override
    public TableStore open(Path home) {
        return LakeTableStore.builder(LocalObjectStore.open(home), "lake").open();
    }

    @Override
    public boolean durable() {
        return true;
    }
}
