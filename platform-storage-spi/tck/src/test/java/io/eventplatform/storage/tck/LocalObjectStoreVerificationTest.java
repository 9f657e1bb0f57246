package io.eventplatform.storage.tck;

import io.eventplatform.storage.LocalObjectStore;
import io.eventplatform.storage.ObjectStore;
import java.nio.file.Path;

class LocalObjectStoreVerificationTest extends ObjectStoreVerification {

    @Override
    protected ObjectStore open(Path home) {
        return LocalObjectStore.open(home);
    }
}
