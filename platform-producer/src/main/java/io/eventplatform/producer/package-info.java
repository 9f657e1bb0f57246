/**
 * Sends events to Kafka, each once per id and within bounds on what is in flight. Start with
 * {@link io.eventplatform.producer.EventProducer}; {@link io.eventplatform.producer.SendException} tells what
 * to do with an event that was not sent.
 */
@NullMarked
package io.eventplatform.producer;

import org.jspecify.annotations.NullMarked;
