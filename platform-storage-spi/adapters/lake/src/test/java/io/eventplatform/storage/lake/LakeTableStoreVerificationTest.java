package io.eventplatform.storage.lake;

import io.eventplatform.storage.tck.StoreFixture;
import io.eventplatform.storage.tck.TableStoreVerification;

class LakeTableStoreVerificationTest extends TableStoreVerification {

    @Override
    protected StoreFixture fixture() {
        return new LakeFixture();
    }
}
