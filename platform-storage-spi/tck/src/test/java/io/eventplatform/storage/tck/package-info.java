/** Proves the kit: the reference store passes, and broken stores fail by the right rule. */
@NullMarked
package io.eventplatform.storage.tck;

import org.jspecify.annotations.NullMarked;
