package io.eventplatform.storage.duckdb;

import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.tck.StoreFixture;
import java.nio.file.Path;

// region fixture
public final class DuckDbFixture implements StoreFixture {

    @Override
    public TableStore open(Path home) {
        return DuckDbTableStore.open(home.resolve("store.duckdb"));
    }

    @Override
    public boolean durable() {
        return true;
    }
}
// endregion
