/**
 * A table store that is a Delta table of Parquet files on an object store, for any number of writers and
 * for engines that read Delta. Start with {@link io.eventplatform.storage.lake.LakeTableStore}.
 */
@NullMarked
package io.eventplatform.storage.lake;

import org.jspecify.annotations.NullMarked;
