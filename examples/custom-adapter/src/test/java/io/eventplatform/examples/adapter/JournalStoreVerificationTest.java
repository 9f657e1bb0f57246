package io.eventplatform.examples.adapter;

import io.eventplatform.storage.tck.StoreFixture;
import io.eventplatform.storage.tck.TableStoreVerification;

/** The kit, on a journal. */
// region kit
class JournalStoreVerificationTest extends TableStoreVerification {

    @Override
    protected StoreFixture fixture() {
        return new JournalFixture();
    }
}
// endregion
