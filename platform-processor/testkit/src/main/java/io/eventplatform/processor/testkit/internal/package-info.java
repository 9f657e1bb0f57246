/**
 * A Kafka in memory behind {@link io.eventplatform.processor.internal.Clients}. Start with {@link SimKafka}, which
 * says what it models and what not.
 */
@NullMarked
package io.eventplatform.processor.testkit.internal;

import org.jspecify.annotations.NullMarked;
