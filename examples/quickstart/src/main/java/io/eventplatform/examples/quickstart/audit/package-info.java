/**
 * Recounts topics and tables after a run, with plain clients and without any code of the library, so that an error
 * there cannot hide itself. Start with {@link io.eventplatform.examples.quickstart.audit.Audit}.
 */
@NullMarked
package io.eventplatform.examples.quickstart.audit;

import org.jspecify.annotations.NullMarked;
