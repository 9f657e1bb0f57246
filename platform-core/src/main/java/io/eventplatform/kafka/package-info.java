/**
 * How to reach Kafka, and which topics an application needs there. Start with
 * {@link io.eventplatform.kafka.KafkaConfig}; {@link io.eventplatform.kafka.TopicPlan} creates topics or
 * checks that they are as planned.
 */
@NullMarked
package io.eventplatform.kafka;

import org.jspecify.annotations.NullMarked;
