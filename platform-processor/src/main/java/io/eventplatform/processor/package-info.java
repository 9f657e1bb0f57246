/**
 * Pipelines turn topics into topics, exactly once. Describe one with {@link
 * io.eventplatform.processor.Pipeline}, write its steps as {@link io.eventplatform.processor.Processor}
 * and run it with {@link io.eventplatform.processor.Runner}.
 */
@NullMarked
package io.eventplatform.processor;

import org.jspecify.annotations.NullMarked;
