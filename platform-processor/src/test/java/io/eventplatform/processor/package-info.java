/** Tests of pipelines and sinks through the public API, on a real broker. */
@NullMarked
package io.eventplatform.processor;

import org.jspecify.annotations.NullMarked;
