/** The interior of the producer: admission, delivery through Kafka's client, completion. Not API. */
@NullMarked
package io.eventplatform.producer.internal;

import org.jspecify.annotations.NullMarked;
