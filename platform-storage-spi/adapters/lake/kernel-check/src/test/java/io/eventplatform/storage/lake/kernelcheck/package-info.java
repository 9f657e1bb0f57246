/** Delta's own reader against the tables that the lake writes. */
@NullMarked
package io.eventplatform.storage.lake.kernelcheck;

import org.jspecify.annotations.NullMarked;
