/** Tests of the runtime, on a real broker where a broker takes part. */
@NullMarked
package io.eventplatform.processor.internal;

import org.jspecify.annotations.NullMarked;
