package io.eventplatform.storage.tck;

class InMemoryTableStoreTest extends TableStoreVerification {

    @Override
    protected StoreFixture fixture() {
        return new InMemoryFixture();
    }
}
