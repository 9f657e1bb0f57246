/** The lake's log, files and what stands in them. Not API; start with {@link io.eventplatform.storage.lake.internal.DeltaLog}. */
@NullMarked
package io.eventplatform.storage.lake.internal;

import org.jspecify.annotations.NullMarked;
