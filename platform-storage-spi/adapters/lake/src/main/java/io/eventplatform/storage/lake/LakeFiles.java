package io.eventplatform.storage.lake;

import io.eventplatform.storage.ObjectKey;
import io.eventplatform.storage.ObjectStore;
import java.util.List;

/**
 * The files that are the table at a version of its log; {@link ObjectStore#localPath} tells where they are on
 * this machine.
 *
 * @param version of the newest entry; -1 if there is none yet
 */
public record LakeFiles(long version, List<ObjectKey> keys) {

    public LakeFiles {
        keys = List.copyOf(keys);
    }
}
