/**
 * Sinks drain topics into stores, exactly once. Start with {@link
 * io.eventplatform.processor.sink.StoreSink}; run it with {@link io.eventplatform.processor.Runner}.
 */
@NullMarked
package io.eventplatform.processor.sink;

import org.jspecify.annotations.NullMarked;
