/**
 * Runs a real single-node Kafka broker inside this process, for tests and for programs that must run with nothing
 * installed. Start with {@link io.eventplatform.kafka.testkit.EmbeddedKafka}; JUnit tests get a shared one, or one of
 * their own, from {@link io.eventplatform.kafka.testkit.KafkaExtension}. {@link
 * io.eventplatform.kafka.testkit.FaultProxy} makes the network between clients and the broker fail on demand.
 */
@NullMarked
package io.eventplatform.kafka.testkit;

import org.jspecify.annotations.NullMarked;
