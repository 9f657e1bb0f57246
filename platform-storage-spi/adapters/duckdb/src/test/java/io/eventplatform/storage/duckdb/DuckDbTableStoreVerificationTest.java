package io.eventplatform.storage.duckdb;

import io.eventplatform.storage.tck.StoreFixture;
import io.eventplatform.storage.tck.TableStoreVerification;

// region kit
class DuckDbTableStoreVerificationTest extends TableStoreVerification {

    @Override
    protected StoreFixture fixture() {
        return new DuckDbFixture();
    }
}
// endregion
