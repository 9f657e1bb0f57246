/** Tests of the embedded broker against Kafka's own clients. Start with {@code EmbeddedKafkaTest}. */
@NullMarked
package io.eventplatform.kafka.testkit;

import org.jspecify.annotations.NullMarked;
