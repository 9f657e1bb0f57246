package io.eventplatform.storage.duckdb;

import io.eventplatform.storage.tck.StoreFixture;
import io.eventplatform.storage.tck.TableStoreVerification;

class DuckDbTableStoreVerificationTest extends TableStoreVerification {

    @Override
    protected StoreFixture fixture() {
        return new DuckDbFixture();
    }
}
