/** Runs the kit against the lake, and what is special about it: crashes, races, and other readers. */
@NullMarked
package io.eventplatform.storage.lake;

import org.jspecify.annotations.NullMarked;
