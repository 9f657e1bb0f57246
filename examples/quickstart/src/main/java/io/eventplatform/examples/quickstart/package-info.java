/**
 * The whole way of an event in one process: a Kafka broker, a producer, a pipeline, a store, views over HTTP, and an
 * audit of it all. Start with {@link io.eventplatform.examples.quickstart.Topology}, which is what an application
 * declares; {@link io.eventplatform.examples.quickstart.Quickstart} is the program around it.
 */
@NullMarked
package io.eventplatform.examples.quickstart;

import org.jspecify.annotations.NullMarked;
