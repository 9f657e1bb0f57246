/**
 * Tests of pipelines without a broker, a thread or a wait. Start with {@link PipelineDriver}: it runs the runtime that
 * also runs in production, a turn at a time, on a Kafka in memory.
 */
@NullMarked
package io.eventplatform.processor.testkit;

import org.jspecify.annotations.NullMarked;
